//! What can happen in a run.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::page::LessonPage;
use crate::artifact::Files;
use crate::catalog::diagnosis::Diagnosis;
use crate::diag::Severity;
use crate::ids::{Attempt, NodeName, PhaseId, RunId, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Step, millis};
use crate::survey::facts::Facts;
use crate::survey::finding::Finding;

/// One fact of a run. Owned and complete in itself; steps are named by `node` and `phase`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EventKind {
    /// The first event.
    RunStarted {
        /// The journal format, see [`super::FORMAT`].
        format: u32,
        /// This run.
        run: RunId,
        /// `metadata.name` of the inventory.
        cluster: String,
        /// What the run does: `run`, `reset`, `check`, `demo`.
        command: String,
        /// The inventory's path as given.
        inventory: String,
        /// The run that this one goes on from.
        resumes: Option<RunId>,
        /// The machines, in the order of the inventory.
        nodes: Vec<NodeInfo>,
    },
    /// Steps were added to the plan.
    PlanExtended {
        /// In plan order.
        steps: Vec<Step>,
        /// Whether this is all.
        complete: bool,
    },
    /// The plan was made anew: it has these steps and no others; what became of the known ones stands.
    PlanReplaced {
        /// In plan order.
        steps: Vec<Step>,
        /// Whether this is all.
        complete: bool,
    },
    /// The checks are over, and the run waits for the operator before it changes anything.
    GateReached {
        /// Why it can't go on as things stand; none: it can.
        obstacle: Option<String>,
    },
    /// A node is asked anew, the checks are made again on every node, and the plan after that.
    Rechecked {
        /// Which.
        node: NodeName,
    },
    /// A node is taken out of the cluster and begun anew.
    NodeReset {
        /// Which.
        node: NodeName,
    },
    /// The operator changed the inventory, and what has not run goes by it from now on. The plan that follows from it
    InventoryChanged {
        /// The machines as they are now, in the order of the inventory; any other is out of the run.
        nodes: Vec<NodeInfo>,
        /// Nodes worked on at once.
        nodes_at_once: usize,
        /// Join steps at once.
        joins_at_once: usize,
        /// What was changed, a sentence each.
        changes: Vec<String>,
        /// Looks and checks that are made again.
        again: Vec<StepId>,
    },
    /// The probe's answers.
    NodeFacts {
        /// Of which node.
        node: NodeName,
        /// What it said.
        facts: Box<Facts>,
    },
    /// Something that a check found.
    NodeFinding {
        /// On which node.
        node: NodeName,
        /// What.
        finding: Finding,
    },
    /// A step starts.
    StepStarted {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
        /// From 1.
        attempt: Attempt,
        /// The command as one would type it, if it is kubeadm's.
        command: Option<String>,
        /// Started by an earlier console, and followed again.
        reattached: bool,
    },
    /// Lines that a step printed, redacted and without control characters, in kubeadm's order.
    StepOutput {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
        /// Which try.
        attempt: Attempt,
        /// Without line ends.
        lines: Vec<String>,
    },
    /// A leaf was seen to be done inside a group's command.
    PhaseSeen {
        /// Where.
        node: NodeName,
        /// The leaf.
        phase: PhaseId,
        /// The step that runs it.
        within: PhaseId,
    },
    /// What a waiting step sees, whenever it changes.
    WaitFacts {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
        /// One sentence: what is waited for and why it is not there yet.
        waiting_for: String,
        /// Name and value.
        facts: Vec<(String, String)>,
    },
    /// A running step was told to stop.
    StepStopping {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
        /// Which try.
        attempt: Attempt,
        /// How.
        how: Stopping,
    },
    /// A step is over.
    StepFinished {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
        /// Which try; 0 when it never started.
        attempt: Attempt,
        /// How.
        outcome: StepOutcome,
        /// From its start, in milliseconds.
        #[serde(rename = "duration_ms", with = "millis")]
        duration: Duration,
        /// The exit status, where a command ran to its end.
        rc: Option<i32>,
        /// Why it failed, was skipped or cancelled; or, on success, what was special.
        reason: Option<String>,
        /// Likely cause and fix of a failure.
        diagnosis: Option<Diagnosis>,
        /// Steps that now lack what this one would have provided.
        lacking: Vec<StepId>,
    },
    /// What a step's command wrote and changed on its node, told some time after its end.
    StepFiles {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
        /// Which try.
        attempt: Attempt,
        /// The files, with their texts but without secrets.
        #[serde(flatten)]
        found: Arc<Files>,
    },
    /// A failed step will be tried again by itself.
    RetryPlanned {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
        /// The coming try.
        attempt: Attempt,
        /// From now, in milliseconds.
        #[serde(rename = "after_ms", with = "millis")]
        after: Duration,
    },
    /// The pause before a planned try is over, but something else still keeps the step.
    RetryDue {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
    },
    /// The operator asked for another try.
    RetryRequested {
        /// Where.
        node: NodeName,
        /// What.
        phase: PhaseId,
    },
    /// A breakpoint was set or taken away.
    Breakpoint {
        /// Where.
        node: NodeName,
        /// Before which step.
        phase: PhaseId,
        /// Set, or taken away.
        set: bool,
    },
    /// The operator let a step pass its breakpoint.
    BreakpointPassed {
        /// Where.
        node: NodeName,
        /// Which step.
        phase: PhaseId,
    },
    /// How the run is conducted; comes before its plan.
    Conduct {
        /// An operator is there: failures wait for a decision.
        interactive: bool,
        /// How steps start at the beginning.
        pace: Pace,
        /// Nodes worked on at once.
        nodes_at_once: usize,
        /// Join steps at once.
        joins_at_once: usize,
    },
    /// How the engine starts steps from now on.
    PaceChanged {
        /// The pace.
        pace: Pace,
    },
    /// While the run is paused, what this step needs starts all the same, and the step itself.
    RunTo {
        /// Which step; none: the run got there or can't, and stands still again.
        target: Option<StepId>,
    },
    /// The run is being ended early.
    Cancelling {
        /// How hard.
        stage: CancelStage,
        /// Why.
        reason: String,
    },
    /// The connection to a node is lost; what runs there goes on.
    LinkLost {
        /// Which node.
        node: NodeName,
        /// What the transport said.
        reason: String,
    },
    /// The connection is back.
    LinkRestored {
        /// Which node.
        node: NodeName,
        /// How long it was away, in milliseconds.
        #[serde(rename = "away_ms", with = "millis")]
        away: Duration,
    },
    /// A page of a lesson was turned to.
    LessonPage(LessonPage),
    /// A word to the operator.
    Notice {
        /// How much it weighs.
        severity: Severity,
        /// A sentence.
        text: String,
    },
    /// The last event.
    RunFinished {
        /// How it ended.
        outcome: RunOutcome,
        /// The process's exit status.
        exit_code: u8,
        /// From the run's start, in milliseconds.
        #[serde(rename = "duration_ms", with = "millis")]
        duration: Duration,
        /// Why it did not end well, one sentence.
        reason: Option<String>,
    },
}

