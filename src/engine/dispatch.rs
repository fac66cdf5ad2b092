//! Starting steps: pace, breakpoints, limits, and what steps take turns with.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::event::{EventKind, Pace};
use crate::ids::StepId;
use crate::plan::step::Resource;
use crate::state::Why;

use super::{Effect, Engine, Status, Timer};

impl Engine {
    /// Starts every step that can start at this pace.
    pub(super) fn dispatch(&mut self, now: Duration) {
        let waiting: Vec<usize> = self.candidates.iter().copied().collect();
        for at in waiting {
            if self.starts_by_itself(at) && self.obstacle(at).is_none() {
                self.start(now, at);
            }
        }
    }

    pub(super) fn starts_by_itself(&self, at: usize) -> bool {
        let slot = &self.slots[at];
        if slot.step.work.starts_at_any_pace() || slot.reattach {
            return true;
        }
        (self.pace == Pace::Continuous || self.is_on_the_way(at)) && (!slot.breakpoint || slot.released)
    }

    /// What keeps a step whose needs are met from starting.
    pub(super) fn obstacle(&self, at: usize) -> Option<Why> {
        let slot = &self.slots[at];
        if !self.complete && self.cancel.is_none() && !slot.step.work.is_survey() {
            return Some(Why::Checks);
        }
        for resource in &slot.step.holds {
            let mut holders =
                self.active.iter().filter(|&&other| self.slots[other].step.holds.contains(resource));
            let blocked_by = match resource {
                Resource::Join => holders.nth(self.policy.joins_at_once.saturating_sub(1)),
                Resource::Kubeadm(_) | Resource::EtcdMembership => holders.next(),
            };
            if let Some(&by) = blocked_by {
                return Some(Why::TakesTurns {
                    resource: resource.clone(),
                    with: self.slots[by].step.id.clone(),
                });
            }
        }
        let nodes: BTreeSet<_> = self.active.iter().map(|&other| &self.slots[other].step.id.node).collect();
        if nodes.len() >= self.policy.nodes_at_once && !nodes.contains(&slot.step.id.node) {
            return Some(Why::NodesAtOnce(self.policy.nodes_at_once));
        }
        None
    }

    pub(super) fn start(&mut self, now: Duration, at: usize) {
        let slot = &mut self.slots[at];
        self.obstacle = None;
        self.changed |= !slot.step.work.is_survey();
        slot.attempts += 1;
        slot.epoch += 1;
        slot.overdue = false;
        slot.released = true;
        slot.killed = false;
        slot.anew = false;
        let reattach = std::mem::take(&mut slot.reattach);
        let undo = std::mem::take(&mut slot.undo);
        let (epoch, attempt, budget) = (slot.epoch, slot.attempt(), slot.step.budget);
        let (step, command) = (slot.step.id.clone(), slot.step.command());
        self.set_status(at, Status::Running(now));
        self.emit(EventKind::StepStarted {
            node: step.node.clone(),
            phase: step.phase.clone(),
            attempt,
            command,
            reattached: reattach,
        });
        self.effects.push(Effect::Start { step: step.clone(), attempt, reattach, undo });
        self.effects.push(Effect::Arm { timer: Timer::Budget { step, epoch }, after: budget });
    }

    pub(super) fn set_pace(&mut self, pace: Pace) {
        self.drop_target();
        if self.pace != pace {
            self.pace = pace;
            self.emit(EventKind::PaceChanged { pace });
        }
    }

    pub(super) fn set_break(&mut self, at: usize, set: bool) {
        let slot = &mut self.slots[at];
        if slot.breakpoint == set || slot.status.is_over() {
            return;
        }
        slot.breakpoint = set;
        slot.released = false;
        let StepId { node, phase } = slot.step.id.clone();
        self.emit(EventKind::Breakpoint { node, phase, set });
    }

    /// Lets every step pass that stands at its breakpoint now; whether there was one.
    pub(super) fn release_reached(&mut self) -> bool {
        let reached: Vec<usize> = self.candidates.iter().copied().collect();
        let mut released = false;
        for at in reached {
            released |= self.release(at);
        }
        released
    }

    /// Steps that stand at a breakpoint with nothing else in their way.
    pub(super) fn at_breakpoint(&self) -> impl Iterator<Item = &StepId> {
        self.candidates
            .iter()
            .map(|&at| &self.slots[at])
            .filter(|slot| slot.breakpoint && !slot.released)
            .map(|slot| &slot.step.id)
    }
}
