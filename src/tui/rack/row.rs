//! One row of the tree.

use std::fmt;

use crate::ids::{NodeName, PhaseId, StepId};
use crate::tui::theme::Mark;

/// What a row stands for; stays the same while rows come and go.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowId {
    /// A machine.
    Node(NodeName),
    /// A phase with sub-phases that are steps of their own, or one of several commands of kubeadm (`init`).
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

    /// Every row that it may lie in, the nearest first.
    pub fn above(&self) -> Vec<Self> {
        let mut above = Vec::new();
        let (node, phase) = match self {
            Self::Node(_) => return above,
            Self::Group(node, phase) => (node, phase),
            Self::Step(step) => (&step.node, &step.phase),
            Self::Leaf(step, _) => {
                above.push(Self::Step(step.clone()));
                (&step.node, &step.phase)
            }
        };
        let group = |phase: PhaseId| Self::Group(node.clone(), phase);
        above.extend(phase.parent().map(group));
        above.extend(phase.as_str().split_once('/').map(|(command, _)| group(PhaseId::new(command))));
        above.push(Self::Node(node.clone()));
        above
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => node.fmt(f),
            Self::Group(node, phase) => write!(f, "{phase} on {node}"),
            Self::Step(step) => step.fmt(f),
            Self::Leaf(step, phase) => write!(f, "{phase} on {}", step.node),
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
    /// Whether the step is ours rather than kubeadm's.
    pub own: bool,
}
