//! A card over the screen, scrolled, with keys that lead on.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::Sight;
use super::part::Part;
use super::sheet::{Foot, Sheet};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::{Overlay, Reply};

/// Columns at most: lines of files are long.
const WIDEST: u16 = 110;
/// The same where two files stand side by side.
const TWICE: u16 = 190;

/// Something that a key on the page does.
#[derive(Debug, Clone, PartialEq)]
enum Does {
    Act(Action),
    Effect(Effect),
    Open(Box<Page>),
    Show(Sight),
    /// Shows it in the place of this page.
    Instead(Sight),
    /// Goes to the next of its marks, or to the one before.
    Mark(bool),
}

/// Stretches of a page that can be gone through one after the other.
#[derive(Debug, Clone, PartialEq)]
struct Marks {
    /// What one is called.
    name: &'static str,
    /// The parts that each is made of; at least one.
    places: Vec<Range<usize>>,
    /// The one that was gone to last.
    at: Option<usize>,
}

/// A page over the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    title: String,
    parts: Vec<Part>,
    top: usize,
    /// Which of its links is chosen.
    at: usize,
    keys: Vec<(char, String, Does)>,
    marks: Option<Box<Marks>>,
    /// The page from which this one was opened.
    back: Option<Box<Page>>,
}

impl Page {
    /// A page of `parts`.
    pub fn new(title: impl Into<String>, parts: Vec<Part>) -> Self {
        Self { title: title.into(), parts, top: 0, at: 0, keys: Vec::new(), marks: None, back: None }
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

    /// A key that shows something else, from which `esc` leads back, told at the page's foot.
    #[must_use]
    pub fn shows(mut self, key: char, says: impl Into<String>, sight: Sight) -> Self {
        self.keys.push((key, says.into(), Does::Show(sight)));
        self
    }

    /// A key that shows something else in its place, at the same mark, told at the page's foot.
    #[must_use]
    pub fn instead(mut self, key: char, says: impl Into<String>, sight: Sight) -> Self {
        self.keys.push((key, says.into(), Does::Instead(sight)));
        self
    }

    /// Stretches of its parts that `n` and `N` go through, told at the page's foot as so many of `name`.
    #[must_use]
    pub fn marks(mut self, name: &'static str, places: Vec<Range<usize>>) -> Self {
        self.keys.push(('n', String::new(), Does::Mark(true)));
        if places.len() > 1 {
            self.keys.push(('N', String::new(), Does::Mark(false)));
        }
        self.marks = Some(Box::new(Marks { name, places, at: None }));
        self
    }

    /// What is on it.
    #[cfg(test)]
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    fn sheet(&self) -> Sheet<'_> {
        let says = |says: &String, does: &Does| match (does, &self.marks) {
            (Does::Mark(forward), Some(marks)) => marks.says(*forward),
            _ => says.clone(),
        };
        let keys: Vec<_> = self.keys.iter().map(|(key, word, does)| (*key, says(word, does))).collect();
        let beside = self.parts.iter().any(|part| matches!(part, Part::Beside(_)));
        let marked = self.marks.as_ref().and_then(|marks| marks.places.get(marks.at?)).cloned();
        let foot = if keys.is_empty() { Vec::new() } else { vec![Foot::Keys(keys)] };
        Sheet {
            title: &self.title,
            body: &self.parts,
            foot,
            widest: if beside { TWICE } else { WIDEST },
            scroll: self.top,
            chosen: self.at,
            marked,
            danger: false,
            leave: " esc: back ",
        }
    }

    /// Another page over this one, which is gone back to from there.
    fn go_on(&mut self, page: Self) -> Reply {
        let back = std::mem::replace(self, page);
        self.back = Some(Box::new(back));
        Reply::Stay
    }

