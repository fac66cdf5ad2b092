//! What the operator can ask of a run.

use std::fmt;
use std::sync::Arc;

use crate::event::{CancelStage, LessonPage};
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Inventory;

/// The operator's wishes.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Start one step: this one, or the next in plan order that can start.
    Step(Option<StepId>),
    /// Start whatever can start, past the breakpoints reached so far.
    Continue,
    /// Start nothing more until stepped or continued.
    Pause,
    /// Try a failed or stopped step again.
    Retry {
        /// Which.
        step: StepId,
        /// Clean up first, as the phase's class needs.
        undo: bool,
    },
    /// Publish again what a failed join needs and the cluster has no more, and then try the join again.
    PublishAgain {
        /// What publishes it: [`crate::plan::step::Step::publishes`].
        publisher: StepId,
        /// The join's step; it waits for the publisher from now on.
        join: StepId,
        /// Clean up before the join's step, as the phase's class needs.
        undo: bool,
    },
    /// Leave a step out.
    Skip {
        /// Which.
        step: StepId,
        /// Why; not empty.
        reason: String,
    },
    /// Set or take away a breakpoint.
    Break {
        /// Which.
        step: StepId,
        /// Set, or take away.
        set: bool,
    },
    /// Stop a running step on its node; it is given a while to end by itself.
    Stop(StepId),
    /// Kill a running step on its node at once, whether it was told to stop or not.
    Kill(StepId),
    /// Start what this step needs, and the step itself, and nothing else; then pause.
    RunTo(StepId),
    /// Ask a node anew and make the checks and the plan again, while nothing has been changed yet.
    Recheck(NodeName),
    /// Take a node out of the cluster, remove what kubeadm left on it, and begin it anew.
    Reset(NodeName),
    /// Note in the journal that a page of the lesson was turned to.
    Turn(LessonPage),
    /// Let what has not run go by this inventory, as far as that is possible; see [`super::Revision`].
    Revise(Arc<Inventory>),
    /// End the run early.
    Cancel {
        /// How hard; a later, harder one overrides.
        stage: CancelStage,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(Some(step)) => write!(f, "start {step}"),
            Self::Step(None) => f.write_str("start the next step"),
            Self::Continue => f.write_str("continue"),
            Self::Pause => f.write_str("pause"),
            Self::Retry { step, .. } => write!(f, "retry {step}"),
            Self::PublishAgain { publisher, join, .. } => {
                write!(f, "run {publisher} again, and then retry {join}")
            }
            Self::Skip { step, .. } => write!(f, "skip {step}"),
            Self::Break { step, set: true } => write!(f, "set a breakpoint before {step}"),
            Self::Break { step, set: false } => write!(f, "take away the breakpoint before {step}"),
            Self::Stop(step) => write!(f, "stop {step}"),
            Self::Kill(step) => write!(f, "kill {step}"),
            Self::RunTo(step) => write!(f, "run to {step}"),
            Self::Recheck(node) => write!(f, "check {node} again"),
            Self::Reset(node) => write!(f, "reset {node}"),
            Self::Turn(page) => write!(f, "turn to page {} of {}", page.page, page.lesson),
            Self::Revise(_) => f.write_str("apply the changed inventory"),
            Self::Cancel { .. } => f.write_str("end the run"),
        }
    }
}
