//! What can be done with a pane.

use super::pane::{Times, View};
use super::window::{Spot, Window};
use super::{Filter, Pane, Pattern, Ring};
use crate::ids::Attempt;

/// One thing to do with a pane; keys and palette name these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogAction {
    /// So many rows down; up if negative. While lines are selected, so many lines.
    Scroll(i32),
    /// Half a pane up.
    HalfUp,
    /// Half a pane down.
    HalfDown,
    /// A pane up.
    PageUp,
    /// A pane down.
    PageDown,
    /// To the oldest line kept.
    Top,
    /// To the end, and stay there.
    End,
    /// Show what is further left.
    Left,
    /// Show what is further right.
    Right,
    /// Stay at the end, or not.
    Follow,
    /// Show nothing new, or again.
    Freeze,
    /// Wrap long lines, or not.
    Wrap,
    /// Off, since the run's start, by the calendar.
    Times,
    /// To the next line in which the search is found; after the last, the first.
    NextMatch,
    /// To the one before; before the first, the last.
    PreviousMatch,
    /// To the next warning or error.
    NextProblem,
    /// To the one before.
    PreviousProblem,
    /// The output of the try before.
    EarlierAttempt,
    /// The output of the try after.
    LaterAttempt,
    /// Begin to select lines, or leave it.
    Select,
    /// Leave, one at a time: the selection, the line looked at, the search, the filter.
    Clear,
}

/// Columns by which long lines are moved.
const SIDEWAYS: usize = 8;

impl Pane {
    /// Does it. Of an action that has nothing to act on, nothing comes.
    pub fn act(&mut self, action: LogAction, view: &View<'_>) {
        let page = i32::from(view.height.max(1));
        match action {
            LogAction::Scroll(by) => self.scroll(by, view),
            LogAction::HalfUp => self.scroll(-(page / 2).max(1), view),
            LogAction::HalfDown => self.scroll((page / 2).max(1), view),
            LogAction::PageUp => self.scroll(-(page - 1).max(1), view),
            LogAction::PageDown => self.scroll((page - 1).max(1), view),
            LogAction::Top => self.scroll(i32::MIN, view),
            LogAction::End if self.anchor.is_some() => self.scroll(i32::MAX, view),
            LogAction::Left => self.left = self.left.saturating_sub(SIDEWAYS),
            LogAction::Right => self.right(view),
            LogAction::Follow if self.follows() => self.hold(view),
            LogAction::End | LogAction::Follow => self.follow(),
            LogAction::Freeze => {
                self.frozen = if self.frozen.is_some() { None } else { view.ring.map(Ring::end) }
            }
            LogAction::Wrap => (self.wrap, self.left) = (!self.wrap, 0),
            LogAction::Times => {
                self.times = match self.times {
                    Times::Off => Times::Run,
                    Times::Run => Times::Calendar,
                    Times::Calendar => Times::Off,
                }
            }
            LogAction::NextMatch => self.next_match(view),
            LogAction::PreviousMatch => self.previous_match(view),
            LogAction::NextProblem => self.problem(view, true),
            LogAction::PreviousProblem => self.problem(view, false),
            LogAction::EarlierAttempt => self.turn_attempt(view, false),
            LogAction::LaterAttempt => self.turn_attempt(view, true),
            LogAction::Select if self.anchor.is_some() => self.anchor = None,
            LogAction::Select => self.select(view),
            LogAction::Clear => self.clear(view),
        }
        self.note_seen(view);
    }

    /// Looks for `text`, and goes to where it is found first from the top of the pane on, or else to the last one before;
    /// no longer, if it is empty.
    pub fn search(&mut self, text: &str, view: &View<'_>) {
        self.search = Pattern::new(text);
        self.cursor = None;
        self.index_anew(view);
        if self.search.is_some() {
            let from = self.top_line(view);
            let hits = self.hits();
            let found = hits.get(hits.partition_point(|at| *at < from)).or_else(|| hits.back());
            if let Some(&found) = found {
                self.go_to(found, view);
            }
        }
        self.note_seen(view);
    }

