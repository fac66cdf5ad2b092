//! Text in columns: cleaned, measured, cut and wrapped by what a terminal shows.

use std::time::Duration;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::text;

/// One line without control characters, whatever a journal or a node put in.
pub fn clean(raw: &str) -> String {
    text::sanitize(raw).replace('\n', " ")
}

/// `text` in exactly `width` columns: cut with a mark or padded.
pub fn fit(text: &str, width: usize, unicode: bool) -> String {
    let mut out = cut(text, width, unicode);
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(out.width())));
    out
}

/// `text` in at most `width` columns, with a mark where more of it was.
pub fn cut(text: &str, width: usize, unicode: bool) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let Some(mut room) = width.checked_sub(1) else { return out };
    for c in text.chars() {
        let Some(left) = room.checked_sub(c.width().unwrap_or(0)) else { break };
        room = left;
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push(if unicode { '…' } else { '~' });
    out
}

/// `text` in lines of at most `width` columns, broken between words; longer words are broken where they must be.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let wide = word.width();
        if used > 0 && used + 1 + wide > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += wide;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A line in pieces of at most `width` columns, cut wherever they end: nothing of it is lost.
pub fn broken(text: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width.max(1) {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

/// `1 worker`, `6 workers`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A limit as people would say it: `90s`, `10m`, `1h`.
pub fn rounded(limit: Duration) -> String {
    match limit.as_secs() {
        0 => text::duration(limit),
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_count_as_terminals_show_them() {
        assert_eq!(fit("abc", 5, true), "abc  ");
        assert_eq!(fit("abcdef", 5, true), "abcd…");
        assert_eq!(fit("abcdef", 5, false), "abcd~");
        assert_eq!(fit("節点の名", 5, true), "節点…");
        assert_eq!(wrap("the kubelet is not running", 11), ["the kubelet", "is not", "running"]);
        assert_eq!(wrap("sha256:0123456789", 8), ["sha256:0", "12345678", "9"]);
        assert_eq!(clean("a\u{1b}[31mb\nc"), "ab c");
        let limits = [500, 90_000, 600_000, 7_200_000].map(|ms| rounded(Duration::from_millis(ms)));
        assert_eq!(limits, ["500ms", "90s", "10m", "2h"]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked_and_no_word_is_lost(text in "[a-z節 é]{0,60}", width in 8usize..30) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| line.width() <= width && !line.is_empty()));
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&lines.join(" ")), squeeze(&text));
            prop_assert!(fit(&text, width, true).width() == width);
        }
    }
}
