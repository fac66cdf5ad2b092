//! What of the rack has to be made anew after an event.

use std::collections::BTreeSet;

use crate::event::{Envelope, EventKind, Pace};
use crate::ids::NodeName;
use crate::state::RunState;

/// What happened since the rows were made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stale {
    /// Something happened to these nodes.
    pub(super) nodes: BTreeSet<NodeName>,
    /// Something happened that concerns all.
    pub(super) all: bool,
    /// The plan is another.
    pub(super) plan: bool,
    /// What waits may have become able to start, or unable.
    turn: bool,
    /// Steps have breakpoints.
    breakpoints: bool,
}

impl Stale {
    /// Whatever could have happened.
    pub(super) fn of(run: &RunState) -> Self {
        let breakpoints = run.steps().any(|step| step.breakpoint);
        Self { all: true, plan: true, breakpoints, ..Self::default() }
    }

    /// Takes note of an event. Output changes no row.
    pub(super) fn hear(&mut self, envelope: &Envelope) {
        match &envelope.kind {
            EventKind::RunStarted { .. } => *self = Self { all: true, plan: true, ..Self::default() },
            EventKind::PlanExtended { .. }
            | EventKind::PlanReplaced { .. }
            | EventKind::InventoryChanged { .. } => (self.all, self.plan) = (true, true),
            EventKind::Rechecked { .. } | EventKind::NodeReset { .. } => self.all = true,
            EventKind::Conduct { .. }
            | EventKind::PaceChanged { .. }
            | EventKind::Cancelling { .. }
            | EventKind::RunFinished { .. } => self.all = true,
            EventKind::PhaseSeen { node, .. } => {
                self.nodes.insert(node.clone());
            }
            EventKind::StepStarted { node, .. }
            | EventKind::StepFinished { node, .. }
            | EventKind::RetryPlanned { node, .. }
            | EventKind::RetryDue { node, .. }
            | EventKind::RetryRequested { node, .. }
            | EventKind::BreakpointPassed { node, .. } => {
                self.nodes.insert(node.clone());
                self.turn = true;
            }
            EventKind::Breakpoint { node, .. } => {
                self.nodes.insert(node.clone());
                (self.turn, self.breakpoints) = (true, true);
            }
            _ => {}
        }
    }

    /// Whether some of what waits may be held or barred; otherwise nobody need look.
    pub(super) fn is_obstructed(&self, run: &RunState) -> bool {
        let progress = run.progress();
        run.pace == Pace::Paused
            || run.cancel.is_some()
            || self.breakpoints
            || progress.failed + progress.cancelled > 0
    }

    /// Whether every node has to be made anew.
    pub(super) fn is_everywhere(&self, run: &RunState) -> bool {
        self.all || (self.turn && self.is_obstructed(run))
    }

    /// All is made anew.
    pub(super) fn clear(&mut self) {
        *self = Self { breakpoints: self.breakpoints, ..Self::default() };
    }
}
