//! What has to be so in the run.

use std::collections::BTreeMap;
use std::fmt;

use crate::event::{Pace, RunOutcome};
use crate::ids::{NodeName, PhaseId, StepId};
use crate::state::{Link, RunState, Status};

/// One thing that has to be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Of a phase, on every node that is meant.
    Phase {
        /// As it was written.
        phase: PhaseId,
        /// Its steps, at least one; of a group, those of all its leaves.
        steps: Vec<StepId>,
        /// How they have to stand.
        is: Standing,
        /// The rule that has to have recognised the failure.
        diagnosis: Option<String>,
    },
    /// Of a node.
    Node {
        /// Which.
        node: NodeName,
        /// How it has to stand.
        is: NodeStanding,
    },
    /// Of the run.
    Run(RunStanding),
    /// Of what the checks found.
    Found {
        /// On which node.
        node: NodeName,
        /// The check's name.
        check: String,
        /// Whether it has to have found something, or nothing.
        there: bool,
    },
    /// Of what a command prints on a node.
    Shell {
        /// Which node.
        node: NodeName,
        /// What is typed there.
        command: String,
        /// What it has to print.
        says: Option<String>,
        /// What it must not print.
        lacks: Option<String>,
        /// How it has to end.
        exit: Option<i32>,
    },
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal, $said:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$about])* $variant,)+ }

        impl $name {
            /// As files write them.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The one that is written so.
            pub fn named(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            const fn said(self) -> &'static str {
                match self { $(Self::$variant => $said,)+ }
            }
        }
    };
}

words! {
    /// How steps stand.
    Standing {
        /// Done.
        Succeeded = "succeeded", "is done";
        /// Not done, and not tried again by itself.
        Failed = "failed", "has failed";
        /// Left out.
        Skipped = "skipped", "is left out";
        /// Under way.
        Running = "running", "runs";
        /// Not begun.
        Waiting = "waiting", "waits";
        /// Over, in whatever way.
        Over = "over", "is over";
    }
}

words! {
    /// How a node stands.
    NodeStanding {
        /// It has been asked about itself.
        Reached = "reached", "has been reached";
        /// All that kubeadm has to do on it is done.
        Joined = "joined", "belongs to the cluster";
        /// And it was looked at, and is as it should be.
        Ready = "ready", "is ready";
        /// Something on it failed.
        Failed = "failed", "has a failed step";
        /// The connection is lost.
        Away = "away", "is away";
    }
}

words! {
    /// How the run stands.
    RunStanding {
        /// The checks are over, nothing was changed yet, and it may go on.
        Checked = "checked", "has made its checks";
        /// The checks are over and don't let it go on.
        Refused = "refused", "is kept back by its checks";
        /// Nothing runs, and nothing starts unless the operator steps.
        Paused = "paused", "stands still";
        /// Over, and all is as asked.
        Succeeded = "succeeded", "is over and all is as asked";
        /// Over.
        Over = "over", "is over";
    }
}

/// What a node said to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The exit status.
    pub exit: i32,
    /// What was printed.
    pub text: String,
}

/// The latest answers of nodes, by node and command.
pub type Said = BTreeMap<(NodeName, String), Spoken>;

impl Condition {
    /// Whether it is so. What a node was not asked yet is not so.
    pub fn holds(&self, run: &RunState, said: &Said) -> bool {
        match self {
            Self::Phase { steps, is, diagnosis, .. } => {
                steps.iter().all(|step| stands(run, step, *is))
                    && diagnosis.as_ref().is_none_or(|rule| {
                        let known = |step: &StepId| {
                            let end = run.step(step)?.end.as_ref()?;
                            Some(end.diagnosis.as_ref()?.rule == *rule)
                        };
                        steps.iter().any(|step| known(step) == Some(true))
                    })
            }
            Self::Node { node, is } => node_stands(run, node, *is),
            Self::Run(is) => is.is_so(run),
            Self::Found { node, check, there } => {
                let asked = run.node(node).filter(|node| node.facts.is_some());
                asked
                    .is_some_and(|node| node.findings.iter().any(|finding| finding.check == *check) == *there)
            }
            Self::Shell { node, command, says, lacks, exit } => {
                said.get(&(node.clone(), command.clone())).is_some_and(|spoken| {
                    says.as_ref().is_none_or(|text| spoken.text.contains(text))
                        && lacks.as_ref().is_none_or(|text| !spoken.text.contains(text))
                        && exit.is_none_or(|exit| spoken.exit == exit)
                })
            }
        }
    }

