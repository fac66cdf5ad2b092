//! The phases of a whole rack in one order, the same thing on the same line whatever a node's kubeadm calls it.

use std::collections::BTreeSet;

use super::branch::without_command;
use crate::plan::step::Work;
use crate::state::{RunState, StepState};

/// Groups that only a join has, around phases that an init has as well.
const AROUND: [&str; 2] = ["control-plane-prepare/", "control-plane-join/"];

/// A line of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phase {
    /// The phase, or the group that it belongs to.
    pub group: String,
    /// Within its group; none for a group as a whole and for a phase without sub-phases.
    pub leaf: Option<String>,
    /// Whether it is ours rather than kubeadm's.
    pub own: bool,
    /// A wait before the node's first kubeadm command: not the same thing as one after it.
    early: bool,
}

impl Phase {
    /// The line of a step.
    fn of(step: &StepState, early: bool) -> Self {
        let own = !matches!(step.plan.work, Work::Kubeadm { .. });
        let path = without_command(&step.id().phase);
        let early = early && step.plan.is_wait();
        if own {
            return Self { group: path.to_owned(), leaf: None, own, early };
        }
        let path = AROUND.into_iter().find_map(|around| path.strip_prefix(around)).unwrap_or(path);
        let path = if path == "etcd-join" { "etcd" } else { path };
        match path.split_once('/') {
            Some((group, leaf)) => Self { group: group.to_owned(), leaf: Some(leaf.to_owned()), own, early },
            None => Self { group: path.to_owned(), leaf: None, own, early },
        }
    }

    /// The line of the group that it is in.
    pub(super) fn whole(&self) -> Self {
        Self { leaf: None, ..self.clone() }
    }

    /// Its name, within its group.
    pub fn label(&self) -> &str {
        self.leaf.as_deref().unwrap_or(&self.group)
    }
}

/// The lines of a node's steps, one a step.
pub(super) fn phases_of<'a>(steps: impl IntoIterator<Item = &'a StepState>) -> Vec<Phase> {
    let mut early = true;
    let line = |step: &StepState| {
        early &= !matches!(step.plan.work, Work::Kubeadm { .. });
        Phase::of(step, early)
    };
    steps.into_iter().map(line).collect()
}

/// The lines of a run: groups in the order of the nodes that have them, in each its phases.
pub(super) fn union(run: &RunState) -> Vec<Phase> {
    let mut groups: Vec<Phase> = Vec::new();
    let mut leaves: Vec<Phase> = Vec::new();
    let mut known = BTreeSet::new();
    for node in run.nodes() {
        let phases = phases_of(run.steps_of(&node.name));
        // Most nodes have the same phases as one before them.
        if known.contains(&phases) {
            continue;
        }
        merge(&mut groups, phases.iter().map(Phase::whole));
        merge(&mut leaves, phases.iter().filter(|phase| phase.leaf.is_some()).cloned());
        known.insert(phases);
    }
    let within = |group: Phase| {
        let leaves: Vec<Phase> = leaves.iter().filter(|leaf| leaf.whole() == group).cloned().collect();
        std::iter::once(group).chain(leaves)
    };
    groups.into_iter().flat_map(within).collect()
}

/// Puts each of `more` that is not there behind the one before it.
fn merge(lines: &mut Vec<Phase>, more: impl IntoIterator<Item = Phase>) {
    let mut next = 0;
    for phase in more {
        if let Some(at) = lines.iter().position(|known| *known == phase) {
            next = at + 1;
        } else {
            lines.insert(next, phase);
            next += 1;
        }
    }
}
