//! What the engine knows of one step.

use std::time::Duration;

use crate::ids::Attempt;
use crate::plan::step::{Need, Step};

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not started, or to be started again.
    Waiting,
    /// Started at this run time.
    Running(Duration),
    /// Being stopped on its node; started at this run time.
    Stopping(Duration),
    /// Failed, and waiting for its next try.
    Pausing,
    /// Done.
    Succeeded,
    /// Not done.
    Failed,
    /// Left out.
    Skipped,
    /// Stopped.
    Cancelled,
}

impl Status {
    /// Whether nothing more happens to it unless the operator wants it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Skipped | Self::Cancelled)
    }

    /// Whether it is on a node right now.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Running(_) | Self::Stopping(_))
    }

    /// Whether steps that need it may start.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Succeeded | Self::Skipped)
    }
}

/// One step with its state.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) step: Step,
    pub(super) status: Status,
    /// Attempts started so far.
    pub(super) attempts: u32,
    /// Raised at every start and pause; timers of an older one are void.
    pub(super) epoch: u64,
    pub(super) breakpoint: bool,
    /// The operator let it pass its breakpoint.
    pub(super) released: bool,
    /// To be followed rather than started.
    pub(super) reattach: bool,
    /// To be cleaned up before it starts.
    pub(super) undo: bool,
    /// A reset of its node has put it back.
    pub(super) anew: bool,
    /// It was killed rather than asked to stop.
    pub(super) killed: bool,
    /// Can't start as things stand, because of what it needs.
    pub(super) doomed: bool,
    /// Failed because its node could not be reached.
    pub(super) unreachable: bool,
    /// Out of time: the failure's reason once it has been stopped.
    pub(super) overdue: bool,
    /// Steps before it, by index.
    pub(super) needs: Vec<(usize, Need)>,
    /// Steps that need it, by index.
    pub(super) dependants: Vec<usize>,
}

impl Slot {
    pub(super) const fn new(step: Step, needs: Vec<(usize, Need)>) -> Self {
        Self {
            step,
            status: Status::Waiting,
            attempts: 0,
            epoch: 0,
            breakpoint: false,
            released: false,
            reattach: false,
            undo: false,
            anew: false,
            killed: false,
            doomed: false,
            unreachable: false,
            overdue: false,
            needs,
            dependants: Vec::new(),
        }
    }

    /// Whether it was tried, or is to be gone on with.
    pub(super) const fn is_begun(&self) -> bool {
        self.attempts > 0 || self.reattach
    }

    /// Whether it stays as it was planned, whatever the plan is now.
    pub(super) const fn is_kept(&self) -> bool {
        self.reattach
            || (self.attempts > 0 && !self.anew && (self.status.is_good() || self.status.is_active()))
    }

    pub(super) const fn attempt(&self) -> Attempt {
        Attempt(self.attempts)
    }
}
