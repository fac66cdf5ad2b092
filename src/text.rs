//! Text from nodes: cut into lines, made harmless, measured.

use std::time::Duration;

/// The longest line kept, in bytes; the rest of a longer one is cut into further lines.
pub const LONGEST_LINE: usize = 16 * 1024;

/// Cuts a stream of bytes into lines at `\n`, `\r\n` and `\r`, decoding lossily and bounding each line.
#[derive(Debug, Default)]
pub struct LineSplitter {
    pending: Vec<u8>,
    after_return: bool,
}

impl LineSplitter {
    /// Takes `bytes` and hands over the lines that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for &byte in bytes {
            let newline_of_pair = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if newline_of_pair {
                continue;
            }
            if byte == b'\n' || byte == b'\r' {
                lines.push(self.take());
            } else {
                self.pending.push(byte);
                if self.pending.len() >= LONGEST_LINE {
                    lines.push(self.take());
                }
            }
        }
        lines
    }

    /// The unfinished last line, if there is one.
    pub fn finish(&mut self) -> Option<String> {
        (!self.pending.is_empty()).then(|| self.take())
    }

    fn take(&mut self) -> String {
        let line = sanitize(&String::from_utf8_lossy(&self.pending));
        self.pending.clear();
        line
    }
}

/// `text` without escape sequences and control characters, tabs as spaces: safe to print on a terminal.
pub fn sanitize(text: &str) -> String {
    if !text.chars().any(is_unsafe) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_csi(&mut chars),
            '\u{9d}' | '\u{90}' | '\u{9e}' | '\u{9f}' | '\u{98}' => skip_string(&mut chars),
            '\t' => out.push_str("    "),
            '\n' => out.push('\n'),
            c if is_unsafe(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Control characters, and the marks that turn text around or hide it.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_escape(chars: &mut Chars<'_>) {
    match chars.next() {
        Some('[') => skip_csi(chars),
        Some(']' | 'P' | 'X' | '^' | '_') => skip_string(chars),
        Some('(' | ')' | '*' | '+' | '#' | '%' | ' ') => {
            chars.next();
        }
        _ => {}
    }
}

fn skip_csi(chars: &mut Chars<'_>) {
    while let Some(&c) = chars.peek() {
        if !('\u{20}'..='\u{7e}').contains(&c) {
            return;
        }
        chars.next();
        if ('\u{40}'..='\u{7e}').contains(&c) {
            return;
        }
    }
}

/// A control string ends with BEL or ST; an unterminated one ends with the line.
fn skip_string(chars: &mut Chars<'_>) {
    while let Some(&c) = chars.peek() {
        if c == '\n' {
            return;
        }
        chars.next();
        if c == '\u{7}' || c == '\u{9c}' {
            return;
        }
        if c == '\u{1b}' {
            chars.next_if_eq(&'\\');
            return;
        }
    }
}

/// A duration as people read it: `80ms`, `4.2s`, `1m12s`, `2h05m`.
pub fn duration(d: Duration) -> String {
    let seconds = d.as_secs();
    match seconds {
        0 if d.as_millis() < 1000 => format!("{}ms", d.as_millis()),
        0..60 => format!("{:.1}s", d.as_secs_f64()),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_do_not_survive() {
        for (raw, clean) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]52;c;aGk=\u{1b}\\x", "x"),
            ("\u{9b}2Jx", "x"),
            ("a\tb\u{8}c", "a    bc"),
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("abc\u{202e}def", "abcdef"),
            ("plain", "plain"),
        ] {
            assert_eq!(sanitize(raw), clean, "{raw:?}");
        }
    }

    #[test]
    fn durations_read_well() {
        for (ms, text) in [(80, "80ms"), (4_200, "4.2s"), (72_000, "1m12s"), (7_500_000, "2h05m")] {
            assert_eq!(duration(Duration::from_millis(ms)), text);
        }
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_how_the_bytes_arrive(text in "[a-c\r\n\u{1b}\\[m]{0,60}", cut in 0usize..60) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            let mut whole = LineSplitter::default();
            let mut parts = LineSplitter::default();
            let mut a = whole.push(bytes);
            a.extend(whole.finish());
            let mut b = parts.push(&bytes[..cut]);
            b.extend(parts.push(&bytes[cut..]));
            b.extend(parts.finish());
            prop_assert_eq!(&a, &b);
            prop_assert!(a.iter().all(|line| !line.chars().any(char::is_control)));
        }
    }
}
