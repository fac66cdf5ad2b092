//! When a run is over, and how it ended.

use std::time::Duration;

use crate::event::{CancelStage, EventKind, RunOutcome};
use crate::ids::StepId;

use super::{Effect, Engine, Status};

impl Engine {
    /// Ends the run when nothing runs, nothing can start, and nobody is there who could change that.
    pub(super) fn finish_if_over(&mut self, now: Duration) {
        let reached = self.at_breakpoint().next().cloned();
        if let (None, false, Some(step)) = (self.cancel, self.policy.interactive, reached) {
            // Nobody is there to let it pass: the secrets are removed, and a later run goes on from here.
            self.begin_cancel(CancelStage::Drain, format!("stopped at the breakpoint before {step}"));
            self.dispatch(now);
            if !self.active.is_empty() {
                return;
            }
        }
        let all_good = self.slots.iter().all(|slot| slot.status.is_good());
        let over = if self.cancel.is_some() {
            self.candidates.is_empty()
        } else if self.refused.is_some() {
            true
        } else if self.policy.interactive {
            all_good
        } else {
            self.candidates.is_empty()
        };
        if !over || self.finished {
            return;
        }
        self.finished = true;
        let (outcome, reason) = self.outcome(all_good);
        self.emit(EventKind::RunFinished { outcome, exit_code: exit_code(outcome), duration: now, reason });
        self.effects.push(Effect::Finished);
    }

    fn outcome(&self, all_good: bool) -> (RunOutcome, Option<String>) {
        if let Some(reason) = self.cancel_reason.as_ref().filter(|_| !self.given_up) {
            return (RunOutcome::Cancelled, Some(reason.clone()));
        }
        if all_good && self.refused.is_none() {
            return (RunOutcome::Succeeded, None);
        }
        let failed: Vec<_> = self.slots.iter().filter(|slot| slot.status == Status::Failed).collect();
        let mut nodes: Vec<_> = self
            .slots
            .iter()
            .filter(|slot| !slot.status.is_good() && slot.step.work != crate::plan::step::Work::CleanUp)
            .map(|slot| &slot.step.id.node)
            .collect();
        nodes.sort();
        nodes.dedup();
        let only_workers = self.slots.iter().filter(|slot| !slot.status.is_good()).all(|slot| {
            !self.policy.is_control_plane(&slot.step.id) || slot.step.work == crate::plan::step::Work::CleanUp
        });
        let reason = failed.first().map(|slot| reason_of(&slot.step.id, failed.len()));
        let reason = self.refused.clone().or(reason);
        // A run that stopped after looking has done nothing that could be good in part.
        let worked = self.slots.iter().any(|slot| !slot.step.work.is_survey());
        if worked && only_workers && nodes.len() <= self.policy.worker_allowance {
            return (RunOutcome::SucceededPartly, reason);
        }
        if !failed.is_empty() && failed.iter().all(|slot| slot.unreachable) {
            return (RunOutcome::Unreachable, reason);
        }
        (RunOutcome::Failed, reason.or_else(|| Some("some steps could not start".to_owned())))
    }
}

fn reason_of(first: &StepId, failed: usize) -> String {
    match failed {
        1 => format!("{first} failed"),
        _ => format!("{first} failed, and {} more", failed - 1),
    }
}

/// The process's exit status for an outcome; the table stands in `kubestep --help`.
const fn exit_code(outcome: RunOutcome) -> u8 {
    match outcome {
        RunOutcome::Succeeded => 0,
        RunOutcome::Failed => 1,
        RunOutcome::Unreachable => 3,
        RunOutcome::SucceededPartly => 4,
        RunOutcome::Cancelled => 5,
    }
}
