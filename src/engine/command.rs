//! What the operator wants, and what of it can't be.
//!
//! [`crate::state::RunState::may`] says beforehand what is said here; a property test holds the two together.

use std::time::Duration;

use crate::catalog::class::RetryClass;
use crate::event::{EventKind, Pace};
use crate::ids::StepId;
use crate::plan::step::Work;
use crate::state::{Command, Refusal, Why};

use super::{Engine, Status};

type Followed = Result<(), Refusal>;

impl Engine {
    /// Follows a wish, or tells the operator why not.
    pub(super) fn command(&mut self, now: Duration, command: Command) {
        let wish = command.to_string();
        if let Err(refusal) = self.follow(now, command) {
            let text = format!("can't {wish}: {refusal}");
            self.emit(EventKind::Notice { severity: crate::diag::Severity::Warning, text });
        }
    }

    fn follow(&mut self, now: Duration, command: Command) -> Followed {
        match &command {
            Command::Turn(page) => {
                self.emit(EventKind::LessonPage(page.clone()));
                return Ok(());
            }
            Command::Stop(step) => return self.stop_on_request(step),
            Command::Kill(step) => return self.kill_on_request(step),
            Command::Cancel { stage, reason } => {
                if self.cancel.is_some_and(|already| already >= *stage) {
                    return Err(Refusal::RunEnds);
                }
                self.begin_cancel(*stage, reason.clone());
                return Ok(());
            }
            // Also in a run that ends, the secrets are to go.
            Command::Retry { step, .. } | Command::Skip { step, .. } if self.is_clean_up(step) => {}
            _ if self.cancel.is_some() => return Err(Refusal::RunEnds),
            _ => {}
        }
        match command {
            Command::Step(step) => self.step(now, step.as_ref()),
            Command::Recheck(node) => self.recheck(&node),
            Command::Reset(node) => self.reset(node),
            Command::Revise(inventory) => self.revise(inventory),
            Command::Continue => {
                if let Some(obstacle) = &self.obstacle {
                    return Err(Refusal::Gate(obstacle.clone()));
                }
                let released = self.release_reached();
                if self.pace == Pace::Continuous && !released {
                    return Err(Refusal::NothingHeld);
                }
                self.set_pace(Pace::Continuous);
                Ok(())
            }
            Command::Pause if self.pace == Pace::Paused && self.target.is_none() => Err(Refusal::Paused),
            Command::Pause => {
                self.set_pace(Pace::Paused);
                Ok(())
            }
            Command::Break { step, set } => self.break_on_request(&step, set),
            Command::Skip { step, reason } => self.skip_on_request(&step, &reason),
            Command::Retry { step, undo } => self.retry(&step, undo),
            Command::PublishAgain { publisher, join, undo } => self.publish_again(&publisher, &join, undo),
            Command::RunTo(step) => self.run_to(&step),
            Command::Stop(_) | Command::Kill(_) | Command::Turn(_) | Command::Cancel { .. } => Ok(()),
        }
    }

    fn is_clean_up(&self, step: &StepId) -> bool {
        self.index.get(step).is_some_and(|&at| self.slots[at].step.work == Work::CleanUp)
    }

    pub(super) fn find(&self, step: &StepId) -> Result<usize, Refusal> {
        self.index.get(step).copied().ok_or(Refusal::NotPlanned)
    }

    /// Starts one step at the operator's wish, past its breakpoint.
    fn step(&mut self, now: Duration, wanted: Option<&StepId>) -> Followed {
        let at = if let Some(id) = wanted {
            self.find(id)?
        } else {
            let next = self.candidates.iter().copied().find(|&at| self.obstacle(at).is_none());
            next.ok_or(Refusal::NothingToStart)?
        };
        if !self.candidates.contains(&at) || self.obstacle(at).is_some() {
            return Err(Refusal::Waits(self.explain(&self.slots[at].step.id)));
        }
        self.start(now, at);
        Ok(())
    }

    fn break_on_request(&mut self, step: &StepId, set: bool) -> Followed {
        let at = self.find(step)?;
        let slot = &self.slots[at];
        if slot.status.is_over() {
            return Err(Refusal::Over);
        }
        if set && slot.step.work.starts_at_any_pace() {
            return Err(Refusal::StartsByItself);
        }
        if slot.breakpoint == set {
            return Err(if set { Refusal::BreakpointIsThere } else { Refusal::NoBreakpoint });
        }
        self.set_break(at, set);
        Ok(())
    }

    fn stop_on_request(&mut self, step: &StepId) -> Followed {
        let at = self.find(step)?;
        match self.slots[at].status {
            Status::Running(_) => {
                self.stop(at);
                Ok(())
            }
            Status::Stopping(_) if self.slots[at].killed => Err(Refusal::IsKilled),
            Status::Stopping(_) => Err(Refusal::IsStopping),
            _ => Err(Refusal::NotRunning),
        }
    }

    fn kill_on_request(&mut self, step: &StepId) -> Followed {
        let at = self.find(step)?;
        match self.slots[at].status {
            status if !status.is_active() => Err(Refusal::NotRunning),
            _ if self.slots[at].killed => Err(Refusal::IsKilled),
            _ => {
                self.kill(at);
                Ok(())
            }
        }
    }

    /// Paused, but for what `step` needs.
    fn run_to(&mut self, step: &StepId) -> Followed {
        let at = self.find(step)?;
        match self.explain(step) {
            Why::Needs(_)
            | Why::TakesTurns { .. }
            | Why::NodesAtOnce(_)
            | Why::AtBreakpoint
            | Why::Paused => {}
            why => return Err(Refusal::Waits(why)),
        }
        if self.target.as_ref().is_some_and(|target| target.at == at) {
            return Err(Refusal::IsTarget);
        }
        self.set_pace(Pace::Paused);
        self.set_target(at);
        Ok(())
    }

    /// Another try at the operator's wish.
    pub(super) fn retry(&mut self, step: &StepId, undo: bool) -> Followed {
        let at = self.find(step)?;
        let slot = &self.slots[at];
        match slot.status {
            Status::Failed | Status::Cancelled | Status::Pausing => {}
            status if status.is_active() => return Err(Refusal::Runs),
            _ => return Err(Refusal::DidNotFail),
        }
        match (slot.step.retry, undo) {
            (RetryClass::NeverAlone, _) => return Err(Refusal::NeverAlone(step.node.clone())),
            (RetryClass::NeedsCleanUp, false) => return Err(Refusal::NeedsUndo),
            (RetryClass::Safe, true) => return Err(Refusal::HasNoUndo),
            (RetryClass::NeedsCleanUp, true) | (RetryClass::Safe, false) => {}
        }
        let slot = &mut self.slots[at];
        slot.epoch += 1;
        slot.undo = undo;
        slot.released = true;
        let StepId { node, phase } = slot.step.id.clone();
        self.set_status(at, Status::Waiting);
        self.emit(EventKind::RetryRequested { node, phase });
        Ok(())
    }

    fn skip_on_request(&mut self, step: &StepId, reason: &str) -> Followed {
        let at = self.find(step)?;
        match self.slots[at].status {
            status if status.is_active() => return Err(Refusal::Runs),
            Status::Succeeded => return Err(Refusal::Done),
            Status::Skipped => return Err(Refusal::LeftOut),
            _ => {}
        }
        if reason.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        self.skip(at, reason.trim().to_owned());
        Ok(())
    }
}
