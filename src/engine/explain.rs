//! Why a step is not running, by the engine's own books; [`crate::state::RunState::why`] says the same of the events.

use crate::event::Pace;
use crate::ids::StepId;
use crate::plan::step::Need;
use crate::state::Why;

use super::{Engine, Status};

impl Engine {
    /// Why `step` is not running.
    pub fn explain(&self, step: &StepId) -> Why {
        let Some(&at) = self.index.get(step) else { return Why::NotPlanned };
        let slot = &self.slots[at];
        let unmet = |how_bad: fn(&Self, usize) -> bool| -> Vec<StepId> {
            slot.needs
                .iter()
                .filter(|&&(need, how)| !self.is_met(need, how) && how_bad(self, need))
                .map(|&(need, _)| self.slots[need].step.id.clone())
                .collect()
        };
        match slot.status {
            Status::Running(_) | Status::Stopping(_) => Why::Runs,
            Status::Pausing => Why::PausesBeforeRetry,
            status if status.is_over() => Why::Over,
            _ if self.cancel.is_some() => Why::RunEnds,
            _ if self.is_barred(at) => Why::OtherControlPlaneFailed,
            _ if slot.doomed => Why::Doomed(unmet(|engine, need| {
                engine.slots[need].doomed
                    || matches!(engine.slots[need].status, Status::Failed | Status::Cancelled)
            })),
            _ if slot.needs.iter().any(|&(need, how): &(usize, Need)| !self.is_met(need, how)) => {
                Why::Needs(unmet(|_, _| true))
            }
            _ => self.obstacle(at).unwrap_or_else(|| self.hold(at)),
        }
    }

    /// What holds a step back that could start.
    fn hold(&self, at: usize) -> Why {
        let slot = &self.slots[at];
        if self.starts_by_itself(at) {
            Why::Starts
        } else if slot.breakpoint && !slot.released {
            Why::AtBreakpoint
        } else {
            debug_assert_eq!(self.pace, Pace::Paused);
            Why::Paused
        }
    }
}
