//! The clipboard of the terminal, by OSC 52: also through ssh.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Bytes of text that terminals take: 100,000 once encoded.
const MOST: usize = 74_994;

/// The sequence that puts `text` on the clipboard, and what to say of it. What is too long is cut after a line.
pub(in crate::tui) fn copy(text: &str) -> (String, String) {
    let kept = fitting(text);
    let lines = kept.lines().count();
    let counted = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
    let said = if kept.len() == text.len() {
        format!("copied {counted}")
    } else {
        format!(
            "copied the first {counted} of {}: more does not fit into a terminal's clipboard",
            text.lines().count()
        )
    };
    (format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(kept)), said)
}

fn fitting(text: &str) -> &str {
    if text.len() <= MOST {
        return text;
    }
    let most = (0..=MOST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = text[..most].rfind('\n').map_or(most, |at| at + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn copied(text: &str) -> (String, String) {
        let (sequence, said) = copy(text);
        let payload = sequence.strip_prefix("\x1b]52;c;").unwrap().strip_suffix('\x07').unwrap();
        (String::from_utf8(BASE64_STANDARD.decode(payload).unwrap()).unwrap(), said)
    }

    #[test]
    fn what_fits_is_copied_whole() {
        let (text, said) = copied("[certs] größer\n[etcd] x\x1b]52;c;AAAA\x07");
        assert_eq!(
            (text.as_str(), said.as_str()),
            ("[certs] größer\n[etcd] x\x1b]52;c;AAAA\x07", "copied 2 lines")
        );
    }

    #[test]
    fn what_does_not_fit_is_cut_after_a_line_and_told() {
        let (text, said) = copied(&"0123456789ö\n".repeat(10_000));
        assert!(text.len() <= MOST && text.ends_with("ö\n"), "{}", text.len());
        assert!(said.starts_with("copied the first 5768 lines of 10000"), "{said}");
        let (text, _) = copied(&"ö".repeat(50_000));
        assert!(text.chars().all(|c| c == 'ö') && text.len() > MOST - 4);
    }
}
