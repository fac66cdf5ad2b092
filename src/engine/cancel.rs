//! Ending a run early, in two stages.

use std::time::Duration;

use crate::event::{CancelStage, EventKind, Stopping};
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
        let slot = &self.slots[at];
        let Status::Running(since) = slot.status else { return };
        let (id, attempt, how) = (slot.step.id.clone(), slot.attempt(), Stopping::Gently);
        self.set_status(at, Status::Stopping(since));
        self.emit(EventKind::StepStopping { node: id.node.clone(), phase: id.phase.clone(), attempt, how });
        self.effects.push(Effect::Stop { step: id, attempt, how });
    }
}
