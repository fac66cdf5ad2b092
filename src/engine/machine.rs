//! The engine itself: inputs in, effects out.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::event::{CancelStage, EventKind, Pace, StepOutcome};
use crate::ids::{Attempt, NodeName, StepId};
use crate::plan::step::{Step, Work};

use super::slot::Slot;
use super::target::Target;
use super::{Effect, Exit, Failure, Input, Policy, Status, Timer};

/// Decides what starts when. See [`Engine::handle`].
#[derive(Debug)]
pub struct Engine {
    pub(super) policy: Policy,
    pub(super) slots: Vec<Slot>,
    pub(super) index: HashMap<StepId, usize>,
    /// Waiting steps whose needs are met.
    pub(super) candidates: BTreeSet<usize>,
    pub(super) active: BTreeSet<usize>,
    /// Its pause is over just now.
    pub(super) due: Option<usize>,
    pub(super) pace: Pace,
    /// Where a paused run goes all the same.
    pub(super) target: Option<Target>,
    pub(super) cancel: Option<CancelStage>,
    pub(super) cancel_reason: Option<String>,
    /// The run is being ended because of a failure, and by nobody's wish.
    pub(super) given_up: bool,
    /// Why nothing may be changed.
    pub(super) refused: Option<String>,
    pub(super) complete: bool,
    pub(super) surveyed: bool,
    /// Something other than looking was begun.
    pub(super) changed: bool,
    /// Why the run can't go past its checks, while it waits for the operator there.
    pub(super) obstacle: Option<String>,
    /// The node whose reset is being planned.
    pub(super) replanning: Option<NodeName>,
    /// A changed inventory is being looked at.
    pub(super) revising: bool,
    pub(super) finished: bool,
    pub(super) effects: Vec<Effect>,
}

impl Engine {
    /// An engine without steps; they come by [`Input::Extend`].
    pub fn new(policy: Policy) -> Self {
        Self {
            pace: policy.pace,
            policy,
            slots: Vec::new(),
            index: HashMap::new(),
            candidates: BTreeSet::new(),
            active: BTreeSet::new(),
            due: None,
            target: None,
            cancel: None,
            cancel_reason: None,
            given_up: false,
            refused: None,
            complete: false,
            surveyed: false,
            changed: false,
            obstacle: None,
            replanning: None,
            revising: false,
            finished: false,
            effects: Vec::new(),
        }
    }

    /// Takes one input at run time `now` and says what is to be done, in order.
    pub fn handle(&mut self, now: Duration, input: Input) -> Vec<Effect> {
        if !self.finished {
            self.take(now, input);
            self.settle(now);
        }
        std::mem::take(&mut self.effects)
    }

    /// Where a step stands; none if the plan hasn't got it.
    pub fn status(&self, step: &StepId) -> Option<Status> {
        self.index.get(step).map(|&at| self.slots[at].status)
    }

    /// Every step with its state, in plan order.
    pub fn steps(&self) -> impl Iterator<Item = (&Step, Status, Attempt)> {
        self.slots.iter().map(|slot| (&slot.step, slot.status, slot.attempt()))
    }

    fn take(&mut self, now: Duration, input: Input) {
        match input {
            Input::Extend { steps, complete, restored } => {
                self.extend(steps, complete);
                self.restore(restored);
            }
            Input::Replan(steps) => self.begin_anew(steps),
            Input::Revised(revised) => self.revised(revised),
            Input::Refuse(why) if self.policy.interactive => {
                self.obstacle = Some(why.clone());
                self.emit(EventKind::GateReached { obstacle: Some(why) });
            }
            // The plan stays open: what is left of a former one must not start.
            Input::Refuse(why) => self.refused = Some(why),
            Input::Command(command) => self.command(now, command),
            Input::Exited { step, attempt, exit } => self.exited(now, &step, attempt, exit),
            Input::Timer(timer) => self.timer(now, timer),
        }
    }

    /// Starts what can start, and ends the run when there is nothing left to do.
    fn settle(&mut self, now: Duration) {
        if self.replanning.is_some() || self.revising {
            return;
        }
        self.look_at_target();
        self.dispatch(now);
        self.tell_due();
        if self.complete || self.cancel.is_some() || self.refused.is_some() {
            let paused = self.slots.iter().any(|slot| slot.status == Status::Pausing);
            if self.active.is_empty() && !paused {
                self.finish_if_over(now);
            }
        } else if !self.surveyed && !self.slots.is_empty() && !self.looks() {
            self.surveyed = true;
            self.effects.push(Effect::Surveyed);
        }
    }

