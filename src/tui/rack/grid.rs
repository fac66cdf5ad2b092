//! The matrix: nodes across, phases down, and the cell under the cursor.

use std::collections::{BTreeSet, HashMap};

use super::phases::{Phase, phases_of, union};
use super::{Rack, Row, RowId, Tally};
use crate::ids::StepId;
use crate::state::{RunState, StepState};
use crate::tui::theme::Mark;

/// A place in the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// The node's place in the run.
    pub node: usize,
    /// The phase's place among all lines.
    pub line: usize,
}

/// What the matrix shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// Every line, groups before what is in them.
    pub phases: Vec<Phase>,
    /// Groups whose phases have lines of their own.
    pub unfolded: BTreeSet<String>,
    /// The cell under the cursor.
    pub at: Cell,
    places: HashMap<Phase, usize>,
    columns: Vec<Column>,
}

/// What is known of a node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Column {
    /// By line; none where the node has no such phase.
    cells: Vec<Option<Mark>>,
    tally: Tally,
}

impl Grid {
    /// Takes in another plan.
    pub(super) fn plan(&mut self, run: &RunState) {
        let here = self.phases.get(self.at.line).cloned();
        self.phases = union(run);
        self.places = self.phases.iter().cloned().enumerate().map(|(at, phase)| (phase, at)).collect();
        self.at.line = here.and_then(|phase| self.places.get(&phase).copied()).unwrap_or(0);
        self.columns.clear();
    }

    /// Takes in how a node's steps stand.
    pub(super) fn set(&mut self, node: usize, steps: &[&StepState], marks: &[Mark]) {
        let mut tallies = vec![Tally::default(); self.phases.len()];
        for (phase, mark) in phases_of(steps.iter().copied()).iter().zip(marks) {
            let whole = phase.leaf.is_some().then(|| phase.whole());
            for line in [Some(phase), whole.as_ref()].into_iter().flatten() {
                if let Some(tally) = self.places.get(line).and_then(|&at| tallies.get_mut(at)) {
                    tally.add(*mark);
                }
            }
        }
        if self.columns.len() <= node {
            self.columns.resize(node + 1, Column::default());
        }
        let cells = tallies.iter().map(|tally| (tally.total() > 0).then(|| tally.mark())).collect();
        self.columns[node] = Column { cells, tally: Tally::of(marks.iter().copied()) };
    }

    /// How a phase stands on a node; none if the node has no such phase.
    pub fn mark(&self, cell: Cell) -> Option<Mark> {
        *self.columns.get(cell.node)?.cells.get(cell.line)?
    }

    /// How a node stands as a whole.
    pub fn tally(&self, node: usize) -> Tally {
        self.columns.get(node).map(|column| column.tally).unwrap_or_default()
    }

    /// Whether the line is a group with lines of its own, and they are to be seen.
    pub fn open(&self, line: usize) -> Option<bool> {
        let phase = self.phases.get(line).filter(|phase| phase.leaf.is_none())?;
        let next = self.phases.get(line + 1)?;
        (next.whole() == *phase && next.leaf.is_some()).then(|| self.unfolded.contains(&phase.group))
    }

    /// The lines to be seen.
    pub fn lines(&self) -> Vec<usize> {
        let shown = |line: &usize| {
            let phase = &self.phases[*line];
            phase.leaf.is_none() || self.unfolded.contains(&phase.group)
        };
        (0..self.phases.len()).filter(shown).collect()
    }

    /// Puts the cursor on the cell of a row.
    pub(super) fn look_at(&mut self, run: &RunState, row: Option<&Row>) {
        let Some(row) = row else { return };
        if let Some(node) = run.nodes().position(|node| node.name == *row.id.node()) {
            self.at.node = node;
        }
        let phases = phases_of(run.steps_of(row.id.node()));
        let mut steps = run.steps_of(row.id.node());
        let (step, whole) = match &row.id {
            RowId::Node(_) => return,
            RowId::Group(_, group) => {
                (steps.position(|step| step.id().phase.is_within(group.as_str())), true)
            }
            RowId::Step(id) | RowId::Leaf(id, _) => (steps.position(|step| step.id() == id), false),
        };
        let Some(phase) = step.and_then(|step| phases.get(step)) else { return };
        let whole = whole || !self.unfolded.contains(&phase.group);
        let phase = if whole { phase.whole() } else { phase.clone() };
        if let Some(&line) = self.places.get(&phase) {
            self.at.line = line;
        }
    }

    /// The step of a cell that tells most: one that failed, runs, is held or waits, else the last.
    fn step(&self, run: &RunState, cell: Cell) -> Option<StepId> {
        let node = run.nodes().nth(cell.node)?;
        let wanted = self.phases.get(cell.line)?;
        let steps: Vec<&StepState> = run.steps_of(&node.name).collect();
        let phases = phases_of(steps.iter().copied());
        let within = |phase: &Phase| phase == wanted || (wanted.leaf.is_none() && phase.whole() == *wanted);
        let mut found = steps.iter().zip(&phases).filter(|(_, phase)| within(phase)).map(|(step, _)| *step);
        let rank = |step: &&StepState| match Mark::of_step(step, None) {
            Mark::Failed => 0,
            Mark::Running => 1,
            Mark::Retry => 2,
            Mark::Done | Mark::Skipped => 4,
            _ => 3,
        };
        let first = found.next()?;
        let best = found.fold(first, |best, step| match rank(&step).cmp(&rank(&best)) {
            std::cmp::Ordering::Less => step,
            std::cmp::Ordering::Equal if rank(&step) == 4 => step,
            _ => best,
        });
        Some(best.id().clone())
    }
}

impl Rack {
    /// Shows the matrix, or the tree again.
    pub fn toggle_matrix(&mut self, run: &RunState) {
        self.matrix = !self.matrix;
        self.grid.look_at(run, self.rows.get(self.at));
    }

    /// Moves the cursor of the matrix by so many nodes and lines.
    pub fn step_cell(&mut self, run: &RunState, nodes: isize, lines: isize) {
        let shown = self.grid.lines();
        let here = shown.iter().rposition(|&line| line <= self.grid.at.line).unwrap_or(0);
        let there = here.saturating_add_signed(lines).min(shown.len().saturating_sub(1));
        let line = shown.get(there).copied().unwrap_or(0);
        let last = run.nodes().len().saturating_sub(1);
        self.select_cell(run, Cell { node: self.grid.at.node.saturating_add_signed(nodes).min(last), line });
    }

    /// Puts the cursor on a cell, and the tree's on its step.
    pub fn select_cell(&mut self, run: &RunState, cell: Cell) {
        self.touched = true;
        self.grid.at = cell;
        let node = run.nodes().nth(cell.node).map(|node| RowId::Node(node.name.clone()));
        let row = self.grid.step(run, cell).map(RowId::Step).or(node);
        if let Some(row) = row {
            self.reveal(run, row);
        }
    }

    /// Gives a group of phases lines of their own, or takes them away; false where there are none.
    pub fn toggle_line(&mut self) -> bool {
        let at = self.grid.at.line;
        let Some(phase) = self.grid.phases.get(at).filter(|_| self.grid.open(at).is_some()) else {
            return false;
        };
        if !self.grid.unfolded.remove(&phase.group) {
            self.grid.unfolded.insert(phase.group.clone());
        }
        true
    }
}
