//! One line typed at the foot of the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthStr;

use super::{Overlay, Reply};
use crate::text::sanitize;
use crate::tui::model::Model;
use crate::tui::theme::Role;

/// Longer lines are not taken.
const LONGEST: usize = 200;

/// What a typed line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Lines that have it are marked.
    Search,
    /// Only lines that have it are shown.
    Filter,
    /// Only lines that don't have it are shown.
    FilterOut,
    /// An answer to the lesson's question.
    Answer,
}

impl Purpose {
    const fn prompt(self) -> &'static str {
        match self {
            Self::Search => "search: ",
            Self::Filter => "only lines with: ",
            Self::FilterOut => "only lines without: ",
            Self::Answer => "your answer: ",
        }
    }
}

/// The line being typed; the cursor is at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    purpose: Purpose,
    text: String,
}

impl Typing {
    /// Begins with `text`.
    pub fn new(purpose: Purpose, text: impl Into<String>) -> Self {
        Self { purpose, text: text.into() }
    }
}

impl Overlay for Typing {
    fn key(&mut self, key: KeyEvent, _: &Model) -> Reply {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Reply::Typed(self.purpose, self.text.clone()),
            KeyCode::Esc => return Reply::Close,
            KeyCode::Char('c') if control => return Reply::Close,
            KeyCode::Char('u') if control => self.text.clear(),
            KeyCode::Char('w') if control => {
                let kept = self.text.trim_end().rfind(' ').map_or(0, |at| at + 1);
                self.text.truncate(kept);
            }
            KeyCode::Backspace => drop(self.text.pop()),
            KeyCode::Char(typed) if !control => self.paste(typed.encode_utf8(&mut [0; 4])),
            _ => {}
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str) {
        // A pasted megabyte is looked at only as far as it can be taken.
        let taken: String = text.chars().take(LONGEST).collect();
        let room = LONGEST.saturating_sub(self.text.chars().count());
        self.text.extend(sanitize(&taken.replace(['\n', '\r'], " ")).chars().take(room));
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        let Some(y) = area.bottom().checked_sub(2) else { return };
        let place = Rect { y, height: 1, ..area }.intersection(area);
        let prompt = format!(" {}", self.purpose.prompt());
        let room = usize::from(area.width).saturating_sub(prompt.width() + 2);
        let mut shown = self.text.as_str();
        while shown.width() > room {
            let mut letters = shown.chars();
            letters.next();
            shown = letters.as_str();
        }
        frame.render_widget(Clear, place);
        let theme = &model.theme;
        let line = Line::from(vec![
            Span::styled(prompt, theme.style(Role::Key)),
            Span::styled(shown.to_owned(), theme.style(Role::Text)),
            Span::styled(" ", theme.style(Role::Selection)),
        ]);
        frame.render_widget(line.style(theme.style(Role::Bar)), place);
    }
}
