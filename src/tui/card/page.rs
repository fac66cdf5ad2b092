//! A card over the screen, scrolled, with keys that lead on.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::part::Part;
use super::sheet::{Foot, Sheet};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::{Overlay, Reply};

/// Columns at most: lines of files are long.
const WIDEST: u16 = 110;

/// Something that a key on the page does.
#[derive(Debug, Clone, PartialEq)]
enum Does {
    Act(Action),
    Effect(Effect),
    Open(Box<Page>),
}

/// A page over the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    title: String,
    parts: Vec<Part>,
    top: usize,
    keys: Vec<(char, String, Does)>,
    /// The page from which this one was opened.
    back: Option<Box<Page>>,
}

impl Page {
    /// A page of `parts`.
    pub fn new(title: impl Into<String>, parts: Vec<Part>) -> Self {
        Self { title: title.into(), parts, top: 0, keys: Vec::new(), back: None }
    }

    /// A key that takes an action, told at the page's foot.
    #[must_use]
    pub fn action(mut self, key: char, says: impl Into<String>, action: Action) -> Self {
        self.keys.push((key, says.into(), Does::Act(action)));
        self
    }

    /// A key that does something outside, told at the page's foot.
    #[must_use]
    pub fn effect(mut self, key: char, says: impl Into<String>, effect: Effect) -> Self {
        self.keys.push((key, says.into(), Does::Effect(effect)));
        self
    }

    /// A key that opens another page, from which `esc` leads back, told at the page's foot.
    #[must_use]
    pub fn opens(mut self, key: char, says: impl Into<String>, page: Self) -> Self {
        self.keys.push((key, says.into(), Does::Open(Box::new(page))));
        self
    }

    /// What is on it.
    #[cfg(test)]
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    fn sheet(&self) -> Sheet<'_> {
        let keys: Vec<_> = self.keys.iter().map(|(key, says, _)| (*key, says.clone())).collect();
        let foot = if keys.is_empty() { Vec::new() } else { vec![Foot::Keys(keys)] };
        Sheet {
            title: &self.title,
            body: &self.parts,
            foot,
            widest: WIDEST,
            scroll: self.top,
            danger: false,
            leave: " esc: back ",
        }
    }

    /// What the key at that place of the foot does.
    fn take(&mut self, at: usize) -> Reply {
        match self.keys.get(at).map(|(_, _, does)| does) {
            Some(Does::Act(action)) => Reply::Act(*action),
            Some(Does::Effect(effect)) => Reply::Do(vec![effect.clone()]),
            Some(Does::Open(page)) => {
                let page = (**page).clone();
                let back = std::mem::replace(self, page);
                self.back = Some(Box::new(back));
                Reply::Stay
            }
            None => Reply::Stay,
        }
    }
}

impl Overlay for Page {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        let area = Rect::from((Position::ORIGIN, model.size));
        let (page, furthest) = self.sheet().extent(area, &model.theme);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if let KeyCode::Char(pressed) = key.code
            && !control
            && let Some(at) = self.keys.iter().position(|(key, _, _)| *key == pressed)
        {
            return self.take(at);
        }
        self.top = match key.code {
            KeyCode::Char('u') if control => self.top.saturating_sub(page / 2),
            KeyCode::Char('d') if control => self.top + page / 2,
            KeyCode::Char('k') | KeyCode::Up => self.top.saturating_sub(1),
            KeyCode::Char('j') | KeyCode::Down => self.top + 1,
            KeyCode::PageUp => self.top.saturating_sub(page),
            KeyCode::PageDown | KeyCode::Char(' ') => self.top + page,
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => furthest,
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => {
                let Some(back) = self.back.take() else { return Reply::Close };
                *self = *back;
                return Reply::Stay;
            }
            _ => self.top,
        }
        .min(furthest);
        Reply::Stay
    }

    fn click(&mut self, at: Position, area: Rect, model: &Model) -> Reply {
        let answer = self.sheet().foot_at(at, area, &model.theme);
        answer.map_or(Reply::Stay, |(_, at)| self.take(at))
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        self.sheet().render(frame, area, &model.theme);
    }
}