    /// Whether a node is being looked at, or will be without anybody's doing.
    pub(super) fn looks(&self) -> bool {
        let looks = |at: usize| self.slots[at].step.work.is_survey();
        self.active.iter().chain(&self.candidates).any(|&at| looks(at))
            || self.slots.iter().any(|slot| slot.status == Status::Pausing && slot.step.work.is_survey())
    }

    fn exited(&mut self, now: Duration, step: &StepId, attempt: Attempt, exit: Exit) {
        let Some(&at) = self.index.get(step) else { return };
        let slot = &self.slots[at];
        let (Status::Running(since) | Status::Stopping(since)) = slot.status else { return };
        if slot.attempt() != attempt {
            return;
        }
        let duration = now.saturating_sub(since);
        let overdue = slot.overdue;
        match exit {
            Exit::Done { note } => {
                self.over(at, Status::Succeeded, duration, Ending { reason: note, ..Ending::default() });
            }
            Exit::Stopped { note, diagnosis } if overdue => {
                let budget = crate::text::duration(self.slots[at].step.budget);
                let reason = match note {
                    Some(note) => format!("not there after {budget}: {note}"),
                    None => format!("took longer than {budget} and was stopped on the node"),
                };
                // What was waited for as long as the inventory says is not waited for again.
                let permanent = matches!(self.slots[at].step.work, Work::Wait { .. } | Work::Verify);
                self.failed(at, duration, Failure { reason, diagnosis, permanent, ..Failure::default() });
            }
            Exit::Stopped { note, .. } => {
                let looks = matches!(self.slots[at].step.work, Work::Wait { .. } | Work::Verify);
                let reason = match note {
                    Some(note) if looks => format!("stopped; not there yet: {note}"),
                    Some(note) => note,
                    None if looks => "stopped".to_owned(),
                    None => "stopped on the node".to_owned(),
                };
                let ending = Ending { reason: Some(reason), ..Ending::default() };
                self.over(at, Status::Cancelled, duration, ending);
            }
            Exit::Failed(failure) => self.failed(at, duration, failure),
        }
    }

    fn timer(&mut self, now: Duration, timer: Timer) {
        match timer {
            Timer::Budget { step, epoch } => {
                if let Some(&at) = self.index.get(&step)
                    && self.slots[at].epoch == epoch
                    && matches!(self.slots[at].status, Status::Running(_))
                {
                    self.slots[at].overdue = true;
                    self.stop(at);
                }
            }
            Timer::Retry { step, epoch } => {
                if let Some(&at) = self.index.get(&step)
                    && self.slots[at].epoch == epoch
                    && self.slots[at].status == Status::Pausing
                {
                    self.due = Some(at);
                    self.set_status(at, Status::Waiting);
                }
            }
            Timer::Run => {
                let limit = self.policy.time_limit.map(crate::text::duration).unwrap_or_default();
                self.begin_cancel(
                    CancelStage::Stop,
                    format!("the run's limit of {limit} is used up at {}", crate::text::duration(now)),
                );
            }
        }
    }

    /// The one place where a step becomes over.
    pub(super) fn over(&mut self, at: usize, status: Status, duration: Duration, ending: Ending) {
        let outcome = match status {
            Status::Succeeded => StepOutcome::Succeeded,
            Status::Skipped => StepOutcome::Skipped,
            Status::Cancelled => StepOutcome::Cancelled,
            _ => StepOutcome::Failed,
        };
        self.slots[at].unreachable = ending.unreachable;
        self.slots[at].overdue = false;
        self.set_status(at, status);
        let slot = &self.slots[at];
        self.emit(EventKind::StepFinished {
            node: slot.step.id.node.clone(),
            phase: slot.step.id.phase.clone(),
            attempt: slot.attempt(),
            outcome,
            duration,
            rc: ending.rc,
            reason: ending.reason,
            diagnosis: ending.diagnosis,
            lacking: ending.lacking,
        });
    }

    pub(super) fn emit(&mut self, kind: EventKind) {
        self.effects.push(Effect::Emit(Box::new(kind)));
    }
}

/// What is said of a step when it is over.
#[derive(Debug, Default)]
pub(super) struct Ending {
    pub(super) rc: Option<i32>,
    pub(super) reason: Option<String>,
    pub(super) diagnosis: Option<crate::catalog::diagnosis::Diagnosis>,
    pub(super) lacking: Vec<StepId>,
    pub(super) unreachable: bool,
}
