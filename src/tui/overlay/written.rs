//! A question that is answered in writing: a reason, or a name that shows that it is meant.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::input::Field;
use super::{Overlay, Reply};
use crate::state::Command;
use crate::tui::card::{Foot, Part, QUESTION, Sheet};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::theme::{Role, Theme};

/// What must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Anything; it goes into each command as the reason.
    Reason,
    /// This word.
    Word(String),
}

/// Says what will be done, and does it when enough is written.
#[derive(Debug)]
pub struct Written {
    title: String,
    body: Vec<Part>,
    wanted: Wanted,
    commands: Vec<Command>,
    field: Field,
    scroll: usize,
}

impl Written {
    pub(super) fn new(
        title: String,
        body: Vec<Part>,
        wanted: Wanted,
        limit: usize,
        commands: Vec<Command>,
    ) -> Self {
        Self { title, body, wanted, commands, field: Field::new(limit), scroll: 0 }
    }

    fn enough(&self) -> bool {
        match &self.wanted {
            Wanted::Reason => !self.field.is_blank(),
            Wanted::Word(word) => self.field.text().trim() == word,
        }
    }

    fn confirm(&self) -> Reply {
        if !self.enough() {
            return Reply::Stay;
        }
        let reason = self.field.text().trim().to_owned();
        let given = |command: &Command| match command {
            Command::Skip { step, .. } => Command::Skip { step: step.clone(), reason: reason.clone() },
            other => other.clone(),
        };
        Reply::Do(self.commands.iter().map(|command| Effect::Command(given(command))).collect())
    }

    fn sheet(&self, area: Rect, theme: &Theme) -> Sheet<'_> {
        let label = match &self.wanted {
            Wanted::Reason => "reason: ",
            Wanted::Word(_) => "name: ",
        };
        let width = usize::from(area.width).saturating_sub(8).min(78).saturating_sub(label.len());
        let hint = match &self.wanted {
            Wanted::Reason => "needed; it goes into the journal".to_owned(),
            Wanted::Word(word) => format!("type {word} if you mean it"),
        };
        let mut line = vec![Span::styled(label, theme.style(Role::Title))];
        line.extend(self.field.line(width, &hint, theme).spans);
        let enough = self.enough();
        let does = match (&self.wanted, enough, self.field.was_cut()) {
            (_, true, true) => "do it; the end of the text did not fit",
            (_, true, false) => "do it",
            (Wanted::Reason, false, _) => "not without a reason",
            (Wanted::Word(_), false, _) => "not without the name",
        };
        let choice = |key: &str, says: &str, danger| Foot::Choice {
            key: key.into(),
            says: says.into(),
            selected: false,
            danger,
        };
        let foot = vec![
            Foot::Line(Line::from(line)),
            Foot::Line(Line::raw("")),
            choice("enter", does, enough),
            choice("esc", "no, go back", false),
        ];
        Sheet {
            title: &self.title,
            body: &self.body,
            foot,
            scroll: self.scroll,
            marked: None,
            chosen: 0,
            danger: true,
            widest: QUESTION,
            leave: "",
        }
    }

    fn scroll_by(&mut self, by: isize, model: &Model) {
        let area = Rect::from((Position::ORIGIN, model.size));
        let reach = self.sheet(area, &model.theme).extent(area, &model.theme).1;
        self.scroll = self.scroll.saturating_add_signed(by).min(reach);
    }
}

impl Overlay for Written {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        match key.code {
            KeyCode::Esc => return Reply::Close,
            KeyCode::Enter => return self.confirm(),
            KeyCode::PageUp | KeyCode::Up => self.scroll_by(-3, model),
            KeyCode::PageDown | KeyCode::Down => self.scroll_by(3, model),
            _ => {
                self.field.key(key);
            }
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str) {
        self.field.insert(text);
    }

    fn click(&mut self, at: Position, area: Rect, model: &Model) -> Reply {
        match self.sheet(area, &model.theme).foot_at(at, area, &model.theme) {
            Some((2, _)) => self.confirm(),
            Some((3, _)) => Reply::Close,
            _ => Reply::Stay,
        }
    }

    fn wheel(&mut self, by: isize, model: &Model) -> Reply {
        self.scroll_by(by, model);
        Reply::Stay
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        self.sheet(area, &model.theme).render(frame, area, &model.theme);
    }
}
