//! Failure, another try, leaving out.

use std::time::Duration;

use crate::catalog::class::RetryClass;
use crate::event::{CancelStage, EventKind, Pace};
use crate::ids::StepId;
use crate::plan::step::{Edge, Need};
use crate::state::Refusal;

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

    /// What a join needs is published again before its next try. A paused run goes as far as that, and stands again.
    pub(super) fn publish_again(
        &mut self,
        publisher: &StepId,
        join: &StepId,
        undo: bool,
    ) -> Result<(), Refusal> {
        let (before, at) = (self.find(publisher)?, self.find(join)?);
        if !self.slots[before].step.publishes() || !join.phase.is_within("join") {
            return Err(Refusal::PublishesNothing);
        }
        match self.slots[before].status {
            status if status.is_active() => return Err(Refusal::Busy(publisher.clone())),
            Status::Skipped => return Err(Refusal::LeftOut),
            _ => self.retry(join, undo)?,
        }
        if self.slots[before].status != Status::Waiting {
            let slot = &mut self.slots[before];
            slot.epoch += 1;
            slot.released = true;
            self.emit(EventKind::RetryRequested {
                node: publisher.node.clone(),
                phase: publisher.phase.clone(),
            });
            self.set_status(before, Status::Waiting);
        }
        self.add_need(at, before);
        if self.pace == Pace::Paused {
            self.set_target(at);
        }
        Ok(())
    }

    /// A step waits for another one as well, which its plan didn't know.
    fn add_need(&mut self, at: usize, before: usize) {
        if !self.slots[at].needs.contains(&(before, Need::Done)) {
            let edge = Edge::done(self.slots[before].step.id.clone());
            self.slots[at].needs.push((before, Need::Done));
            self.slots[at].step.after.push(edge);
            self.slots[before].dependants.push(at);
            let steps = vec![self.slots[at].step.clone()];
            self.emit(EventKind::PlanExtended { steps, complete: self.complete });
        }
        self.refresh([at]);
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