    /// Among links the keys that move go from one to the next, and Enter follows the chosen one.
    fn choose(&mut self, key: KeyEvent, model: &Model) -> Option<Reply> {
        let area = Rect::from((Position::ORIGIN, model.size));
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let sheet = self.sheet();
        let (room, furthest) = sheet.extent(area, &model.theme);
        let links = sheet.links(area, &model.theme);
        let last = links.len().checked_sub(1)?;
        let at = match key.code {
            KeyCode::Char('u') if control => self.at.saturating_sub(room / 2),
            KeyCode::Char('d') if control => self.at + room / 2,
            KeyCode::Char('k') | KeyCode::Up => self.at.saturating_sub(1),
            KeyCode::Char('j') | KeyCode::Down => self.at + 1,
            KeyCode::PageUp => self.at.saturating_sub(room),
            KeyCode::PageDown | KeyCode::Char(' ') => self.at + room,
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Enter | KeyCode::Char('l') | KeyCode::Right => {
                let chosen = self.parts.iter().filter_map(|part| match part {
                    Part::Link(.., sight) => Some(sight),
                    _ => None,
                });
                let page = chosen.clone().nth(self.at)?.page(model);
                return Some(self.go_on(page));
            }
            _ => return None,
        };
        let at = at.min(last);
        let line = links.get(at).copied().unwrap_or_default();
        self.at = at;
        // What stands above the first one, and below the last one, is seen with it.
        self.top = match at {
            0 => 0,
            at if at == last => furthest,
            _ => self.top.min(line).max((line + 1).saturating_sub(room)),
        };
        Some(Reply::Stay)
    }

    /// Scrolls so that the mark is seen, with a little of what is before it.
    fn go_to_mark(&mut self, at: usize, model: &Model) {
        let Some(marks) = &mut self.marks else { return };
        let at = at.min(marks.places.len().saturating_sub(1));
        marks.at = Some(at);
        let area = Rect::from((Position::ORIGIN, model.size));
        let sheet = self.sheet();
        let (room, furthest) = sheet.extent(area, &model.theme);
        let Some(lines) = sheet.marked_lines(area, &model.theme) else { return };
        let (top, seen) = (self.top, self.top..self.top + room);
        let whole = seen.contains(&lines.start) && lines.end <= seen.end;
        self.top = if whole { top } else { lines.start.saturating_sub(room / 4).min(furthest) };
    }

    /// What the key at that place of the foot does.
    fn take(&mut self, at: usize, model: &Model) -> Reply {
        match self.keys.get(at).map(|(_, _, does)| does) {
            Some(Does::Act(action)) => Reply::Act(*action),
            Some(Does::Effect(effect @ (Effect::Look { .. } | Effect::Copy(_)))) => {
                Reply::Beside(effect.clone())
            }
            Some(Does::Effect(effect)) => Reply::Do(vec![effect.clone()]),
            Some(Does::Open(page)) => {
                let page = (**page).clone();
                self.go_on(page)
            }
            Some(Does::Instead(sight)) => {
                let page = sight.page(model);
                let former = std::mem::replace(self, page);
                self.back = former.back;
                if let Some(at) = former.marks.and_then(|marks| marks.at) {
                    self.go_to_mark(at, model);
                }
                Reply::Stay
            }
            Some(Does::Mark(forward)) => {
                let forward = *forward;
                if let Some(at) = self.marks.as_ref().map(|marks| marks.turn(forward)) {
                    self.go_to_mark(at, model);
                }
                Reply::Stay
            }
            Some(Does::Show(sight)) => {
                let page = sight.page(model);
                self.go_on(page)
            }
            None => Reply::Stay,
        }
    }
}

impl Marks {
    /// The next one, or the one before; after the last the first.
    fn turn(&self, forward: bool) -> usize {
        let count = self.places.len().max(1);
        match (self.at, forward) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        }
    }

    fn says(&self, forward: bool) -> String {
        let (name, count) = (self.name, self.places.len());
        match (self.at, forward) {
            (_, false) => "the one before".to_owned(),
            (_, true) if count == 1 => format!("to the {name}"),
            (None, true) => format!("next of {count} {name}s"),
            (Some(at), true) => format!("next {name} ({} of {count})", at + 1),
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
            return self.take(at, model);
        }
        if let Some(reply) = self.choose(key, model) {
            return reply;
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
        answer.map_or(Reply::Stay, |(_, at)| self.take(at, model))
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        self.sheet().render(frame, area, &model.theme);
    }
}
