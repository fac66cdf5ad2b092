//! What a simulated shell prints, on its way to the terminal: without secrets, without control characters, and not without end.

use std::sync::{Mutex, PoisonError};

use crate::secret::{MASK, Redactor};
use crate::sim::{CLEAR, Screen};
use crate::text::sanitize;
use crate::tui::terminal;

/// Bytes that one line's output may have.
const MOST: usize = 1024 * 1024;

/// The terminal, as a shell's programs see it.
#[derive(Debug)]
pub(super) struct Veil {
    redactor: Redactor,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Of a line whose end has not come.
    pending: Vec<u8>,
    /// Within a private key.
    key: bool,
    shown: usize,
    /// The terminal is gone.
    gone: bool,
}

impl Veil {
    pub(super) fn new(redactor: Redactor) -> Self {
        Self { redactor, state: Mutex::default() }
    }

    /// Shows what is left. The next thing on the screen begins a line of its own.
    pub(super) fn finish(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.pending.is_empty() {
            let rest = std::mem::take(&mut state.pending);
            let text = self.line(&mut state, &rest);
            show(&mut state, &text);
        }
    }

    /// A line as it may be shown; none within a private key.
    fn line(&self, state: &mut State, bytes: &[u8]) -> String {
        let text = sanitize(&String::from_utf8_lossy(bytes));
        let is_key = text.contains("PRIVATE KEY-----");
        if is_key && text.contains("-----BEGIN ") {
            state.key = true;
            return format!("{MASK}\r\n");
        }
        if state.key {
            state.key = !is_key;
            return String::new();
        }
        format!("{}\r\n", self.redactor.redact(&text))
    }
}

fn show(state: &mut State, text: &str) {
    if state.gone || state.shown >= MOST {
        return;
    }
    state.shown += text.len();
    state.gone = terminal::tell(text.as_bytes()).is_err();
    if state.shown >= MOST {
        state.gone = terminal::tell(b"... more than 1 MiB: the rest is not shown\r\n").is_err();
    }
}

impl Screen for Veil {
    fn put(&self, _error: bool, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes == CLEAR {
            show(&mut state, "\x1b[H\x1b[2J\x1b[3J");
            return;
        }
        let mut text = String::new();
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let room = MOST.saturating_sub(state.pending.len()).min(piece.len());
            state.pending.extend_from_slice(&piece[..room]);
            if piece.ends_with(b"\n") {
                let mut line = std::mem::take(&mut state.pending);
                line.pop();
                text += &self.line(&mut state, &line);
            }
        }
        show(&mut state, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    /// All that is shown, in pieces as they come.
    fn shown(pieces: &[&str]) -> String {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("raspberry"));
        let veil = Veil::new(redactor);
        let mut out = String::new();
        let mut state = State::default();
        for piece in pieces {
            for line in piece.split_inclusive('\n') {
                state.pending.extend_from_slice(line.as_bytes());
                if line.ends_with('\n') {
                    let line = std::mem::take(&mut state.pending);
                    out += &veil.line(&mut state, &line[..line.len() - 1]);
                }
            }
        }
        out
    }

    #[test]
    fn secrets_and_escapes_are_kept_from_the_terminal() {
        assert_eq!(shown(&["a rasp", "berry\n\x1b[31mred\tx\n"]), "a [secret]\r\nred    x\r\n");
        let key =
            ["-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n", "QUJD\n-----END EC PRIVATE KEY-----\nafter\n"];
        assert_eq!(shown(&key), "[secret]\r\nafter\r\n");
        assert_eq!(shown(&["-----BEGIN PRIVATE KEY-----\nhalf of it\n"]), "[secret]\r\n");
        assert_eq!(shown(&["token: abcdef.0123456789abcdef\n"]), "token: [secret]\r\n");
    }
}
