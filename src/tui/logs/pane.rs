//! One window on output.

use std::collections::VecDeque;
use std::time::Duration;

use super::index::Index;
use super::window::{Spot, Window};
use super::{Filter, Lines, Pattern, Ring};
use crate::ids::{Attempt, StepId};
use crate::state::{AttemptState, RunState, StepState};

/// What a pane shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// The step selected in the rack.
    #[default]
    Selected,
    /// One step, whatever is selected.
    Pinned(StepId),
    /// Whatever started last and runs.
    Running,
}

/// The times before lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Times {
    /// None.
    #[default]
    Off,
    /// Since the run's start.
    Run,
    /// By the calendar.
    Calendar,
}

impl Times {
    /// Columns that they take, with the space after them.
    pub const fn width(self) -> usize {
        match self {
            Self::Off => 0,
            Self::Run => 10,
            Self::Calendar => 9,
        }
    }
}

/// What a pane looks at when it is moved about: the output, the tries there are, and the room inside its frame.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Of the attempt that the pane shows; none if it printed nothing.
    pub ring: Option<&'a Ring>,
    /// All tries of the pane's step.
    pub attempts: &'a [AttemptState],
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// A pane and how it looks at its source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pane {
    /// What it shows.
    pub source: Source,
    /// An earlier attempt; none for the last.
    pub attempt: Option<Attempt>,
    /// Whether long lines go on in the next row.
    pub wrap: bool,
    /// The times before lines.
    pub times: Times,
    pub(super) step: Option<StepId>,
    /// Since when its step is over.
    pub(super) over: Option<Duration>,
    /// The row at its top; none while it follows the end.
    pub(super) top: Option<Spot>,
    /// The number after the last line that was in it since it doesn't follow.
    pub(super) seen: u64,
    /// The number after the last line there was when it was frozen.
    pub(super) frozen: Option<u64>,
    /// Columns that are out of it at its left.
    pub(super) left: usize,
    pub(super) search: Option<Pattern>,
    pub(super) filter: Option<Filter>,
    /// The line that is looked at.
    pub(super) cursor: Option<u64>,
    /// Where the selection begins, or ends; its other end is the cursor.
    pub(super) anchor: Option<u64>,
    pub(super) index: Index,
    pub(super) indexed: Option<(StepId, Attempt)>,
}

impl Pane {
    /// A pane on `source`, with long lines wrapped.
    pub fn new(source: Source) -> Self {
        let step = match &source {
            Source::Pinned(step) => Some(step.clone()),
            _ => None,
        };
        Self { source, step, wrap: true, ..Self::default() }
    }

    /// The step it shows; none if there is none to show.
    pub const fn step(&self) -> Option<&StepId> {
        self.step.as_ref()
    }

    /// The try it shows of `step`: the one asked for, or the last; the first before there is any.
    pub fn shown_attempt(&self, step: &StepState) -> Attempt {
        let last = step.last_attempt().map_or(Attempt::FIRST, |attempt| attempt.number);
        self.attempt.unwrap_or(last)
    }

    /// The output it shows.
    pub fn ring<'a>(&self, logs: &'a super::Logs, run: &RunState) -> Option<&'a Ring> {
        let step = run.step(self.step.as_ref()?)?;
        logs.of(step.id(), self.shown_attempt(step))
    }

    /// Turns to another step: from its end, with the same search, filter and looks.
    pub(super) fn turn_to(&mut self, step: Option<StepId>) {
        if self.step != step {
            self.step = step;
            self.attempt = None;
            self.over = None;
            self.turn_over();
        }
    }

    /// Another output: whatever was of the former one goes.
    pub(super) fn turn_over(&mut self) {
        (self.top, self.frozen, self.cursor, self.anchor) = (None, None, None, None);
        self.left = 0;
        self.index = Index::default();
    }

    /// Takes in the lines that are new, for search and filter. To be called before the pane is moved or drawn.
    pub fn catch_up(&mut self, shows: Option<(StepId, Attempt)>, ring: Option<&Ring>) {
        if self.indexed != shows {
            if self.indexed.is_some() {
                self.turn_over();
            }
            self.indexed = shows;
        }
        if let Some(ring) = ring {
            let end = self.limit(ring);
            self.index.extend(ring, end, self.search.as_ref(), self.filter.as_ref());
        }
    }

    /// Whether it stays at the end.
    pub const fn follows(&self) -> bool {
        self.top.is_none() && self.frozen.is_none()
    }

    /// Whether nothing new is shown.
    pub const fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// What is looked for.
    pub const fn pattern(&self) -> Option<&Pattern> {
        self.search.as_ref()
    }

    /// Which lines are shown.
    pub const fn sieve(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// How many lines came that were never in it, since it doesn't follow.
    pub fn new_lines(&self, ring: &Ring) -> u64 {
        match self.frozen {
            Some(end) => ring.end().saturating_sub(end),
            None if self.top.is_some() => self.lines(ring).count_from(self.seen),
            None => 0,
        }
    }

    /// The place of the looked-at match among all, from 1, and how many there are; the place is 0 when none is looked at.
    pub fn matches(&self) -> (usize, usize) {
        let hits = self.index.hits();
        let place = self.cursor.and_then(|at| hits.binary_search(&at).ok()).map_or(0, |at| at + 1);
        (place, hits.len())
    }

    pub(super) fn hits(&self) -> &VecDeque<u64> {
        self.index.hits()
    }

    fn limit(&self, ring: &Ring) -> u64 {
        self.frozen.map_or(ring.end(), |end| end.clamp(ring.first(), ring.end()))
    }

    pub(super) fn lines<'a>(&'a self, ring: &'a Ring) -> Lines<'a> {
        let shown = self.filter.is_some().then(|| self.index.shown());
        Lines { ring, shown, end: self.limit(ring) }
    }

    pub(super) fn window<'a>(&'a self, ring: &'a Ring, width: u16, height: u16) -> Window<'a> {
        let width = usize::from(width).saturating_sub(self.times.width()).max(2);
        Window { lines: self.lines(ring), wrapped: self.wrap, width, height: usize::from(height) }
    }

    /// The row at the top now.
    pub(super) fn top(&self, window: &Window<'_>) -> Option<Spot> {
        match self.top {
            Some(spot) => window.fit(spot),
            None => window.end(),
        }
    }

    /// The lines selected, the first and the last.
    pub(super) fn selection(&self) -> Option<(u64, u64)> {
        let (anchor, cursor) = (self.anchor?, self.cursor?);
        Some((anchor.min(cursor), anchor.max(cursor)))
    }
}
