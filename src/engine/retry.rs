//! Failure, another try, leaving out.

use std::time::Duration;

use crate::catalog::class::RetryClass;
use crate::event::{CancelStage, EventKind};
use crate::ids::StepId;
use crate::plan::step::Need;

use super::machine::Ending;
use super::{Effect, Engine, Failure, Status, Timer};

impl Engine {
    /// A step failed: tries it again by itself where that is safe, or leaves it failed.
    pub(super) fn failed(&mut self, at: usize, duration: Duration, failure: Failure) {
        let worth_it = self.may_try_again(at, &failure);
        let is_control_plane = self.policy.is_control_plane(&self.slots[at].step.id);
        self.over(
            at,
            Status::Failed,
            duration,
            Ending {
                rc: failure.rc,
                reason: Some(failure.reason),
                diagnosis: failure.diagnosis.map(|found| *found),
                unreachable: failure.unreachable,
                lacking: Vec::new(),
            },
        );
        if worth_it {
            self.pause_before_retry(at);
        } else if !is_control_plane && !self.policy.workers_continue && !self.policy.interactive {
            let id = self.slots[at].step.id.clone();
            self.given_up |= self.cancel.is_none();
            self.begin_cancel(
                CancelStage::Drain,
                format!("{id} failed, and the inventory says to stop then"),
            );
        }
    }

    fn may_try_again(&self, at: usize, failure: &Failure) -> bool {
        let slot = &self.slots[at];
        !self.policy.interactive
            && self.cancel.is_none()
            && !failure.permanent
            && slot.step.retry == RetryClass::Safe
            && slot.attempts <= self.policy.retries
    }

    fn pause_before_retry(&mut self, at: usize) {
        let slot = &mut self.slots[at];
        slot.epoch += 1;
        let doublings = slot.attempts.saturating_sub(1).min(16);
        let after = self.policy.retry_pause * 2u32.pow(doublings);
        let (step, epoch, attempt) = (slot.step.id.clone(), slot.epoch, slot.attempt().next());
        self.set_status(at, Status::Pausing);
        self.emit(EventKind::RetryPlanned {
            node: step.node.clone(),
            phase: step.phase.clone(),
            attempt,
            after,
        });
        self.effects.push(Effect::Arm { timer: Timer::Retry { step, epoch }, after });
    }

    /// Says that a step whose pause is over has not started all the same.
    pub(super) fn tell_due(&mut self) {
        let due = self.due.take().map(|at| &self.slots[at]);
        if let Some(slot) = due.filter(|slot| slot.status == Status::Waiting) {
            let StepId { node, phase } = slot.step.id.clone();
            self.emit(EventKind::RetryDue { node, phase });
        }
    }

    pub(super) fn skip(&mut self, at: usize, reason: String) {
        self.slots[at].epoch += 1;
        let lacking = self.slots[at]
            .dependants
            .iter()
            .map(|&other| &self.slots[other])
            .filter(|other| other.needs.contains(&(at, Need::Done)))
            .map(|other| other.step.id.clone())
            .collect();
        let ending = Ending { reason: Some(reason), lacking, ..Ending::default() };
        self.over(at, Status::Skipped, Duration::ZERO, ending);
    }
}
