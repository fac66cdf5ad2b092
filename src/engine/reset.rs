//! Taking a node out of the cluster and beginning it anew, in the same run.

use std::collections::BTreeSet;

use crate::event::EventKind;
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Role;
use crate::plan::step::Step;
use crate::state::{Refusal, Why, obstacle_to_reset};

use super::{Effect, Engine, Status};

impl Engine {
    /// Asks for a plan with the node's way out, where nothing is against it.
    pub(super) fn reset(&mut self, node: NodeName) -> Result<(), Refusal> {
        if !self.complete {
            return Err(Refusal::Waits(Why::Checks));
        }
        let is_control_plane = self.policy.roles.get(&node) == Some(&Role::ControlPlane);
        let steps = self.slots.iter().map(|slot| (&slot.step, slot.is_begun()));
        if let Some(refusal) = obstacle_to_reset(&node, is_control_plane, &steps) {
            return Err(refusal);
        }
        if let Some(step) = self.at_work(&node) {
            return Err(Refusal::Busy(step));
        }
        self.effects.push(Effect::Replan(node.clone()));
        self.replanning = Some(node);
        Ok(())
    }

    /// A step that runs on the node, or hangs on what was done there; also one that an earlier console began.
    fn at_work(&self, node: &NodeName) -> Option<StepId> {
        let own = |at: usize| {
            let step = &self.slots[at].step;
            step.id.node == *node && !step.work.is_survey()
        };
        (0..self.slots.len())
            .filter(|&at| self.slots[at].status.is_active() || self.slots[at].reattach)
            .filter(|&at| self.slots[at].step.id.node == *node || self.way_to(at).into_iter().any(own))
            .map(|at| &self.slots[at].step.id)
            .min()
            .cloned()
    }

    /// The node's steps, and what hangs on them, wait again; the new plan has its way out before them.
    pub(super) fn begin_anew(&mut self, steps: Vec<Step>) {
        let Some(node) = self.replanning.take() else { return };
        self.changed = true;
        let back = self.hanging_on(&node);
        self.emit(EventKind::NodeReset { node });
        for &at in &back {
            let slot = &mut self.slots[at];
            slot.epoch += 1;
            slot.anew = slot.attempts > 0;
            (slot.released, slot.undo) = (false, false);
            self.set_status(at, Status::Waiting);
        }
        let back: Vec<StepId> = back.into_iter().map(|at| self.slots[at].step.id.clone()).collect();
        self.replace(steps, true);
        for id in back {
            if let (Some(&at), Some(reason)) = (self.index.get(&id), self.policy.skip_reason(&id)) {
                self.skip(at, reason);
            }
        }
    }

    fn hanging_on(&self, node: &NodeName) -> BTreeSet<usize> {
        let own = |at: &usize| {
            let step = &self.slots[*at].step;
            step.id.node == *node && !step.work.is_survey()
        };
        let mut next: Vec<usize> = (0..self.slots.len()).filter(own).collect();
        let mut found = BTreeSet::new();
        while let Some(at) = next.pop() {
            if found.insert(at) {
                next.extend(&self.slots[at].dependants);
            }
        }
        found
    }
}
