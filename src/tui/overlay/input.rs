//! A line of text that the operator writes.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthChar as _;

use crate::text::sanitize;
use crate::tui::theme::{Role, Theme};
use crate::tui::view::fit;

/// Marks over one letter that are kept; towers of them are not text.
const MARKS: usize = 2;

/// One line of harmless text, with a cursor, no longer than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    text: Vec<char>,
    at: usize,
    limit: usize,
    cut: bool,
}

impl Field {
    /// An empty one that takes so many characters.
    pub const fn new(limit: usize) -> Self {
        Self { text: Vec::new(), at: 0, limit, cut: false }
    }

    /// What was written.
    pub fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// Whether there is nothing, or nothing but spaces.
    pub fn is_blank(&self) -> bool {
        self.text.iter().all(|c| c.is_whitespace())
    }

    /// Whether something did not fit.
    pub const fn was_cut(&self) -> bool {
        self.cut
    }

    /// Takes everything away.
    pub fn clear(&mut self) {
        self.text.clear();
        self.at = 0;
        self.cut = false;
    }

    /// Takes a key; false if it is none of a field's.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if control => self.clear(),
            KeyCode::Char('w') if control => self.delete_word(),
            KeyCode::Char('a') if control => self.at = 0,
            KeyCode::Char('e') if control => self.at = self.text.len(),
            KeyCode::Char(_) if control || key.modifiers.contains(KeyModifiers::ALT) => return false,
            KeyCode::Char(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace if self.at > 0 => {
                self.at -= 1;
                self.text.remove(self.at);
                self.cut = false;
            }
            KeyCode::Delete if self.at < self.text.len() => {
                self.text.remove(self.at);
                self.cut = false;
            }
            KeyCode::Backspace | KeyCode::Delete => {}
            KeyCode::Left => self.at = self.at.saturating_sub(1),
            KeyCode::Right => self.at = (self.at + 1).min(self.text.len()),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = self.text.len(),
            _ => return false,
        }
        true
    }

    /// Takes text at the cursor: lines joined, without what would disturb the screen, as far as it fits.
    pub fn insert(&mut self, text: &str) {
        // Enough for the limit whatever is left out, and little work for a pasted megabyte.
        let bounded: String = text.chars().take(self.limit.saturating_mul(16).max(4096)).collect();
        let mut former = self.at.checked_sub(1).and_then(|at| self.text.get(at).copied());
        let mut marks = 0;
        for c in sanitize(&bounded).chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if c == ' ' && former == Some(' ') && text.chars().nth(1).is_some() {
                continue;
            }
            marks = if c.width() == Some(0) { marks + 1 } else { 0 };
            if is_invisible(c) || marks > MARKS {
                continue;
            }
            if self.text.len() >= self.limit {
                self.cut = true;
                break;
            }
            self.text.insert(self.at, c);
            self.at += 1;
            former = Some(c);
        }
        self.cut |= bounded.len() < text.len();
    }

    fn delete_word(&mut self) {
        let mut start = self.at;
        while start > 0 && self.text[start - 1] == ' ' {
            start -= 1;
        }
        while start > 0 && self.text[start - 1] != ' ' {
            start -= 1;
        }
        self.text.drain(start..self.at);
        self.at = start;
        self.cut = false;
    }

    /// The part around the cursor that `width` columns show; `hint` while it is empty.
    pub fn line(&self, width: usize, hint: &str, theme: &Theme) -> Line<'static> {
        let under = theme.style(Role::Text).add_modifier(Modifier::REVERSED);
        if self.text.is_empty() {
            let hint = fit(hint, width.saturating_sub(1), theme.glyphs);
            return Line::from(vec![Span::styled(" ", under), Span::styled(hint, theme.style(Role::Dim))]);
        }
        let wide = |c: &char| c.width().unwrap_or(0);
        let mut start = self.at;
        let mut room = width.saturating_sub(self.text.get(self.at).map_or(1, wide).max(1));
        while let Some(before) = start.checked_sub(1).map(|at| &self.text[at]).filter(|c| wide(c) <= room) {
            room -= wide(before);
            start -= 1;
        }
        let mut end = (self.at + 1).min(self.text.len());
        while let Some(next) = self.text.get(end).filter(|c| wide(c) <= room) {
            room -= wide(next);
            end += 1;
        }
        let part = |range: std::ops::Range<usize>| self.text[range].iter().collect::<String>();
        let cursor = self.text.get(self.at).map_or_else(|| " ".to_owned(), char::to_string);
        Line::from(vec![
            Span::raw(part(start..self.at)),
            Span::styled(cursor, under),
            Span::raw(part((self.at + 1).min(end)..end)),
        ])
    }
}

/// What takes no room, or not the room that it says, and is no mark over a letter.
fn is_invisible(c: char) -> bool {
    c.width().is_none()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pasted(text: &str) -> String {
        let mut field = Field::new(20);
        field.insert(text);
        field.text()
    }

    #[test]
    fn pasted_text_becomes_one_harmless_line() {
        assert_eq!(pasted("a\r\nb\tc"), "a b c");
        assert_eq!(pasted("\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}x"), "red x");
        assert_eq!(pasted("abc\u{202e}def\u{2028}g\u{e0041}\u{ad}"), "abcdef g");
        assert_eq!(pasted("e\u{301}x"), "e\u{301}x", "a letter may have its accent");
        assert_eq!(pasted(&format!("z{}", "\u{335}".repeat(50))).chars().count(), 3);
        assert_eq!(pasted("日本語"), "日本語");
    }

    #[test]
    fn a_megabyte_is_cut_and_said_to_be() {
        let mut field = Field::new(200);
        field.insert(&"x".repeat(1 << 20));
        assert_eq!(field.text().len(), 200);
        assert!(field.was_cut());
        field.key(KeyEvent::from(KeyCode::Backspace));
        assert!(!field.was_cut());
    }

    #[test]
    fn words_and_all_can_be_taken_away() {
        let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        let mut field = Field::new(40);
        field.insert("one two  ");
        field.key(control('w'));
        assert_eq!(field.text(), "one ");
        field.key(KeyEvent::from(KeyCode::Home));
        field.key(KeyEvent::from(KeyCode::Char('x')));
        assert_eq!(field.text(), "xone ");
        assert!(!field.key(KeyEvent::from(KeyCode::Enter)));
        assert!(!field.key(control('c')));
        field.key(control('u'));
        assert!(field.is_blank());
    }

    proptest! {
        #[test]
        fn the_line_never_outgrows_its_room(text in "\\PC{0,60}", moves in 0usize..60, width in 2usize..30) {
            let mut field = Field::new(50);
            field.insert(&text);
            for _ in 0..moves {
                field.key(KeyEvent::from(KeyCode::Left));
            }
            prop_assert!(field.line(width, "hint", &Theme::default()).width() <= width);
        }
    }
}
