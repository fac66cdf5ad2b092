//! What the operator may do now: the engine's own conditions, read off the events.

use super::fate::Fates;
use super::{Command, Refusal, RunState, Status, StepState, Why};
use crate::catalog::class::RetryClass;
use crate::event::{Pace, Stopping};
use crate::ids::{NodeName, StepId};
use crate::plan::step::Work;

impl RunState {
    /// Whether the engine would follow `command` as things stand, and why not.
    pub fn may(&self, command: &Command) -> Result<(), Refusal> {
        if self.end.is_some() {
            return Err(Refusal::RunIsOver);
        }
        match command {
            Command::Turn(_) => return Ok(()),
            Command::Stop(step) => return self.may_stop(step, Stopping::Gently),
            Command::Kill(step) => return self.may_stop(step, Stopping::AtOnce),
            Command::Cancel { stage, .. } => {
                let ends = self.cancel.as_ref().is_some_and(|cancel| cancel.stage >= *stage);
                return unless(ends, Refusal::RunEnds);
            }
            // Also in a run that ends, the secrets are to go.
            Command::Retry { step, .. } | Command::Skip { step, .. } if self.is_clean_up(step) => {}
            _ if self.cancel.is_some() => return Err(Refusal::RunEnds),
            _ => {}
        }
        match command {
            Command::Step(None) => self.next_step().map(|_| ()).ok_or(Refusal::NothingToStart),
            Command::Step(Some(step)) => match self.why(step) {
                Why::NotPlanned => Err(Refusal::NotPlanned),
                Why::AtBreakpoint | Why::Paused => Ok(()),
                why => Err(Refusal::Waits(why)),
            },
            Command::Recheck(node) => self.may_recheck(node),
            Command::Reset(node) => self.may_reset(node),
            Command::Revise(_) => self.may_revise(),
            Command::Continue => {
                if let Some(obstacle) = self.gate.as_ref().and_then(|gate| gate.obstacle.clone()) {
                    return Err(Refusal::Gate(obstacle));
                }
                unless(self.pace == Pace::Continuous && !self.stands_at_breakpoint(), Refusal::NothingHeld)
            }
            Command::Pause => unless(self.pace == Pace::Paused && self.target.is_none(), Refusal::Paused),
            Command::Retry { step, undo } => may_retry(self.planned(step)?, *undo),
            Command::PublishAgain { publisher, join, undo } => {
                may_publish_again(self.planned(publisher)?, self.planned(join)?, *undo)
            }
            Command::Skip { step, reason } => may_skip(self.planned(step)?, reason),
            Command::Break { step, set } => may_break(self.planned(step)?, *set),
            Command::RunTo(step) => self.may_run_to(step),
            Command::Stop(_) | Command::Kill(_) | Command::Turn(_) | Command::Cancel { .. } => Ok(()),
        }
    }

    /// What [`Command::Step`] without a name would start: the first step in plan order that only a pause or a
    /// breakpoint keeps.
    pub fn next_step(&self) -> Option<&StepId> {
        let fates = Fates::new(self);
        self.candidates(&fates).find(|step| fates.obstacle(step).is_none()).map(StepState::id)
    }

    fn stands_at_breakpoint(&self) -> bool {
        let fates = Fates::new(self);
        // One that also waits for its turn stands there all the same.
        self.candidates(&fates).any(|step| step.breakpoint && !step.passed)
    }

