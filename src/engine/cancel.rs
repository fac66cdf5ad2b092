//! Ending a run early, in two stages.

use std::time::Duration;

use crate::event::{CancelStage, EventKind, Stopping};
use crate::ids::StepId;
use crate::plan::step::Work;

use super::machine::Ending;
use super::{Effect, Engine, Status};

impl Engine {
    /// Drain: nothing new starts, and waits are over. Stop: what runs is stopped on its node as well.
    pub(super) fn begin_cancel(&mut self, stage: CancelStage, reason: String) {
        if self.cancel.is_some_and(|already| already >= stage) {
            return;
        }
        self.given_up &= self.cancel.is_none();
        self.cancel = Some(stage);
        self.cancel_reason.get_or_insert_with(|| reason.clone());
        self.emit(EventKind::Cancelling { stage, reason });
        let pausing: Vec<usize> =
            (0..self.slots.len()).filter(|&at| self.slots[at].status == Status::Pausing).collect();
        for at in pausing {
            self.slots[at].epoch += 1;
            let reason = Some("the run ended before its next try".to_owned());
            self.over(at, Status::Cancelled, Duration::ZERO, Ending { reason, ..Ending::default() });
        }
        self.refresh(0..self.slots.len());
        let running: Vec<usize> = self.active.iter().copied().collect();
        for at in running {
            let stops = match self.slots[at].step.work {
                Work::CleanUp => false,
                // What they wait for is of no use to anybody any more.
                Work::Wait { .. } | Work::Verify => true,
                _ => stage == CancelStage::Stop,
            };
            if stops {
                self.stop(at);
            }
        }
    }

    /// Stops a running step on its node.
    pub(super) fn stop(&mut self, at: usize) {
        if let Status::Running(since) = self.slots[at].status {
            self.set_status(at, Status::Stopping(since));
            self.order_stop(at, Stopping::Gently);
        }
    }

    /// Kills a running step on its node, also one that was told to stop.
    pub(super) fn kill(&mut self, at: usize) {
        if let Status::Running(since) | Status::Stopping(since) = self.slots[at].status {
            self.slots[at].killed = true;
            self.set_status(at, Status::Stopping(since));
            self.order_stop(at, Stopping::AtOnce);
        }
    }

    fn order_stop(&mut self, at: usize, how: Stopping) {
        let (step, attempt) = (self.slots[at].step.id.clone(), self.slots[at].attempt());
        let StepId { node, phase } = step.clone();
        self.emit(EventKind::StepStopping { node, phase, attempt, how });
        self.effects.push(Effect::Stop { step, attempt, how });
    }
}
