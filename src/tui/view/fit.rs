//! Text cut to the columns there are.

use unicode_width::UnicodeWidthStr as _;

use crate::report::layout::cut;
use crate::tui::theme::Glyphs;

/// `text`, cut with an ellipsis where it is wider than `width` columns.
pub(in crate::tui) fn fit(text: &str, width: usize, glyphs: Glyphs) -> String {
    cut(text, width, glyphs == Glyphs::Unicode)
}

/// The first of `texts` that has room, else the last one, cut.
pub(in crate::tui) fn first_fit(texts: &[String], width: usize, glyphs: Glyphs) -> String {
    let whole = texts.iter().find(|text| text.width() <= width);
    whole.cloned().or_else(|| texts.last().map(|text| fit(text, width, glyphs))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wider_than_its_room() {
        for text in [
            "",
            "certs",
            "experimental-cert-rotation",
            "機架 機架",
            "a b c d e f",
            "e\u{301}e\u{301}e\u{301}",
        ] {
            for width in 0..30 {
                for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                    let cut = fit(text, width, glyphs);
                    assert!(cut.width() <= width, "{cut:?} in {width}");
                    assert_eq!(cut == text, text.width() <= width, "{cut:?} in {width}");
                }
            }
        }
        assert_eq!(fit("wait/api-server", 8, Glyphs::Unicode), "wait/ap…");
        assert_eq!(fit("機架機架", 4, Glyphs::Ascii), "機~");
        assert_eq!(fit("a b c", 3, Glyphs::Unicode), "a…");
    }

    #[test]
    fn the_fullest_text_that_has_room_is_taken() {
        let texts = ["control plane 10.4.0.11".to_owned(), "control plane".to_owned(), "cp".to_owned()];
        assert_eq!(first_fit(&texts, 30, Glyphs::Unicode), texts[0]);
        assert_eq!(first_fit(&texts, 14, Glyphs::Unicode), texts[1]);
        assert_eq!(first_fit(&texts, 1, Glyphs::Unicode), "…");
    }
}
