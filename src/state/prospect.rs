//! What is to be expected of waiting steps, many at once.

use super::fate::Fates;
use super::{RunState, Status, StepState, Why};

/// What is to be expected of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prospect {
    /// It comes by itself, it is under way, or it is over.
    Comes,
    /// It could start; the run is paused, or it has a breakpoint.
    Held,
    /// It can't start as things stand.
    Barred,
}

/// One look at a whole run; what it found out of one step serves the next.
pub struct Outlook<'a>(Fates<'a>);

impl RunState {
    /// A look at what is to be expected of the steps that wait.
    pub fn outlook(&self) -> Outlook<'_> {
        Outlook(Fates::new(self))
    }
}

impl Outlook<'_> {
    /// What is to be expected of `step`.
    pub fn of(&self, step: &StepState) -> Prospect {
        if step.status != Status::Waiting || !step.planned {
            Prospect::Comes
        } else if self.0.is_doomed_step(step.id()) {
            Prospect::Barred
        } else if self.0.needs_met(step) && matches!(self.0.why(step.id()), Why::AtBreakpoint | Why::Paused) {
            Prospect::Held
        } else {
            Prospect::Comes
        }
    }

    /// Why `step` is not running; see [`RunState::why`].
    pub fn why(&self, step: &StepState) -> Why {
        self.0.why(step.id())
    }
}
