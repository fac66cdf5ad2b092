//! Questions at the terminal: on standard error, answered on standard input.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};

use color_eyre::eyre::{Result, bail};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use crate::secret::Secret;

/// Whether somebody is there who could answer.
pub(super) fn possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a line that is not shown. Keys that would end or stop the process are taken for what they mean, so that the
/// terminal is never left without echo.
pub(super) fn hidden(question: &str) -> Result<Secret> {
    let stdin = std::io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
    quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(&stdin, OptionalActions::Flush, &quiet)?;
    let answer = shown(question).and_then(|()| typed(stdin.lock().bytes()));
    tcsetattr(&stdin, OptionalActions::Flush, &before)?;
    writeln!(std::io::stderr())?;
    match answer? {
        Some(answer) => Ok(Secret::new(answer)),
        None => bail!("no password was given"),
    }
}

fn shown(question: &str) -> std::io::Result<()> {
    write!(std::io::stderr(), "{question}")?;
    std::io::stderr().flush()
}

/// Bytes up to the line's end, edited as a terminal would; none when the operator gave up.
fn typed(bytes: impl Iterator<Item = std::io::Result<u8>>) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    for byte in bytes {
        match byte? {
            b'\r' | b'\n' => return Ok(Some(String::from_utf8_lossy(&line).into_owned())),
            // Ctrl-C, Ctrl-\, and Ctrl-D where nothing was typed.
            0x03 | 0x1c => return Ok(None),
            0x04 if line.is_empty() => return Ok(None),
            0x04 => {}
            0x08 | 0x7f => {
                // The last character, however many bytes it has.
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            0x15 => line.clear(),
            byte => line.push(byte),
        }
    }
    Ok(None)
}

/// Asks a question that only `word` answers with yes.
pub(super) fn confirm(question: &str, word: &str) -> Result<bool> {
    Ok(ask(&format!("{question}\nType {word} to go on: "))?.trim() == word)
}

/// Asks a question that is answered with y or n; no answer means no.
pub(super) fn yes(question: &str) -> Result<bool> {
    let answer = ask(&format!("{question} [y/N] "))?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

fn ask(question: &str) -> Result<String> {
    shown(question)?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("no answer");
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_hidden_line_can_be_edited_and_given_up() {
        let line = |keys: &[u8]| typed(keys.iter().map(|&key| Ok(key))).unwrap();
        assert_eq!(line(b"secret\rmore").as_deref(), Some("secret"));
        assert_eq!(line(b"sek\x7fcr\xc3\xa9\x7fet\n").as_deref(), Some("secret"));
        assert_eq!(line(b"wrong\x15right\n").as_deref(), Some("right"));
        assert_eq!(line(b"\x7f\n").as_deref(), Some(""));
        for given_up in [&b"secr\x03"[..], b"\x04", b"secr\x1c", b"cut off", b""] {
            assert_eq!(line(given_up), None, "{given_up:?}");
        }
    }
}
