//! The cursor in the rack, and what is folded and marked.

use std::collections::BTreeSet;

use super::{Folds, Row, RowId, rows};
use crate::ids::NodeName;
use crate::state::RunState;

/// The rack as the operator looks at it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rack {
    /// The rows to be seen.
    pub rows: Vec<Row>,
    /// The selected one.
    pub at: usize,
    /// The first one on the screen.
    pub top: usize,
    /// What the operator folded and unfolded.
    pub folds: Folds,
    /// Nodes marked, to be acted on together.
    pub marked: BTreeSet<NodeName>,
    /// The cursor stays with what runs until the operator moves it.
    pub touched: bool,
}

impl Rack {
    /// Makes the rows anew; the cursor stays with what it stood on.
    pub fn refresh(&mut self, run: &RunState) {
        let selected = self.selected().map(|row| row.id.clone());
        self.rows = rows(run, &self.folds);
        let place =
            selected.and_then(|id| self.rows.iter().position(|row| row.id == id).or_else(|| self.above(&id)));
        self.at = place.unwrap_or(self.at).min(self.rows.len().saturating_sub(1));
    }

    /// What a row that is gone was folded into.
    fn above(&self, id: &RowId) -> Option<usize> {
        let group = id.step().and_then(|step| step.phase.parent());
        let group = group.map(|group| RowId::Group(id.node().clone(), group));
        let step = id.step().cloned().map(RowId::Step);
        let node = RowId::Node(id.node().clone());
        [step, group, Some(node)]
            .into_iter()
            .flatten()
            .find_map(|id| self.rows.iter().position(|row| row.id == id))
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Option<&Row> {
        self.rows.get(self.at)
    }

    /// Moves the cursor to that row.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.rows.len().saturating_sub(1));
    }

    /// Moves the cursor by so many rows.
    pub fn step_by(&mut self, by: isize) {
        self.select(self.at.saturating_add_signed(by));
    }

    /// Keeps the cursor on a screen of `height` rows.
    pub fn scroll(&mut self, height: usize) {
        let height = height.max(1);
        self.top = self.top.min(self.at).max((self.at + 1).saturating_sub(height));
        self.top = self.top.min(self.rows.len().saturating_sub(height));
    }
}