impl EventKind {
    /// Every `kind` of this format, as written in a journal.
    pub const NAMES: [&str; 30] = [
        "run-started",
        "plan-extended",
        "plan-replaced",
        "gate-reached",
        "rechecked",
        "node-reset",
        "inventory-changed",
        "node-facts",
        "node-finding",
        "step-started",
        "step-output",
        "phase-seen",
        "wait-facts",
        "step-stopping",
        "step-finished",
        "step-files",
        "retry-planned",
        "retry-due",
        "retry-requested",
        "breakpoint",
        "breakpoint-passed",
        "conduct",
        "pace-changed",
        "run-to",
        "cancelling",
        "link-lost",
        "link-restored",
        "lesson-page",
        "notice",
        "run-finished",
    ];
}

/// A machine of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeInfo {
    /// Its name.
    pub name: NodeName,
    /// What it becomes.
    pub role: Role,
    /// Where we log in.
    pub address: String,
    /// Where it stands.
    pub rack: Option<String>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// Done, and its effect was seen.
    Succeeded,
    /// Not done.
    Failed,
    /// Left out, with a reason.
    Skipped,
    /// Ended by us, or never started because the run ended.
    Cancelled,
}

/// How a running step is stopped on its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stopping {
    /// It is asked to end, and killed if it has not done so after a while.
    Gently,
    /// It is killed.
    AtOnce,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// All done.
    Succeeded,
    /// Done, but for workers inside the budget.
    SucceededPartly,
    /// A step failed.
    Failed,
    /// A node could not be reached or logged in to.
    Unreachable,
    /// The operator ended it.
    Cancelled,
}

/// How the engine starts steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// Whatever can start starts.
    Continuous,
    /// Nothing starts unless the operator steps.
    Paused,
}

/// How hard a run is being ended; later ones override earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CancelStage {
    /// Running phases end by themselves, nothing new starts.
    Drain,
    /// Running phases are stopped on their nodes.
    Stop,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_kind_is_named() {
        let unknown = serde_json::from_str::<EventKind>(r#"{"kind":"?"}"#).unwrap_err().to_string();
        let expected: Vec<_> = unknown.split('`').skip(3).step_by(2).collect();
        assert_eq!(expected, EventKind::NAMES, "{unknown}");
    }
}
