//! Why a wish of the operator's is not followed.

use std::fmt;

use super::Why;
use crate::ids::{NodeName, StepId};

/// Why a wish can't be followed as things stand; displayed as a short reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing happens any more.
    RunIsOver,
    /// It is being ended: only stopping, killing and ending it harder are left.
    RunEnds,
    /// There is no such step.
    NotPlanned,
    /// What keeps a step that was to be started.
    Waits(Why),
    /// Neither has any other a chance.
    NothingToStart,
    /// Whatever can start starts already.
    NothingHeld,
    /// Paused already.
    Paused,
    /// It is on its node right now.
    Runs,
    /// It succeeded.
    Done,
    /// It was left out.
    LeftOut,
    /// It is over.
    Over,
    /// It neither failed nor was stopped.
    DidNotFail,
    /// Another try would do harm: the node must be reset.
    NeverAlone(NodeName),
    /// Another try needs the clean-up.
    NeedsUndo,
    /// There is nothing to clean up.
    HasNoUndo,
    /// None was given.
    NoReason,
    /// A second breakpoint.
    BreakpointIsThere,
    /// No breakpoint to take away.
    NoBreakpoint,
    /// It stops for nobody.
    StartsByItself,
    /// Nothing to stop.
    NotRunning,
    /// The checks found something, or a node can't be reached: that stands in the way of going on.
    Gate(String),
    /// Checks have been overtaken by what was done since.
    Changed,
    /// The checks are being made.
    Checking,
    /// It was told to stop.
    IsStopping,
    /// It was killed, and has not told its end yet.
    IsKilled,
    /// The run goes there already.
    IsTarget,
    /// The node can't be reset while this step runs.
    Busy(StepId),
    /// It publishes nothing, or it is no join that failed.
    PublishesNothing,
    /// The cluster would go with the node on which it was begun.
    LeadsOthers(NodeName),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RunIsOver => "the run is over",
            Self::RunEnds => "the run is being ended",
            Self::NotPlanned => "it is not in the plan",
            Self::Waits(why) => return why.fmt(f),
            Self::NothingToStart => "no step can start now",
            Self::NothingHeld => "nothing is held back",
            Self::Paused => "the run is paused already",
            Self::Runs => "it is running",
            Self::Done => "it is done",
            Self::LeftOut => "it is left out already",
            Self::Over => "it is over",
            Self::DidNotFail => "it has not failed",
            Self::NeverAlone(node) => {
                return write!(f, "it must not run twice: reset {node} and let it join again");
            }
            Self::NeedsUndo => "it left things behind: retry it with its clean-up",
            Self::HasNoUndo => "it has no undo",
            Self::NoReason => "a reason is needed",
            Self::BreakpointIsThere => "it has a breakpoint already",
            Self::NoBreakpoint => "it has no breakpoint",
            Self::StartsByItself => "it starts by itself",
            Self::NotRunning => "it is not running",
            Self::Gate(obstacle) => obstacle,
            Self::Changed => "something was begun there already",
            Self::Checking => "the nodes are being checked already",
            Self::IsStopping => "it is being stopped already",
            Self::IsKilled => "it is being killed already",
            Self::IsTarget => "the run goes there already",
            Self::PublishesNothing => "that publishes nothing which a join needs",
            Self::Busy(step) => return write!(f, "{step} is running"),
            Self::LeadsOthers(node) => {
                return write!(f, "others are, or may be, in the cluster that {node} leads");
            }
        })
    }
}