    /// What a node has to be asked for it.
    pub const fn question(&self) -> Option<(&NodeName, &String)> {
        match self {
            Self::Shell { node, command, .. } => Some((node, command)),
            _ => None,
        }
    }
}

fn stands(run: &RunState, id: &StepId, is: Standing) -> bool {
    let Some(step) = run.step(id) else { return false };
    match is {
        Standing::Succeeded => step.status == Status::Succeeded,
        Standing::Failed => step.status == Status::Failed,
        Standing::Skipped => step.status == Status::Skipped,
        Standing::Running => matches!(step.status, Status::Running { .. }),
        Standing::Waiting => step.status == Status::Waiting,
        Standing::Over => step.status.is_over(),
    }
}

fn node_stands(run: &RunState, name: &NodeName, is: NodeStanding) -> bool {
    let Some(node) = run.node(name) else { return false };
    let kubeadms = |step: &&crate::state::StepState| {
        step.planned && (step.id().phase.is_within("init") || step.id().phase.is_within("join"))
    };
    let joined = || {
        let mut steps = run.steps_of(name).filter(kubeadms).peekable();
        steps.peek().is_some() && steps.all(|step| step.status.is_settled())
    };
    let verified = || {
        run.steps_of(name)
            .any(|step| step.id().phase.as_str() == "verify" && step.status == Status::Succeeded)
    };
    match is {
        NodeStanding::Reached => node.facts.is_some(),
        NodeStanding::Joined => joined(),
        NodeStanding::Ready => joined() && verified(),
        NodeStanding::Failed => run.steps_of(name).any(|step| step.status == Status::Failed),
        NodeStanding::Away => matches!(node.link, Link::Lost { .. }),
    }
}

impl RunStanding {
    /// Whether the run stands so.
    pub fn is_so(self, run: &RunState) -> bool {
        match self {
            Self::Checked => run.changed || run.gate.as_ref().is_some_and(|gate| gate.obstacle.is_none()),
            Self::Refused => run.gate.as_ref().is_some_and(|gate| gate.obstacle.is_some()),
            Self::Paused => {
                run.info.is_some()
                    && run.running().next().is_none()
                    && run.target.is_none()
                    && (run.pace == Pace::Paused || run.gate.is_some())
            }
            Self::Succeeded => run.end.as_ref().is_some_and(|end| end.outcome == RunOutcome::Succeeded),
            Self::Over => run.end.is_some(),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase { phase, steps, is, diagnosis } => {
                write!(f, "{phase}")?;
                let mut nodes: Vec<&NodeName> = steps.iter().map(|step| &step.node).collect();
                nodes.dedup();
                if let [node] = nodes[..] {
                    write!(f, " on {node}")?;
                }
                write!(f, " {}", is.said())?;
                diagnosis.as_ref().map_or(Ok(()), |rule| write!(f, ", recognised as {rule}"))
            }
            Self::Node { node, is } => write!(f, "{node} {}", is.said()),
            Self::Run(is) => write!(f, "the run {}", is.said()),
            Self::Found { node, check, there: true } => {
                write!(f, "the check `{check}` finds something on {node}")
            }
            Self::Found { node, check, there: false } => {
                write!(f, "the check `{check}` finds nothing on {node}")
            }
            Self::Shell { node, command, says, lacks, exit } => {
                write!(f, "`{command}` on {node}")?;
                match (says, lacks, exit) {
                    (Some(text), ..) => write!(f, " says `{text}`"),
                    (_, Some(text), _) => write!(f, " no longer says `{text}`"),
                    (_, _, Some(exit)) => write!(f, " ends with {exit}"),
                    _ => f.write_str(" answers"),
                }
            }
        }
    }
}
