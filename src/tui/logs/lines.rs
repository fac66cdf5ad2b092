//! The lines that a pane shows, one after the other.

use std::collections::VecDeque;

use super::{LogLine, Ring};

/// A ring up to `end`, and which of its lines pass the filter, where there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'a> {
    pub(super) ring: &'a Ring,
    pub(super) shown: Option<&'a VecDeque<u64>>,
    pub(super) end: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn get(&self, number: u64) -> Option<&'a LogLine> {
        self.ring.get(number)
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.at_or_after(0)
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.before(self.end)
    }

    /// The first one from `number` on.
    pub(super) fn at_or_after(&self, number: u64) -> Option<u64> {
        let number = number.max(self.ring.first());
        let found = match self.shown {
            None => number,
            Some(shown) => *shown.get(shown.partition_point(|at| *at < number))?,
        };
        (found < self.end).then_some(found)
    }

    pub(super) fn after(&self, number: u64) -> Option<u64> {
        self.at_or_after(number + 1)
    }

    pub(super) fn before(&self, number: u64) -> Option<u64> {
        let number = number.min(self.end);
        let found = match self.shown {
            None => number.checked_sub(1)?,
            Some(shown) => *shown.get(shown.partition_point(|at| *at < number).checked_sub(1)?)?,
        };
        (found >= self.ring.first()).then_some(found)
    }

    /// How many there are from `number` on.
    pub(super) fn count_from(&self, number: u64) -> u64 {
        let number = number.max(self.ring.first());
        match self.shown {
            None => self.end.saturating_sub(number),
            Some(shown) => (shown.len() - shown.partition_point(|at| *at < number)) as u64,
        }
    }
}
