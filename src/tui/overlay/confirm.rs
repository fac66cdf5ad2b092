//! A question before something that can't be taken back.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::tui::action::Action;
use crate::tui::card::{Foot, Part, QUESTION, Sheet};
use crate::tui::effect::Effect;
use crate::tui::model::Model;

/// Says exactly what will be done, and does it when told so. Enter alone means no.
#[derive(Debug)]
pub struct Confirm {
    title: String,
    body: Vec<Part>,
    choices: Vec<Choice>,
    /// The selected choice; beyond the last: none of them.
    at: usize,
    scroll: usize,
    danger: bool,
    /// The choice that the key which ends the run takes.
    again: Option<usize>,
}

#[derive(Debug)]
struct Choice {
    key: char,
    says: String,
    answer: Answer,
    danger: bool,
}

#[derive(Debug)]
enum Answer {
    Do(Vec<Effect>),
    Act(Action),
}

impl Confirm {
    /// A question with what is to be known before it is answered.
    pub fn new(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self::of(title, lines.into_iter().map(Part::say).collect())
    }

    /// The same with passages of other kinds.
    pub fn of(title: impl Into<String>, body: Vec<Part>) -> Self {
        Self { title: title.into(), body, choices: Vec::new(), at: 0, scroll: 0, danger: false, again: None }
    }

    /// Adds an answer: its key, what it says, what it does. An upper-case key is for what can't be taken back.
    #[must_use]
    pub fn choice(self, key: char, says: impl Into<String>, effects: Vec<Effect>) -> Self {
        self.with(key, says.into(), Answer::Do(effects))
    }

    /// Adds an answer that takes an action, with its own questions.
    #[must_use]
    pub fn leads(self, key: char, says: impl Into<String>, action: Action) -> Self {
        self.with(key, says.into(), Answer::Act(action))
    }

    /// The last choice is also taken by pressing again the key that ends the run.
    #[must_use]
    pub const fn insist(mut self) -> Self {
        self.again = self.choices.len().checked_sub(1);
        self
    }

    fn with(mut self, key: char, says: String, answer: Answer) -> Self {
        let danger = key.is_uppercase();
        self.danger |= danger;
        self.choices.push(Choice { key, says, answer, danger });
        self.at = self.choices.len();
        self
    }

    fn sheet(&self) -> Sheet<'_> {
        let mut foot: Vec<Foot> = self
            .choices
            .iter()
            .enumerate()
            .map(|(at, choice)| Foot::Choice {
                key: choice.key.to_string(),
                says: choice.says.clone(),
                selected: at == self.at,
                danger: choice.danger,
            })
            .collect();
        let selected = self.at >= self.choices.len();
        foot.push(Foot::Choice { key: "esc".into(), says: "no, go back".into(), selected, danger: false });
        Sheet {
            title: &self.title,
            body: &self.body,
            foot,
            scroll: self.scroll,
            marked: None,
            chosen: 0,
            danger: self.danger,
            widest: QUESTION,
            leave: "",
        }
    }

    fn take(&self, at: usize) -> Reply {
        match self.choices.get(at).map(|choice| &choice.answer) {
            Some(Answer::Do(effects)) => Reply::Do(effects.clone()),
            Some(Answer::Act(action)) => Reply::Act(*action),
            None => Reply::Close,
        }
    }

    fn scroll_by(&mut self, by: isize, model: &Model) {
        let area = Rect::from((Position::ORIGIN, model.size));
        self.scroll = self.scroll.saturating_add_signed(by).min(self.sheet().extent(area, &model.theme).1);
    }
}

impl Overlay for Confirm {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        let count = self.choices.len();
        match key.code {
            KeyCode::Char(pressed) => {
                if let Some(at) = self.choices.iter().position(|choice| choice.key == pressed) {
                    return self.take(at);
                }
                if pressed == 'n' || pressed == 'q' {
                    return Reply::Close;
                }
            }
            KeyCode::Esc => return Reply::Close,
            KeyCode::Enter => return self.take(self.at),
            KeyCode::Up | KeyCode::BackTab => self.at = (self.at + count) % (count + 1),
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1) % (count + 1),
            KeyCode::PageUp => self.scroll_by(-5, model),
            KeyCode::PageDown => self.scroll_by(5, model),
            _ => {}
        }
        Reply::Stay
    }

    fn interrupt(&self) -> Reply {
        self.again.map_or(Reply::Close, |at| self.take(at))
    }

    fn click(&mut self, at: Position, area: Rect, model: &Model) -> Reply {
        self.sheet().foot_at(at, area, &model.theme).map_or(Reply::Stay, |(part, _)| self.take(part))
    }

    fn wheel(&mut self, by: isize, model: &Model) -> Reply {
        self.scroll_by(by, model);
        Reply::Stay
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        self.sheet().render(frame, area, &model.theme);
    }
}