    /// Shows only the lines that have `text`, or only the others; all of them, if it is empty.
    pub fn filter(&mut self, text: &str, inverse: bool, view: &View<'_>) {
        self.filter = Pattern::new(text).map(|pattern| Filter { pattern, inverse });
        self.anchor = None;
        self.index_anew(view);
        self.note_seen(view);
    }

    fn index_anew(&mut self, view: &View<'_>) {
        self.index = super::index::Index::default();
        self.catch_up(self.indexed.clone(), view.ring);
    }

    fn follow(&mut self) {
        (self.top, self.frozen, self.cursor, self.anchor) = (None, None, None, None);
    }

    /// Stays where it is, while lines come.
    pub(super) fn hold(&mut self, view: &View<'_>) {
        let Some(ring) = view.ring else { return };
        if self.top.is_none() {
            self.top = self.window(ring, view.width, view.height).end();
            self.seen = self.lines(ring).end;
        }
    }

    fn scroll(&mut self, by: i32, view: &View<'_>) {
        let Some(ring) = view.ring else { return };
        if self.anchor.is_some() {
            return self.move_cursor(ring, by, view);
        }
        self.hold(view);
        let window = self.window(ring, view.width, view.height);
        let Some(top) = self.top(&window) else { return };
        let far = by.unsigned_abs() as usize;
        self.top = match by {
            i32::MIN => window.start(),
            i32::MAX => window.end(),
            0.. => window.fit(window.down(top, far)),
            _ => Some(window.up(top, far)),
        };
        if by == i32::MIN || self.cursor.is_some_and(|at| !self.is_visible(at, ring, view)) {
            self.cursor = None;
        }
    }

    fn move_cursor(&mut self, ring: &Ring, by: i32, view: &View<'_>) {
        let lines = self.lines(ring);
        let Some(mut at) = self.cursor.or_else(|| lines.last()) else { return };
        match by {
            i32::MIN => at = lines.first().unwrap_or(at),
            i32::MAX => at = lines.last().unwrap_or(at),
            _ => {
                for _ in 0..by.unsigned_abs() {
                    let next = if by > 0 { lines.after(at) } else { lines.before(at) };
                    let Some(next) = next else { break };
                    at = next;
                }
            }
        }
        self.cursor = Some(at);
        self.bring_in(at, ring, view, 1);
    }

    fn right(&mut self, view: &View<'_>) {
        let Some(ring) = view.ring.filter(|_| !self.wrap) else { return };
        let window = self.window(ring, view.width, view.height);
        let Some(top) = self.top(&window) else { return };
        let texts = window.rows(top).into_iter().filter_map(|(line, _)| ring.get(line));
        let widest = texts.map(|line| super::wrap::columns(&line.text)).max().unwrap_or(0);
        self.left = (self.left + SIDEWAYS).min(widest.saturating_sub(window.width)).max(self.left);
    }

    fn next_match(&mut self, view: &View<'_>) {
        let from = self.cursor.map_or_else(|| self.top_line(view), |at| at + 1);
        let hits = self.hits();
        let found = hits.get(hits.partition_point(|at| *at < from)).or_else(|| hits.front());
        if let Some(&found) = found {
            self.go_to(found, view);
        }
    }

    fn previous_match(&mut self, view: &View<'_>) {
        let before = self.cursor.unwrap_or_else(|| self.top_line(view));
        let hits = self.hits();
        let found = hits.partition_point(|at| *at < before).checked_sub(1).and_then(|at| hits.get(at));
        if let Some(&found) = found.or_else(|| hits.back()) {
            self.go_to(found, view);
        }
    }

