//! All rows, and the cursor among them.

use std::collections::BTreeSet;

use super::branch::Branch;
use super::stale::Stale;
use super::{Folds, Grid, Row, RowId};
use crate::event::Envelope;
use crate::ids::{NodeName, StepId};
use crate::state::{RunState, Status, StepState};

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
    /// Nodes across and phases down, rather than the tree.
    pub matrix: bool,
    /// What the matrix shows.
    pub grid: Grid,
    /// How many rows each node has, in the run's order.
    pub(super) spans: Vec<usize>,
    pub(super) stale: Stale,
    /// Rows that are open because the cursor was within them.
    kept: Vec<RowId>,
}

impl Rack {
    /// Takes note of an event, before the next [`Rack::catch_up`].
    pub fn hear(&mut self, envelope: &Envelope) {
        self.stale.hear(envelope);
    }

    /// Makes the rows anew of the nodes that something happened to; says of how many.
    pub fn catch_up(&mut self, run: &RunState) -> usize {
        if self.stale.nodes.is_empty() && !self.stale.is_everywhere(run) {
            0
        } else {
            self.rebuild(run, None)
        }
    }

    /// Makes all rows anew; the cursor stays with what it stood on.
    pub fn refresh(&mut self, run: &RunState) {
        self.stale.all = true;
        self.rebuild(run, None);
    }

    /// The run is as it was at another time: all rows are made anew, and the cursor goes to `target`, or what is nearest to it.
    pub fn look_again(&mut self, run: &RunState, target: Option<RowId>) {
        self.stale = Stale::of(run);
        let here = self.selected().map(|row| row.id.clone());
        self.rebuild(run, target.filter(|target| here.as_ref() != Some(target)));
    }

    /// Stays with what runs, as long as the operator has not moved the cursor.
    pub fn follow(&mut self, run: &RunState) {
        if self.touched {
            return;
        }
        let here = self.selected().and_then(|row| row.id.step()).and_then(|step| run.step(step));
        if here.is_some_and(|step| matches!(step.status, Status::Running { .. } | Status::Failed)) {
            return;
        }
        let node = self.selected().map(|row| row.id.node().clone());
        let worth = |step: &&StepState| !step.plan.work.is_survey();
        let next = run
            .running()
            .filter(worth)
            .find(|step| Some(&step.id().node) == node.as_ref())
            .or_else(|| run.running().find(worth))
            .or_else(|| run.failed().next());
        if let Some(id) = next.map(|step| step.id().clone()) {
            self.reveal(run, RowId::Step(id));
            self.grid.look_at(run, self.rows.get(self.at));
        }
    }

    /// Selects a row, and opens what hides it.
    pub(super) fn reveal(&mut self, run: &RunState, id: RowId) {
        for above in id.above() {
            if self.folds.get(&above) == Some(&false) {
                self.folds.remove(&above);
            }
        }
        self.stale.nodes.insert(id.node().clone());
        self.rebuild(run, Some(id));
    }

    /// Shows that step; the cursor still stays with what runs unless the operator has moved it.
    pub fn show(&mut self, run: &RunState, step: StepId) {
        self.reveal(run, RowId::Step(step));
        self.grid.look_at(run, self.rows.get(self.at));
    }

    /// Moves the cursor to that step, opening what hides it.
    pub fn go_to(&mut self, run: &RunState, step: StepId) {
        self.touched = true;
        self.reveal(run, RowId::Step(step));
        self.grid.look_at(run, self.rows.get(self.at));
    }

    /// Rows of nodes that nothing happened to are taken over as they are.
    fn rebuild(&mut self, run: &RunState, wanted: Option<RowId>) -> usize {
        let offset = self.at.saturating_sub(self.top);
        let jumps = wanted.is_some();
        let target = wanted.or_else(|| self.selected().map(|row| row.id.clone()));
        let left = std::mem::replace(&mut self.kept, target.as_ref().map(RowId::above).unwrap_or_default());
        let turned = if left == self.kept { &[][..] } else { &left };
        if self.stale.plan {
            self.grid.plan(run);
        }
        let obstructed = self.stale.is_obstructed(run);
        let all = self.stale.is_everywhere(run) || self.spans.is_empty();
        let outlook = obstructed.then(|| run.outlook());
        let branch = Branch { folds: &self.folds, kept: &self.kept, outlook: outlook.as_ref() };
        let mut old = std::mem::take(&mut self.rows).into_iter();
        let spans = std::mem::take(&mut self.spans);
        let mut made = 0;
        for (place, node) in run.nodes().enumerate() {
            let before = self.rows.len();
            let kept = old.by_ref().take(spans.get(place).copied().unwrap_or(0));
            let concerned = all
                || place >= spans.len()
                || self.stale.nodes.contains(&node.name)
                || turned.iter().chain(&self.kept).any(|row| row.node() == &node.name);
            if concerned {
                kept.for_each(drop);
                let steps: Vec<&StepState> = run.steps_of(&node.name).collect();
                let marks = branch.grow(&mut self.rows, &node.name, &steps);
                self.grid.set(place, &steps, &marks);
                made += 1;
            } else {
                self.rows.extend(kept);
            }
            self.spans.push(self.rows.len() - before);
        }
        self.stale.clear();
        if let Some(at) = target.and_then(|id| self.nearest(run, &id)) {
            self.at = at;
            if !jumps {
                self.top = at.saturating_sub(offset);
            }
        }
        self.select(self.at);
        made
    }

    /// Where a row is, or what hides it.
    fn nearest(&self, run: &RunState, id: &RowId) -> Option<usize> {
        let place = run.nodes().position(|node| node.name == *id.node())?;
        let first = self.first_of(place)?;
        let rows = &self.rows[first..first + self.spans[place]];
        std::iter::once(id.clone())
            .chain(id.above())
            .find_map(|id| rows.iter().position(|row| row.id == id))
            .map(|at| first + at)
    }

    /// The row of a node, by its place in the run.
    pub(super) fn first_of(&self, place: usize) -> Option<usize> {
        (place < self.spans.len()).then(|| self.spans[..place].iter().sum())
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

    /// Keeps the cursor on a screen of `height` rows, with a little of what is around it.
    pub fn scroll(&mut self, height: usize) {
        let height = height.max(1);
        let margin = (height / 6).min(2);
        self.top =
            self.top.min(self.at.saturating_sub(margin)).max((self.at + 1 + margin).saturating_sub(height));
        self.top = self.top.min(self.rows.len().saturating_sub(height));
    }
}
