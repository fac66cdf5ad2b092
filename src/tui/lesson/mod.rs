//! The lesson beside the rack: its page, and what the reader did with it.

mod panel;

use std::collections::VecDeque;

use crate::lesson::{Answer, Course, Place, Show};
use crate::state::RunState;

pub use panel::{Panel, panel, render, rows_for};

/// Keys shown at once to a class.
const KEYS: usize = 6;

/// A lesson at the console.
#[derive(Debug, Clone)]
pub struct Class {
    /// The reader's way through it.
    pub course: Course,
    /// The panel is on the screen.
    pub open: bool,
    /// More room, and the keys that are pressed.
    pub present: bool,
    /// Lines of the page above the first one seen.
    pub top: usize,
    /// The page that was turned to last, as the run was told.
    pub told: Option<usize>,
    /// The page whose card was opened.
    pub looked: Option<usize>,
    /// The keys pressed last, the oldest first.
    pub pressed: VecDeque<String>,
}

/// What going on means as things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    /// There is more of the page below.
    Read,
    /// What the page wants is done for the reader.
    Do,
    /// It is being done.
    Wait,
    /// The card that the page names is opened.
    Look(Show),
    /// The question is to be answered with the number of a choice.
    Choose(usize),
    /// The question is to be answered in words.
    Write,
    /// The next page.
    Turn,
    /// There is none.
    Over,
}

impl Class {
    /// At the course's page.
    pub fn new(course: Course, present: bool) -> Self {
        Self { course, open: true, present, top: 0, told: None, looked: None, pressed: VecDeque::new() }
    }

    /// Takes note of a key, where a class watches.
    pub fn note_key(&mut self, key: impl Into<String>) {
        if self.present {
            self.pressed.push_back(key.into());
            while self.pressed.len() > KEYS {
                self.pressed.pop_front();
            }
        }
    }

    /// What going on means now; `below`: lines of the page that are not on the screen.
    pub fn onward(&self, run: &RunState, below: usize) -> Onward {
        if below > 0 {
            return Onward::Read;
        }
        let page = self.course.page();
        match self.course.place(run) {
            Place::ToDo(_) if page.is_some_and(|page| !page.deeds.is_empty()) => return Onward::Do,
            Place::Doing => return Onward::Wait,
            Place::ToDo(_) | Place::ToAnswer | Place::Open => {}
        }
        let show = page.and_then(|page| page.look.as_ref()).map(|look| look.show);
        if let Some(show) = show.filter(|show| !matches!(show, Show::Output | Show::Matrix))
            && self.looked != Some(self.course.at())
        {
            return Onward::Look(show);
        }
        if self.course.place(run) == Place::ToAnswer {
            return match page.and_then(|page| page.ask.as_ref()).map(|ask| &ask.answer) {
                Some(Answer::Choices(choices)) => Onward::Choose(choices.len()),
                _ => Onward::Write,
            };
        }
        if self.course.at() + 1 < self.course.lesson().pages.len() { Onward::Turn } else { Onward::Over }
    }

    /// How many answers there are to choose from on the open page.
    pub fn choices(&self) -> usize {
        match self.course.page().and_then(|page| page.ask.as_ref()).map(|ask| &ask.answer) {
            Some(Answer::Choices(choices)) => choices.len(),
            _ => 0,
        }
    }
}
