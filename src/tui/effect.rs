//! What the console wants done outside of it.

use super::travel::Request;
use crate::engine::Command;
use crate::ids::{Attempt, NodeName, StepId};
use crate::lesson::Progress;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Tell the engine.
    Command(Command),
    /// Leave the console; see [`super::Leaving`].
    Leave(super::Leaving),
    /// Stop this process, until the shell's `fg`.
    Suspend,
    /// Use the mouse, or leave it to the terminal.
    UseMouse(bool),
    /// Draw everything anew.
    Redraw,
    /// Put text on the clipboard (OSC 52, works over ssh).
    Copy(String),
    /// Ring, and notify where the terminal can: the operator is waited for.
    Call(String),
    /// Show the whole output of an attempt, from the journal, in `$PAGER`.
    Page {
        /// Which step.
        step: StepId,
        /// Which try.
        attempt: Attempt,
    },
    /// Run one of a diagnosis' read-only commands on the step's node.
    Look {
        /// The failed step.
        step: StepId,
        /// Which of its commands, from 0.
        number: usize,
    },
    /// Type something on a simulated node, for the lesson.
    Type {
        /// Where.
        node: NodeName,
        /// What.
        command: String,
    },
    /// Keep how far the lesson's reader came.
    Keep(Progress),
    /// Ask a node for all files of Kubernetes' on it.
    List(NodeName),
    /// Ask the run for kubeadm's configuration on a node.
    Config(NodeName),
    /// A shell on a node, over ssh.
    Shell(NodeName),
    /// The inventory in the operator's editor.
    Edit,
    /// Let the simulated world's time pass so fast; 0: it stands still.
    Hurry(f64),
    /// Ask the journal how the run was.
    Past(Request),
}

impl Effect {
    /// Whether it reaches out to the cluster as it is now.
    pub const fn reaches_out(&self) -> bool {
        matches!(
            self,
            Self::Command(_)
                | Self::Look { .. }
                | Self::List(_)
                | Self::Config(_)
                | Self::Shell(_)
                | Self::Hurry(_)
        )
    }
}
