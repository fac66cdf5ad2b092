//! Running to a step: a paused run in which what that step needs starts all the same.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::ids::StepId;

use super::{Engine, Status};

/// Where a paused run goes.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) at: usize,
    /// The step and all that it needs, near and far.
    way: BTreeSet<usize>,
}

impl Engine {
    /// Breakpoints that have been reached on the way count as passed, as with Continue; the step's own never counts.
    pub(super) fn set_target(&mut self, at: usize) {
        let way = self.way_to(at);
        let reached: Vec<usize> = self.candidates.intersection(&way).copied().chain([at]).collect();
        self.target = Some(Target { at, way });
        let target = Some(self.slots[at].step.id.clone());
        self.emit(EventKind::RunTo { target });
        for at in reached {
            self.release(at);
        }
    }

    pub(super) fn is_on_the_way(&self, at: usize) -> bool {
        self.target.as_ref().is_some_and(|target| target.way.contains(&at))
    }

    /// Lets go of a target that has been reached, or can't be.
    pub(super) fn look_at_target(&mut self) {
        let Some(at) = self.target.as_ref().map(|target| target.at) else { return };
        let slot = &self.slots[at];
        if slot.status.is_over() || slot.status == Status::Pausing || slot.doomed {
            self.target = None;
            self.emit(EventKind::RunTo { target: None });
        }
    }

    /// Any other pace ends the way.
    pub(super) fn drop_target(&mut self) {
        if self.target.take().is_some() {
            self.emit(EventKind::RunTo { target: None });
        }
    }

    pub(super) fn way_to(&self, at: usize) -> BTreeSet<usize> {
        let mut way = BTreeSet::new();
        let mut next = vec![at];
        while let Some(at) = next.pop() {
            if way.insert(at) {
                next.extend(self.slots[at].needs.iter().map(|&(need, _)| need));
            }
        }
        way
    }

    /// Lets a step pass its breakpoint; whether it stood before one.
    pub(super) fn release(&mut self, at: usize) -> bool {
        let slot = &mut self.slots[at];
        let stood = slot.breakpoint && !std::mem::replace(&mut slot.released, true);
        if stood {
            let StepId { node, phase } = slot.step.id.clone();
            self.emit(EventKind::BreakpointPassed { node, phase });
        }
        stood
    }
}
