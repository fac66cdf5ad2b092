//! What a page wants done, by the reader or for them.

use std::fmt;

use crate::catalog::RetryClass;
use crate::ids::{NodeName, PhaseId, StepId};
use crate::state::{Command, RunState, Status};

use super::condition::{Condition, Standing};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Run a phase, and what it needs.
    Run {
        /// As it was written.
        phase: PhaseId,
        /// Its steps, in plan order.
        steps: Vec<StepId>,
    },
    /// Try a failed step again.
    Retry(StepId),
    /// Ask a node anew and make the checks again.
    Recheck(NodeName),
    /// Take a node out of the cluster, and begin it anew.
    Reset(NodeName),
    /// Let everything run that can.
    Continue,
    /// Type something on a node.
    Type {
        /// On which.
        node: NodeName,
        /// What.
        command: String,
    },
}

/// What is to be done next for a deed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// Nothing: it is done, or under way, or nothing can be done for it now.
    Nothing,
    /// Tell the engine.
    Tell(Command),
    /// Type this on the node.
    Type(NodeName, String),
}

impl Deed {
    /// What it brings about; none where only the page can say it.
    pub(super) fn effect(&self) -> Option<Condition> {
        let done = |phase: &PhaseId, steps: &[StepId]| Condition::Phase {
            phase: phase.clone(),
            steps: steps.to_vec(),
            is: Standing::Succeeded,
            diagnosis: None,
        };
        match self {
            Self::Run { phase, steps } => Some(done(phase, steps)),
            Self::Retry(step) => Some(done(&step.phase, std::slice::from_ref(step))),
            Self::Recheck(_) | Self::Reset(_) | Self::Continue | Self::Type { .. } => None,
        }
    }

    /// What is typed for it, and where.
    pub(super) const fn question(&self) -> Option<(&NodeName, &String)> {
        match self {
            Self::Type { node, command } => Some((node, command)),
            _ => None,
        }
    }

    /// Whether it is told once, and not again until it is seen to be done.
    pub(super) const fn is_once(&self) -> bool {
        !matches!(self, Self::Run { .. } | Self::Retry(_))
    }

    /// What is to be done for it as things stand.
    pub(super) fn next(&self, run: &RunState) -> Next {
        match self {
            Self::Run { steps, .. } => {
                let open =
                    steps.iter().find(|step| run.step(step).is_some_and(|step| !step.status.is_settled()));
                match open.and_then(|step| run.step(step)) {
                    Some(step) if step.status == Status::Failed => again(run, step.id()),
                    Some(step) if step.status == Status::Waiting => {
                        told(run, Command::RunTo(step.id().clone()))
                    }
                    _ => Next::Nothing,
                }
            }
            // In a paused run, what is to be tried again waits for somebody to start it.
            Self::Retry(step) if run.step(step).is_some_and(|step| step.status == Status::Waiting) => {
                told(run, Command::RunTo(step.clone()))
            }
            Self::Retry(step) => again(run, step),
            Self::Recheck(node) => told(run, Command::Recheck(node.clone())),
            Self::Reset(node) => told(run, Command::Reset(node.clone())),
            Self::Continue => told(run, Command::Continue),
            Self::Type { node, command } => Next::Type(node.clone(), command.clone()),
        }
    }
}

fn again(run: &RunState, step: &StepId) -> Next {
    let undo = run.step(step).is_some_and(|step| step.plan.retry == RetryClass::NeedsCleanUp);
    told(run, Command::Retry { step: step.clone(), undo })
}

fn told(run: &RunState, command: Command) -> Next {
    if run.may(&command).is_ok() { Next::Tell(command) } else { Next::Nothing }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run { phase, steps } => {
                write!(f, "run {phase}")?;
                let mut nodes: Vec<&NodeName> = steps.iter().map(|step| &step.node).collect();
                nodes.dedup();
                if let [node] = nodes[..] { write!(f, " on {node}") } else { f.write_str(" on every node") }
            }
            Self::Retry(step) => write!(f, "try {step} again"),
            Self::Recheck(node) => write!(f, "check {node} again"),
            Self::Reset(node) => write!(f, "reset {node}"),
            Self::Continue => f.write_str("let the run go on"),
            Self::Type { node, command } => write!(f, "type `{command}` on {node}"),
        }
    }
}
