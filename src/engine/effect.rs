//! What the engine wants done.

use std::sync::Arc;
use std::time::Duration;

use crate::event::{EventKind, Stopping};
use crate::ids::{Attempt, NodeName, StepId};
use crate::inventory::model::Inventory;

/// One thing to do, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Journal and show this, before anything that follows.
    Emit(Box<EventKind>),
    /// Start a step; answer with [`super::Input::Exited`].
    Start {
        /// Which.
        step: StepId,
        /// Its attempt.
        attempt: Attempt,
        /// An earlier console started it: follow it, or find out what became of it.
        reattach: bool,
        /// Clean up what the former attempt left, first.
        undo: bool,
    },
    /// Stop a running step on its node; answer with [`super::Input::Exited`].
    Stop {
        /// Which.
        step: StepId,
        /// Its attempt.
        attempt: Attempt,
        /// How.
        how: Stopping,
    },
    /// Send [`super::Input::Timer`] after a while.
    Arm {
        /// What to send.
        timer: Timer,
        /// When.
        after: Duration,
    },
    /// Every step of an incomplete plan is over: look at the results and extend it.
    Surveyed,
    /// Answer with [`super::Input::Replan`] before anything else: the plan in which this node is reset and begun anew.
    Replan(NodeName),
    /// Answer with [`super::Input::Revised`] before anything else: what becomes of the plan with this inventory.
    Revise(Arc<Inventory>),
    /// The run is over and its last event emitted.
    Finished,
}

/// A timer's name. One of an older epoch is ignored, so timers are never cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timer {
    /// A step's budget is used up.
    Budget {
        /// Which.
        step: StepId,
        /// Counts the step's starts.
        epoch: u64,
    },
    /// The pause before another try is over.
    Retry {
        /// Which.
        step: StepId,
        /// Counts the step's starts.
        epoch: u64,
    },
    /// The run's own time limit.
    Run,
}
