//! Steps by status, in plan order.

use std::collections::BTreeSet;

use super::Status;

/// For each kind of status, where the steps in it stand in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Index([BTreeSet<usize>; 7]);

impl Index {
    pub(super) fn add(&mut self, step: usize, status: Status) {
        self.0[status.class()].insert(step);
    }

    pub(super) fn shift(&mut self, step: usize, from: Status, to: Status) {
        self.0[from.class()].remove(&step);
        self.0[to.class()].insert(step);
    }

    pub(super) fn of(&self, class: usize) -> impl Iterator<Item = usize> {
        self.0.get(class).into_iter().flatten().copied()
    }

    pub(super) fn count(&self, class: usize) -> usize {
        self.0.get(class).map_or(0, BTreeSet::len)
    }
}
