//! Folding and marking, as the operator wants it.

use super::{Rack, RowId};
use crate::state::RunState;

impl Rack {
    /// Folds the selected row; if there is nothing to fold, goes to the row above that holds it.
    pub fn fold(&mut self, run: &RunState) {
        self.touched = true;
        let Some(row) = self.selected() else { return };
        if row.open == Some(true) {
            self.set_fold(run, row.id.clone(), false);
            return;
        }
        let depth = row.depth;
        if let Some(above) = self.rows[..self.at].iter().rposition(|row| row.depth < depth) {
            self.select(above);
        }
    }

    /// Unfolds the selected row; if it is open, goes to the first one in it.
    pub fn unfold(&mut self, run: &RunState) {
        self.touched = true;
        match self.selected() {
            Some(row) if row.open == Some(false) => self.set_fold(run, row.id.clone(), true),
            Some(row) if row.open == Some(true) => self.step_by(1),
            _ => {}
        }
    }

    /// Folds or unfolds the selected row; false if there is nothing in it.
    pub fn toggle(&mut self, run: &RunState) -> bool {
        let Some((id, open)) = self.selected().and_then(|row| Some((row.id.clone(), row.open?))) else {
            return false;
        };
        self.touched = true;
        self.set_fold(run, id, !open);
        true
    }

    /// Folds all nodes; when they are folded, lets each open as it needs it.
    pub fn fold_all(&mut self, run: &RunState) {
        self.touched = true;
        let is_node = |id: &RowId| matches!(id, RowId::Node(_));
        let any_open = self.rows.iter().any(|row| is_node(&row.id) && row.open == Some(true));
        if any_open {
            self.folds.extend(run.nodes().map(|node| (RowId::Node(node.name.clone()), false)));
        } else {
            self.folds.clear();
        }
        self.refresh(run);
    }

    /// Marks the selected row's node, or takes its mark away.
    pub fn toggle_mark(&mut self) {
        let Some(node) = self.selected().map(|row| row.id.node().clone()) else { return };
        if !self.marked.remove(&node) {
            self.marked.insert(node);
        }
    }

    fn set_fold(&mut self, run: &RunState, id: RowId, open: bool) {
        let node = id.node().clone();
        self.folds.insert(id, open);
        self.stale.nodes.insert(node);
        self.catch_up(run);
    }
}
