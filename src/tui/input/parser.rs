//! Bytes of a terminal to events.

use std::collections::VecDeque;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::csi;

/// Bytes of one control sequence; longer ones are none.
const LONGEST: usize = 64;
/// Bytes of one paste that are kept: it goes into one line of text.
const PASTE: usize = 64 * 1024;
/// What ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";
/// After a lone escape for so long, it was the key.
const ESCAPE: Duration = Duration::from_millis(40);
/// After so long a silence, an unfinished paste is over.
const PASTE_SILENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// After an escape.
    Escape,
    /// After `ESC O`.
    Ss3,
    /// Within `ESC [`.
    Csi(Vec<u8>),
    /// Coordinates of an old kind of mouse report; so many more bytes.
    Passed(u8),
    /// An answer to a question that nobody asks here: until BEL or `ESC \`.
    Text { begun: char, length: usize, escape: bool },
    /// A paste, and how much of its end is there.
    Paste { text: Vec<u8>, ending: usize },
    /// A character of several bytes.
    Wide(Vec<u8>),
}

/// Takes bytes as they come and gives events.
#[derive(Debug, Default)]
pub(super) struct Parser {
    state: State,
    events: VecDeque<Event>,
}

impl Parser {
    /// Takes in what was read.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
        }
    }

    /// The next event.
    pub(super) fn next(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// For how long to wait for the rest of what has begun; none if nothing has.
    pub(super) const fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Paste { .. } => Some(PASTE_SILENCE),
            _ => Some(ESCAPE),
        }
    }

    /// The rest does not come.
    pub(super) fn settle(&mut self) {
        match std::mem::take(&mut self.state) {
            State::Escape => self.key(KeyCode::Esc, KeyModifiers::NONE),
            State::Ss3 => self.character('O', KeyModifiers::ALT),
            State::Csi(sequence) if sequence.is_empty() => self.character('[', KeyModifiers::ALT),
            State::Text { begun, length: 0, .. } => self.character(begun, KeyModifiers::ALT),
            State::Paste { text, .. } => self.pasted(&text),
            _ => {}
        }
    }

    fn byte(&mut self, byte: u8) {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte, KeyModifiers::NONE),
            State::Escape => self.escape(byte),
            State::Ss3 => match csi::ss3(byte) {
                Some(code) => self.key(code, KeyModifiers::NONE),
                None => self.ground(byte, KeyModifiers::NONE),
            },
            State::Csi(sequence) => self.csi(sequence, byte),
            State::Passed(left) if left > 1 => self.state = State::Passed(left - 1),
            State::Passed(_) => {}
            State::Text { begun, length, escape } => {
                let over = byte == 0x07 || (escape && byte == b'\\') || length > 64 * LONGEST;
                if !over {
                    self.state = State::Text { begun, length: length + 1, escape: byte == 0x1b };
                }
            }
            State::Paste { text, ending } => self.paste(text, ending, byte),
            State::Wide(bytes) => self.wide(bytes, byte),
        }
    }

    fn ground(&mut self, byte: u8, held: KeyModifiers) {
        let control =
            |from: u8, first: char| (u32::from(byte - from) + u32::from(first), KeyModifiers::CONTROL);
        let (code, with) = match byte {
            0x1b => {
                self.state = State::Escape;
                return;
            }
            b'\r' => return self.key(KeyCode::Enter, held),
            b'\t' => return self.key(KeyCode::Tab, held),
            0x7f => return self.key(KeyCode::Backspace, held),
            0 => (u32::from(' '), KeyModifiers::CONTROL),
            0x01..=0x1a => control(1, 'a'),
            0x1c..=0x1f => control(0x1c, '4'),
            0x20..0x7f => (u32::from(byte), KeyModifiers::NONE),
            _ => {
                self.state = State::Wide(Vec::with_capacity(4));
                return self.wide(Vec::new(), byte);
            }
        };
        if let Some(character) = char::from_u32(code) {
            self.character(character, with | held);
        }
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'[' => self.state = State::Csi(Vec::new()),
            b'O' => self.state = State::Ss3,
            b']' | b'P' | b'_' | b'^' | b'X' => {
                self.state = State::Text { begun: char::from(byte), length: 0, escape: false };
            }
            0x1b => {
                self.key(KeyCode::Esc, KeyModifiers::NONE);
                self.state = State::Escape;
            }
            0x80.. => self.ground(byte, KeyModifiers::NONE),
            _ => self.ground(byte, KeyModifiers::ALT),
        }
    }

    fn csi(&mut self, mut sequence: Vec<u8>, byte: u8) {
        match byte {
            // The Linux console's own function keys: `ESC [ [ A`.
            b'[' if sequence.is_empty() => {
                sequence.push(byte);
                self.state = State::Csi(sequence);
            }
            0x40..=0x7e => {
                if sequence.is_empty() && byte == b'M' {
                    self.state = State::Passed(3);
                } else if sequence == b"200" && byte == b'~' {
                    self.state = State::Paste { text: Vec::new(), ending: 0 };
                } else if sequence.len() < LONGEST {
                    self.events.extend(csi::event(&sequence, byte));
                }
            }
            0x20..=0x3f => {
                if sequence.len() < LONGEST {
                    sequence.push(byte);
                }
                self.state = State::Csi(sequence);
            }
            0x1b => self.state = State::Escape,
            // Not a sequence after all: nothing of it is taken for keys.
            _ => {}
        }
    }

    fn paste(&mut self, mut text: Vec<u8>, ending: usize, byte: u8) {
        let mut keep = |bytes: &[u8]| {
            let room = PASTE.saturating_sub(text.len()).min(bytes.len());
            text.extend_from_slice(&bytes[..room]);
        };
        let ending = if byte == PASTE_END[ending] {
            ending + 1
        } else {
            keep(&PASTE_END[..ending]);
            if byte != 0x1b {
                keep(&[byte]);
            }
            usize::from(byte == 0x1b)
        };
        if ending == PASTE_END.len() {
            self.pasted(&text);
        } else {
            self.state = State::Paste { text, ending };
        }
    }

    fn pasted(&mut self, bytes: &[u8]) {
        self.events.push_back(Event::Paste(String::from_utf8_lossy(bytes).into_owned()));
    }

    fn wide(&mut self, mut bytes: Vec<u8>, byte: u8) {
        self.state = State::Ground;
        if !bytes.is_empty() && byte & 0xc0 != 0x80 {
            // The character was cut off; what comes now is something else.
            return self.ground(byte, KeyModifiers::NONE);
        }
        bytes.push(byte);
        let length = match bytes[0] {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return,
        };
        if bytes.len() < length {
            self.state = State::Wide(bytes);
        } else if let Some(character) = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next())
        {
            self.character(character, KeyModifiers::NONE);
        }
    }

    fn character(&mut self, character: char, with: KeyModifiers) {
        let shift = if character.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
        self.key(KeyCode::Char(character), with | shift);
    }

    fn key(&mut self, code: KeyCode, with: KeyModifiers) {
        self.events.push_back(Event::Key(KeyEvent::new(code, with)));
    }
}
