//! What the engine is told.

use std::collections::BTreeMap;

use crate::catalog::diagnosis::Diagnosis;
use crate::event::NodeInfo;
use crate::ids::{Attempt, NodeName, StepId};
use crate::inventory::model::Role;
use crate::plan::step::Step;
use crate::state::Command;

use super::Timer;

/// One thing that happened outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Steps to add to the plan, in its order. Edges may name only steps that are known or come with it.
    Extend {
        /// The steps.
        steps: Vec<Step>,
        /// Whether the plan is whole now.
        complete: bool,
        /// What an earlier console's journal says of them.
        restored: Vec<Restored>,
    },
    /// There will be no more steps, and nothing may be changed: the run ends as failed.
    Refuse(String),
    /// The whole plan, in which the node that [`super::Effect::Replan`] named is reset and begun anew.
    Replan(Vec<Step>),
    /// What becomes of the plan with the inventory that [`super::Effect::Revise`] gave; or why nothing does.
    Revised(Result<Box<Revised>, String>),
    /// The operator's wish.
    Command(Command),
    /// A step that the engine started is over.
    Exited {
        /// Which.
        step: StepId,
        /// Its attempt; another than the current one is ignored.
        attempt: Attempt,
        /// How.
        exit: Exit,
    },
    /// A timer that the engine armed.
    Timer(Timer),
}

/// A plan under way, made anew from a changed inventory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Revised {
    /// The machines as they are now, in the order of the inventory. What was planned for any other is dropped.
    pub nodes: Vec<NodeInfo>,
    /// The whole plan.
    pub steps: Vec<Step>,
    /// Whether that is all; otherwise nodes have to be looked at first, and [`super::Effect::Surveyed`] follows.
    pub complete: bool,
    /// Looks and checks to be made again.
    pub again: Vec<StepId>,
    /// What can't be had any more, and why; a sentence each.
    pub kept: Vec<String>,
    /// What was changed, a sentence each.
    pub changes: Vec<String>,
    /// Nodes worked on at once.
    pub nodes_at_once: usize,
    /// Join steps at once.
    pub joins_at_once: usize,
    /// Whether the others go on when a worker fails.
    pub workers_continue: bool,
    /// How many workers may fail and the run still counts as done.
    pub worker_allowance: usize,
}

impl Revised {
    /// Every node's role.
    pub(super) fn roles(&self) -> BTreeMap<NodeName, Role> {
        self.nodes.iter().map(|node| (node.name.clone(), node.role)).collect()
    }
}

/// How a started step ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Exit {
    /// Done, its effect seen; with a word on what was special.
    Done {
        /// For the journal and the operator.
        note: Option<String>,
    },
    /// Not done.
    Failed(Failure),
    /// Stopped by us, on the node.
    Stopped {
        /// What it was at: the reason a wait gives for not having ended.
        note: Option<String>,
        /// Likely cause and fix, where a wait saw them.
        diagnosis: Option<Box<Diagnosis>>,
    },
}

impl Exit {
    /// Stopped, and nothing more to say.
    pub const STOPPED: Self = Self::Stopped { note: None, diagnosis: None };
}

/// Why a step is not done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Failure {
    /// A sentence.
    pub reason: String,
    /// Exit status, where a command ran to its end.
    pub rc: Option<i32>,
    /// Likely cause and fix.
    pub diagnosis: Option<Box<Diagnosis>>,
    /// The node could not be reached or logged in to.
    pub unreachable: bool,
    /// The same again can't help: a wrong key, a missing file.
    pub permanent: bool,
}

/// What a journal says of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Which.
    pub step: StepId,
    /// The last attempt.
    pub attempt: Attempt,
    /// What became of it.
    pub was: Was,
}

/// What became of a step in an earlier console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Was {
    /// Done, and its effect is still there.
    Done,
    /// Left out by the operator.
    Skipped(String),
    /// Running when the console ended: to be followed again.
    Running,
    /// Failed or stopped: a new attempt.
    Ended,
    /// Put back by a reset of its node: a new attempt, of which the former ones say nothing.
    Anew,
}
