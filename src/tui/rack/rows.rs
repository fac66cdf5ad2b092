//! The tree's rows, made anew from the run's state.

use std::collections::BTreeMap;

use crate::ids::{NodeName, PhaseId, StepId};
use crate::state::{RunState, Status, StepState};
use crate::tui::theme::Mark;

/// What a row stands for; stays the same while rows come and go.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowId {
    /// A machine.
    Node(NodeName),
    /// A phase with sub-phases that are steps of their own.
    Group(NodeName, PhaseId),
    /// A step.
    Step(StepId),
    /// A sub-phase that a step runs within its own command.
    Leaf(StepId, PhaseId),
}

impl RowId {
    /// The machine it is on.
    pub const fn node(&self) -> &NodeName {
        match self {
            Self::Node(node) | Self::Group(node, _) => node,
            Self::Step(step) | Self::Leaf(step, _) => &step.node,
        }
    }

    /// The step that it is or lies in.
    pub const fn step(&self) -> Option<&StepId> {
        match self {
            Self::Step(step) | Self::Leaf(step, _) => Some(step),
            Self::Node(_) | Self::Group(..) => None,
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub id: RowId,
    /// How far in, from 0.
    pub depth: usize,
    /// Its name.
    pub label: String,
    /// How it stands.
    pub mark: Mark,
    /// Open or folded; none for what has nothing in it.
    pub open: Option<bool>,
    /// Steps over, of all in it.
    pub count: Option<(usize, usize)>,
}

/// What the operator folded or unfolded; everything else folds by itself when done, and opens when it runs or fails.
pub type Folds = BTreeMap<RowId, bool>;

/// All rows that are to be seen, in order.
pub fn rows(run: &RunState, folds: &Folds) -> Vec<Row> {
    let mut rows = Vec::new();
    for node in run.nodes() {
        let steps: Vec<&StepState> = run.steps_of(&node.name).collect();
        let id = RowId::Node(node.name.clone());
        let mark = together(&steps);
        let open = folds.get(&id).copied().unwrap_or_else(|| is_open(mark));
        rows.push(Row {
            id,
            depth: 0,
            label: node.name.to_string(),
            mark,
            open: Some(open),
            count: Some(count(&steps)),
        });
        if open {
            within(&mut rows, &steps, folds);
        }
    }
    rows
}

fn within(rows: &mut Vec<Row>, steps: &[&StepState], folds: &Folds) {
    let mut at = 0;
    while at < steps.len() {
        let step = steps[at];
        let Some(group) = step.id().phase.parent() else {
            single(rows, step, 1, folds);
            at += 1;
            continue;
        };
        let end =
            at + steps[at..].iter().take_while(|step| step.id().phase.is_within(group.as_str())).count();
        let members = &steps[at..end.max(at + 1)];
        let id = RowId::Group(step.id().node.clone(), group.clone());
        let mark = together(members);
        let open = folds.get(&id).copied().unwrap_or_else(|| is_open(mark));
        rows.push(Row {
            id,
            depth: 1,
            label: label(&group),
            mark,
            open: Some(open),
            count: Some(count(members)),
        });
        if open {
            for member in members {
                single(rows, member, 2, folds);
            }
        }
        at = end.max(at + 1);
    }
}

fn single(rows: &mut Vec<Row>, step: &StepState, depth: usize, folds: &Folds) {
    let id = RowId::Step(step.id().clone());
    let mark = Mark::of(step.status);
    let leaves = &step.plan.covers;
    let open = (!leaves.is_empty()).then(|| folds.get(&id).copied().unwrap_or_else(|| is_open(mark)));
    let label = if depth == 2 { step.id().phase.leaf().to_owned() } else { label(&step.id().phase) };
    rows.push(Row { id, depth, label, mark, open, count: None });
    if open == Some(true) {
        for leaf in leaves {
            let seen = step.seen.iter().any(|seen| seen.phase == *leaf);
            let mark = match step.status {
                Status::Succeeded => Mark::Done,
                _ if seen => Mark::Done,
                _ => Mark::Waiting,
            };
            rows.push(Row {
                id: RowId::Leaf(step.id().clone(), leaf.clone()),
                depth: depth + 1,
                label: leaf.leaf().to_owned(),
                mark,
                open: None,
                count: None,
            });
        }
    }
}

/// Without kubeadm's command: a node runs only one of them.
fn label(phase: &PhaseId) -> String {
    let path = phase.as_str();
    let short = ["init/", "join/", "reset/"].iter().find_map(|command| path.strip_prefix(command));
    short.unwrap_or(path).to_owned()
}

const fn is_open(mark: Mark) -> bool {
    matches!(mark, Mark::Running | Mark::Failed | Mark::Retry | Mark::Held)
}

fn count(steps: &[&StepState]) -> (usize, usize) {
    (steps.iter().filter(|step| step.status.is_settled()).count(), steps.len())
}

/// The one mark that tells most of several steps.
fn together(steps: &[&StepState]) -> Mark {
    let any = |mark: Mark| steps.iter().any(|step| Mark::of(step.status) == mark);
    let order = [Mark::Failed, Mark::Running, Mark::Retry];
    order.into_iter().find(|mark| any(*mark)).unwrap_or_else(|| {
        if steps.is_empty() {
            Mark::Waiting
        } else if steps.iter().all(|step| step.status.is_settled()) {
            Mark::Done
        } else if any(Mark::Stopped) {
            Mark::Stopped
        } else {
            Mark::Waiting
        }
    })
}