    /// Waiting steps whose needs are met, in plan order.
    fn candidates<'s, 'f>(
        &'s self,
        fates: &'f Fates<'s>,
    ) -> impl Iterator<Item = &'s StepState> + use<'s, 'f> {
        self.of(Status::Waiting)
            .filter(|step| step.planned && fates.needs_met(step) && !fates.is_doomed_step(step.id()))
    }

    fn is_clean_up(&self, id: &StepId) -> bool {
        self.planned(id).is_ok_and(|step| step.plan.work == Work::CleanUp)
    }

    fn planned(&self, id: &StepId) -> Result<&StepState, Refusal> {
        self.step(id).filter(|step| step.planned).ok_or(Refusal::NotPlanned)
    }

    fn may_stop(&self, id: &StepId, how: Stopping) -> Result<(), Refusal> {
        let step = self.planned(id)?;
        match (step.status, step.stopping) {
            (Status::Running { .. }, Some(Stopping::AtOnce)) => Err(Refusal::IsKilled),
            (Status::Running { .. }, stopping) => unless(stopping >= Some(how), Refusal::IsStopping),
            _ => Err(Refusal::NotRunning),
        }
    }

    fn may_recheck(&self, node: &NodeName) -> Result<(), Refusal> {
        let mut looks = self.steps_of(node).filter(|step| step.planned && step.plan.work.is_survey());
        if looks.next().is_none() {
            Err(Refusal::NotPlanned)
        } else if self.changed
            && self
                .steps_of(node)
                .any(|step| step.planned && !step.plan.work.is_survey() && !step.attempts.is_empty())
        {
            Err(Refusal::Changed)
        } else {
            unless(self.running().any(|step| step.plan.work.is_survey()), Refusal::Checking)
        }
    }

    fn may_revise(&self) -> Result<(), Refusal> {
        let removing = self.running().filter(|step| step.plan.work == Work::CleanUp);
        if let Some(step) = removing.map(StepState::id).min() {
            return Err(Refusal::Busy(step.clone()));
        }
        unless(self.running().any(|step| step.plan.work.is_survey()), Refusal::Checking)
    }

    fn may_run_to(&self, id: &StepId) -> Result<(), Refusal> {
        match self.why(id) {
            Why::NotPlanned => Err(Refusal::NotPlanned),
            Why::Needs(_)
            | Why::TakesTurns { .. }
            | Why::NodesAtOnce(_)
            | Why::AtBreakpoint
            | Why::Paused => unless(self.target.as_ref() == Some(id), Refusal::IsTarget),
            why => Err(Refusal::Waits(why)),
        }
    }
}

fn may_retry(step: &StepState, undo: bool) -> Result<(), Refusal> {
    match step.status {
        Status::Failed | Status::Cancelled | Status::RetryPlanned { .. } => {}
        Status::Running { .. } => return Err(Refusal::Runs),
        _ => return Err(Refusal::DidNotFail),
    }
    match step.plan.retry {
        RetryClass::NeverAlone => Err(Refusal::NeverAlone(step.id().node.clone())),
        RetryClass::NeedsCleanUp => unless(!undo, Refusal::NeedsUndo),
        RetryClass::Safe => unless(undo, Refusal::HasNoUndo),
    }
}

fn may_publish_again(publisher: &StepState, join: &StepState, undo: bool) -> Result<(), Refusal> {
    if !publisher.plan.publishes() || !join.id().phase.is_within("join") {
        return Err(Refusal::PublishesNothing);
    }
    match publisher.status {
        Status::Running { .. } => Err(Refusal::Busy(publisher.id().clone())),
        Status::Skipped => Err(Refusal::LeftOut),
        _ => may_retry(join, undo),
    }
}

fn may_skip(step: &StepState, reason: &str) -> Result<(), Refusal> {
    match step.status {
        Status::Running { .. } => Err(Refusal::Runs),
        Status::Succeeded => Err(Refusal::Done),
        Status::Skipped => Err(Refusal::LeftOut),
        _ => unless(reason.trim().is_empty(), Refusal::NoReason),
    }
}

fn may_break(step: &StepState, set: bool) -> Result<(), Refusal> {
    if step.status.is_over() {
        Err(Refusal::Over)
    } else if set && step.plan.work.starts_at_any_pace() {
        Err(Refusal::StartsByItself)
    } else {
        let refusal = if set { Refusal::BreakpointIsThere } else { Refusal::NoBreakpoint };
        unless(step.breakpoint == set, refusal)
    }
}

fn unless(obstacle: bool, refusal: Refusal) -> Result<(), Refusal> {
    if obstacle { Err(refusal) } else { Ok(()) }
}
