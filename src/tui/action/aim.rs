//! What an action is about: the selected row, on its own node or on all marked ones.

use crate::ids::{NodeName, PhaseId, StepId};
use crate::state::{RunState, StepState};
use crate::tui::model::Model;
use crate::tui::rack::RowId;

/// Nodes, and which of their steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// The marked nodes, or else that of the selected row, in the order of the inventory.
    pub nodes: Vec<NodeName>,
    /// Which steps of them.
    pub what: What,
    /// The nodes are those that are marked.
    pub marked: bool,
}

/// Which steps of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// All.
    Any,
    /// Those of a group.
    Group(PhaseId),
    /// One.
    Phase(PhaseId),
}

impl Aim {
    /// Where the operator points; none while there is nothing to point at.
    pub fn of(model: &Model) -> Option<Self> {
        let row = &model.rack.selected()?.id;
        let what = match row {
            RowId::Node(_) => What::Any,
            RowId::Group(_, group) => What::Group(group.clone()),
            RowId::Step(step) | RowId::Leaf(step, _) => What::Phase(step.phase.clone()),
        };
        let marked: Vec<NodeName> = model
            .run
            .nodes()
            .map(|node| &node.name)
            .filter(|node| model.rack.marked.contains(node))
            .cloned()
            .collect();
        let is_marked = !marked.is_empty();
        let nodes = if is_marked { marked } else { vec![row.node().clone()] };
        Some(Self { nodes, what, marked: is_marked })
    }

    /// The same nodes with all their steps.
    #[must_use]
    pub fn widened(&self) -> Self {
        Self { what: What::Any, ..self.clone() }
    }

    /// Its steps, node by node, in plan order.
    pub fn steps<'a>(&'a self, run: &'a RunState) -> impl Iterator<Item = &'a StepState> {
        self.nodes.iter().flat_map(|node| self.steps_of(run, node))
    }

    /// Its steps on one of its nodes.
    pub fn steps_of<'a>(&'a self, run: &'a RunState, node: &NodeName) -> impl Iterator<Item = &'a StepState> {
        run.steps_of(node).filter(|step| match &self.what {
            What::Any => true,
            What::Group(group) => step.id().phase.is_within(group.as_str()),
            What::Phase(phase) => step.id().phase == *phase,
        })
    }

    /// The one step it means, if it means only one.
    pub fn single(&self) -> Option<StepId> {
        match (&self.what, &self.nodes[..]) {
            (What::Phase(phase), [node]) => Some(StepId::new(node.clone(), phase.clone())),
            _ => None,
        }
    }
}

/// Steps in a few words: `certs/ca on bettley`, `join/preflight on erenford and fenn`, `7 steps on 3 nodes`.
pub fn named(steps: &[StepId]) -> String {
    let mut nodes: Vec<&NodeName> = steps.iter().map(|step| &step.node).collect();
    nodes.dedup();
    match steps {
        [] => "nothing".to_owned(),
        [step] => step.to_string(),
        [first, rest @ ..] if rest.iter().all(|step| step.phase == first.phase) => {
            format!("{} on {}", first.phase, nodes_named(&nodes))
        }
        _ => format!("{} steps on {}", steps.len(), nodes_named(&nodes)),
    }
}

/// Up to three nodes by name, more by number.
pub fn nodes_named(nodes: &[&NodeName]) -> String {
    match nodes {
        [one] => one.to_string(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        more => format!("{} nodes", more.len()),
    }
}
