//! The plan: how it comes, grows, and is made anew.

use std::collections::HashMap;
use std::time::Duration;

use crate::catalog::class::RetryClass;
use crate::event::{EventKind, Pace};
use crate::ids::{NodeName, StepId};
use crate::plan::step::{Step, Work};
use crate::state::Refusal;

use super::machine::Ending;
use super::slot::Slot;
use super::{Effect, Engine, Restored, Status, Timer, Was};

impl Engine {
    /// More steps. Where the plan is made again after a further check, they take the place of the former ones.
    pub(super) fn extend(&mut self, steps: Vec<Step>, complete: bool) {
        if self.slots.is_empty() {
            self.begin();
        }
        self.obstacle = None;
        let surveyed = !self.slots.is_empty();
        if self.slots.iter().any(|slot| !slot.step.work.is_survey()) {
            let looks = self.slots.iter().map(|slot| &slot.step).filter(|step| step.work.is_survey());
            let whole = looks.cloned().chain(steps).collect();
            self.replace(whole, complete);
        } else {
            self.append(steps, complete);
        }
        if surveyed && complete && self.policy.gate_after_check && !self.changed {
            self.set_pace(Pace::Paused);
            self.emit(EventKind::GateReached { obstacle: None });
        }
    }

    fn append(&mut self, steps: Vec<Step>, complete: bool) {
        self.complete = complete;
        self.surveyed = false;
        let first = self.slots.len();
        self.emit(EventKind::PlanExtended { steps: steps.clone(), complete });
        self.slots.extend(steps.into_iter().map(|step| Slot::new(step, Vec::new())));
        self.tie(first);
        self.set_wishes(first..self.slots.len());
        self.refresh(first..self.slots.len());
    }

    /// These steps and no others. What became of known ones stands; one that is done or under way stays as it was planned.
    pub(super) fn replace(&mut self, steps: Vec<Step>, complete: bool) {
        self.complete = complete;
        self.surveyed = false;
        let target = self.target.take().map(|target| self.slots[target.at].step.id.clone());
        let order = self.slots.iter().map(|slot| slot.step.id.clone()).collect::<Vec<_>>();
        let mut former: HashMap<StepId, Slot> =
            self.slots.drain(..).map(|slot| (slot.step.id.clone(), slot)).collect();
        let mut fresh = Vec::new();
        for step in steps {
            let slot = match former.remove(&step.id) {
                Some(slot) if slot.is_kept() => slot,
                Some(slot) => Slot { step, ..slot },
                None => {
                    fresh.push(self.slots.len());
                    Slot::new(step, Vec::new())
                }
            };
            self.slots.push(slot);
        }
        for id in order {
            self.slots.extend(former.remove(&id).filter(|slot| slot.is_begun() && !slot.anew));
        }
        let whole = self.slots.iter().map(|slot| slot.step.clone()).collect();
        self.emit(EventKind::PlanReplaced { steps: whole, complete });
        self.index.clear();
        for slot in &mut self.slots {
            slot.needs.clear();
            slot.dependants.clear();
            slot.doomed = false;
        }
        self.tie(0);
        let active = |at: &usize| self.slots[*at].status.is_active();
        self.active = (0..self.slots.len()).filter(active).collect();
        self.candidates.clear();
        self.set_wishes(fresh);
        self.refresh(0..self.slots.len());
        match target.map(|target| self.index.get(&target).copied()) {
            Some(Some(at)) => self.set_target(at),
            Some(None) => self.emit(EventKind::RunTo { target: None }),
            None => {}
        }
    }

    /// Names the steps from `first` on, and ties them to those that they need.
    fn tie(&mut self, first: usize) {
        for at in first..self.slots.len() {
            self.index.insert(self.slots[at].step.id.clone(), at);
        }
        for at in first..self.slots.len() {
            let edges = &self.slots[at].step.after;
            let needs: Vec<_> =
                edges.iter().filter_map(|edge| Some((*self.index.get(&edge.step)?, edge.need))).collect();
            for (need, _) in &needs {
                self.slots[*need].dependants.push(at);
            }
            self.slots[at].needs = needs;
        }
    }

    /// Breakpoints and skips that were named before the run.
    fn set_wishes(&mut self, steps: impl IntoIterator<Item = usize>) {
        for at in steps {
            let id = self.slots[at].step.id.clone();
            if self.policy.wants_break(&id) {
                self.set_break(at, true);
            }
            if let Some(reason) = self.policy.skip_reason(&id) {
                self.skip(at, reason);
            }
        }
    }

    /// The node is asked anew, all checks are made again, and the plan after that. Once something has been changed, only
    /// a node on which nothing was: its own check alone, and the others' plan stands.
    pub(super) fn recheck(&mut self, node: &NodeName) -> Result<(), Refusal> {
        let looks = |slot: &Slot| slot.step.work.is_survey();
        if !self.slots.iter().any(|slot| looks(slot) && slot.step.id.node == *node) {
            return Err(Refusal::NotPlanned);
        }
        if self.changed
            && self.slots.iter().any(|slot| slot.step.id.node == *node && !looks(slot) && slot.is_begun())
        {
            return Err(Refusal::Changed);
        }
        if self.active.iter().any(|&at| looks(&self.slots[at])) {
            return Err(Refusal::Checking);
        }
        self.complete = false;
        self.obstacle = None;
        self.emit(EventKind::Rechecked { node: node.clone() });
        for at in 0..self.slots.len() {
            let step = &self.slots[at].step;
            if (step.work == Work::Check && !self.changed) || (step.work.is_survey() && step.id.node == *node)
            {
                self.slots[at].epoch += 1;
                self.set_status(at, Status::Waiting);
            }
        }
        Ok(())
    }

    /// Before the first steps: what the run goes by.
    fn begin(&mut self) {
        self.emit(EventKind::Conduct {
            interactive: self.policy.interactive,
            pace: self.pace,
            nodes_at_once: self.policy.nodes_at_once,
            joins_at_once: self.policy.joins_at_once,
        });
        if let Some(limit) = self.policy.time_limit {
            self.effects.push(Effect::Arm { timer: Timer::Run, after: limit });
        }
    }

    /// What an earlier console did.
    pub(super) fn restore(&mut self, restored: Vec<Restored>) {
        for Restored { step, attempt, was } in restored {
            let Some(&at) = self.index.get(&step) else { continue };
            let slot = &mut self.slots[at];
            if slot.status != Status::Waiting {
                continue;
            }
            match was {
                Was::Done => {
                    slot.attempts = attempt.0;
                    let note = Some("done in the earlier run, and still so".to_owned());
                    self.over(
                        at,
                        Status::Succeeded,
                        Duration::ZERO,
                        Ending { reason: note, ..Ending::default() },
                    );
                }
                Was::Skipped(reason) => self.skip(at, reason),
                Was::Running => {
                    slot.attempts = attempt.0.saturating_sub(1);
                    slot.reattach = true;
                }
                Was::Anew => {
                    slot.attempts = attempt.0;
                    slot.anew = true;
                }
                Was::Ended => {
                    slot.attempts = attempt.0;
                    slot.undo = slot.step.retry == RetryClass::NeedsCleanUp;
                    if slot.step.retry == RetryClass::NeverAlone {
                        let reason = format!(
                            "must not run twice: reset {0} (`kubestep reset … {0}`) and run again",
                            slot.step.id.node
                        );
                        let ending = Ending { reason: Some(reason), ..Ending::default() };
                        self.over(at, Status::Failed, Duration::ZERO, ending);
                    }
                }
            }
        }
    }
}
