//! Which waiting steps can start as far as their needs go, and which never will.

use crate::plan::step::{Need, Work};

use super::{Engine, Status};

impl Engine {
    /// The one place where a step's state changes; keeps the sets of steps in line with it.
    pub(super) fn set_status(&mut self, at: usize, status: Status) {
        self.slots[at].status = status;
        if self.slots[at].step.work.is_survey() {
            self.surveyed = false;
        }
        if status.is_active() {
            self.active.insert(at);
        } else {
            self.active.remove(&at);
        }
        let mut touched = vec![at];
        touched.extend(self.slots[at].dependants.iter().copied());
        if self.policy.is_control_plane(&self.slots[at].step.id) {
            touched.extend(self.control_plane_joins());
        }
        self.refresh(touched);
    }

    /// Looks again at these steps, and at those whose fate hangs on them.
    pub(super) fn refresh(&mut self, steps: impl IntoIterator<Item = usize>) {
        let mut work: Vec<usize> = steps.into_iter().collect();
        while let Some(at) = work.pop() {
            let waiting = self.slots[at].status == Status::Waiting;
            let doomed = waiting && self.is_doomed(at);
            if doomed != self.slots[at].doomed {
                self.slots[at].doomed = doomed;
                work.extend(self.slots[at].dependants.iter().copied());
            }
            if waiting && !doomed && self.needs_met(at) {
                self.candidates.insert(at);
            } else {
                self.candidates.remove(&at);
            }
        }
    }

    fn needs_met(&self, at: usize) -> bool {
        self.slots[at].needs.iter().all(|&(need, how)| self.is_met(need, how))
    }

    pub(super) fn is_met(&self, need: usize, how: Need) -> bool {
        let slot = &self.slots[need];
        match how {
            Need::Done => slot.status.is_good(),
            // With an operator there, a failed step and what hangs on it may still run.
            Need::Over => {
                slot.status.is_good()
                    || (!slot.status.is_active()
                        && (self.cancel.is_some() || slot.status.is_over() || slot.doomed)
                        && (!self.policy.interactive || self.cancel.is_some() || slot.step.work.is_survey()))
            }
        }
    }

    fn is_doomed(&self, at: usize) -> bool {
        let slot = &self.slots[at];
        if self.cancel.is_some() {
            return slot.step.work != Work::CleanUp;
        }
        self.is_barred(at)
            || slot.needs.iter().any(|&(need, how)| {
                let before = &self.slots[need];
                how == Need::Done
                    && (matches!(before.status, Status::Failed | Status::Cancelled) || before.doomed)
            })
    }

    /// No further control plane begins to join while another one has failed: a second half-joined member
    /// could cost etcd its quorum.
    pub(super) fn is_barred(&self, at: usize) -> bool {
        let id = &self.slots[at].step.id;
        id.phase.is_within("join")
            && self.policy.is_control_plane(id)
            && !self.has_begun_to_join(at)
            && self.slots.iter().any(|slot| {
                slot.status == Status::Failed
                    && slot.step.id.node != id.node
                    && slot.step.id.phase.is_within("join")
                    && self.policy.is_control_plane(&slot.step.id)
            })
    }

    fn has_begun_to_join(&self, at: usize) -> bool {
        let node = &self.slots[at].step.id.node;
        self.slots.iter().any(|slot| {
            slot.step.id.node == *node
                && slot.step.id.phase.is_within("join")
                && slot.is_begun()
                && !slot.anew
        })
    }

    fn control_plane_joins(&self) -> Vec<usize> {
        (0..self.slots.len())
            .filter(|&at| {
                let id = &self.slots[at].step.id;
                id.phase.is_within("join") && self.policy.is_control_plane(id)
            })
            .collect()
    }
}
