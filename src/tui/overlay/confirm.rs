//! A question before something that can't be taken back.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Overlay, Reply};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::view::popup;

/// Says exactly what will be done, and does it when told so.
#[derive(Debug)]
pub struct Confirm {
    title: String,
    lines: Vec<String>,
    choices: Vec<(char, String, Vec<Effect>)>,
}

impl Confirm {
    /// A question with what is to be known before it is answered.
    pub fn new(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self { title: title.into(), lines, choices: Vec::new() }
    }

    /// Adds an answer: its key, what it says, what it does.
    #[must_use]
    pub fn choice(mut self, key: char, says: impl Into<String>, effects: Vec<Effect>) -> Self {
        self.choices.push((key, says.into(), effects));
        self
    }
}

impl Overlay for Confirm {
    fn key(&mut self, key: KeyEvent, _: &Model) -> Reply {
        match key.code {
            KeyCode::Char(pressed) => self.choices.iter().find(|(key, _, _)| *key == pressed).map_or(
                if pressed == 'n' || pressed == 'q' { Reply::Close } else { Reply::Stay },
                |(_, _, effects)| Reply::Do(effects.clone()),
            ),
            KeyCode::Esc | KeyCode::Enter => Reply::Close,
            _ => Reply::Stay,
        }
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        let key = model.theme.style(Role::Key);
        let mut lines: Vec<Line<'_>> = self.lines.iter().map(|line| Line::raw(line.as_str())).collect();
        lines.push(Line::raw(""));
        for (letter, says, _) in &self.choices {
            lines.push(Line::from_iter([
                ratatui::text::Span::styled(format!("{letter:>6}"), key),
                format!("  {says}").into(),
            ]));
        }
        lines.push(Line::from_iter([ratatui::text::Span::styled("   esc", key), "  no, go back".into()]));
        popup::lines(frame, area, &self.title, lines, &model.theme);
    }
}