    fn problem(&mut self, view: &View<'_>, forward: bool) {
        let Some(ring) = view.ring else { return };
        let lines = self.lines(ring);
        let (problems, shown) = (ring.problems(), |at: &&u64| lines.at_or_after(**at) == Some(**at));
        let found = if forward {
            let from = self.cursor.map_or_else(|| self.top_line(view), |at| at + 1);
            problems.range(problems.partition_point(|at| *at < from)..).find(shown)
        } else {
            let before =
                self.cursor.unwrap_or(if self.top.is_none() { lines.end } else { self.top_line(view) });
            problems.range(..problems.partition_point(|at| *at < before)).rev().find(shown)
        };
        if let Some(found) = found.copied() {
            self.go_to(found, view);
        }
    }

    fn turn_attempt(&mut self, view: &View<'_>, later: bool) {
        let mut numbers: Vec<Attempt> = view.attempts.iter().map(|attempt| attempt.number).collect();
        numbers.dedup();
        let Some(&last) = numbers.last() else { return };
        let now = self.attempt.unwrap_or(last);
        let found = if later {
            numbers.iter().find(|at| **at > now)
        } else {
            numbers.iter().rev().find(|at| **at < now)
        };
        if let Some(&found) = found {
            self.attempt = (found != last).then_some(found);
            self.turn_over();
        }
    }

    fn select(&mut self, view: &View<'_>) {
        let Some(at) = self.current(view) else { return };
        self.hold(view);
        (self.anchor, self.cursor) = (Some(at), Some(at));
    }

    fn clear(&mut self, view: &View<'_>) {
        if self.anchor.take().is_some() || self.cursor.take().is_some() {
            return;
        }
        if self.search.take().is_some() || self.filter.take().is_some() {
            self.index_anew(view);
        }
    }

    /// The line that copying takes: the one looked at, the last one while it follows, or the first one in the pane.
    pub(super) fn current(&self, view: &View<'_>) -> Option<u64> {
        let ring = view.ring?;
        if let Some(at) = self.cursor.filter(|at| ring.get(*at).is_some()) {
            return Some(at);
        }
        let lines = self.lines(ring);
        if self.top.is_none() { lines.last() } else { lines.at_or_after(self.top_line(view)) }
    }

    pub(super) fn top_line(&self, view: &View<'_>) -> u64 {
        let Some(ring) = view.ring else { return 0 };
        self.top(&self.window(ring, view.width, view.height)).map_or(0, |spot| spot.line)
    }

    fn go_to(&mut self, line: u64, view: &View<'_>) {
        let Some(ring) = view.ring else { return };
        self.hold(view);
        if self.anchor.is_none() {
            self.left = 0;
        }
        self.cursor = Some(line);
        self.bring_in(line, ring, view, usize::from(view.height) / 3);
    }

    /// Scrolls until the line is in the pane: if it has to, to so many rows from the edge where it comes in.
    fn bring_in(&mut self, line: u64, ring: &Ring, view: &View<'_>, margin: usize) {
        if self.is_visible(line, ring, view) {
            return;
        }
        let window = self.window(ring, view.width, view.height);
        let head = Spot { line, row: 0 };
        let below = self.top(&window).is_some_and(|top| top < head);
        let rows_above =
            if below && margin <= 1 { window.height.saturating_sub(1) } else { margin.saturating_sub(1) };
        self.top = window.fit(window.up(head, rows_above));
    }

    fn is_visible(&self, line: u64, ring: &Ring, view: &View<'_>) -> bool {
        let window = self.window(ring, view.width, view.height);
        self.visible(&window).any(|(at, _)| at == line)
    }

    fn visible(&self, window: &Window<'_>) -> impl Iterator<Item = (u64, super::window::Part)> + use<> {
        self.top(window).map(|top| window.rows(top)).into_iter().flatten()
    }

    /// Remembers up to where lines were in the pane, to say how many are new.
    fn note_seen(&mut self, view: &View<'_>) {
        let Some(ring) = view.ring.filter(|_| self.top.is_some()) else { return };
        let window = self.window(ring, view.width, view.height);
        if let Some((last, _)) = self.visible(&window).last() {
            self.seen = self.seen.max(last + 1);
        }
    }
}
