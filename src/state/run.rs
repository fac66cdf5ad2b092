//! The state of a whole run, and what can be asked of it.

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use jiff::Timestamp;

use super::index::Index;
use super::{NodeState, Progress, Status, StepState};
use crate::diag::Severity;
use crate::event::{CancelStage, LessonPage, Pace, RunOutcome};
use crate::ids::{NodeName, RunId, StepId};

/// The fold of a run's events.
#[derive(Debug, Clone, PartialEq)]
pub struct RunState {
    /// What the run is; none before its first event.
    pub info: Option<RunInfo>,
    /// Number of the last event.
    pub seq: u64,
    /// The run's time at the last event.
    pub elapsed: Duration,
    /// The calendar's at the last event.
    pub at: Option<Timestamp>,
    /// How steps are started.
    pub pace: Pace,
    /// That the checks are over and the run waits for the operator, while it does so.
    pub gate: Option<Gate>,
    /// Whether the present console has begun with anything but looking.
    pub changed: bool,
    /// The step that a paused run goes to.
    pub target: Option<StepId>,
    /// How the run is conducted.
    pub conduct: Conduct,
    /// Whether and how the run is being ended early.
    pub cancel: Option<Cancel>,
    /// The latest words to the operator, oldest first.
    pub messages: Vec<Message>,
    /// The page of a lesson that was turned to last.
    pub page: Option<LessonPage>,
    /// How it ended; none while it runs, or when its console went away.
    pub end: Option<RunEnd>,
    /// Events that named steps or tries nobody knows.
    pub strays: u64,
    // Shared with other states of the same run: whoever keeps several, for going back in time, pays for what differs.
    pub(super) nodes: IndexMap<NodeName, Arc<NodeState>>,
    pub(super) steps: IndexMap<StepId, Arc<StepState>>,
    pub(super) index: Index,
    pub(super) plan_complete: bool,
}

/// What a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInfo {
    /// Its name.
    pub id: RunId,
    /// `metadata.name` of the inventory.
    pub cluster: String,
    /// `run`, `reset`, `check`, `demo`.
    pub command: String,
    /// The inventory's path as given.
    pub inventory: String,
    /// The run that it goes on from.
    pub resumes: Option<RunId>,
    /// When its first console started.
    pub started_at: Timestamp,
    /// How many consoles have driven it: 1, and one more for each time it was resumed.
    pub sessions: u32,
}

/// The wait between the checks and the first change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Why the run can't go on as things stand; none: it can.
    pub obstacle: Option<String>,
}

/// How a run is conducted. Journals of earlier versions don't say: then nothing is known to limit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conduct {
    /// An operator is there: failures wait for a decision.
    pub interactive: bool,
    /// Nodes worked on at once.
    pub nodes_at_once: usize,
    /// Join steps at once.
    pub joins_at_once: usize,
}

impl Default for Conduct {
    fn default() -> Self {
        Self { interactive: false, nodes_at_once: usize::MAX, joins_at_once: usize::MAX }
    }
}

/// A run being ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// How hard.
    pub stage: CancelStage,
    /// Why.
    pub reason: String,
}

/// A word to the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// When, by the run's time.
    pub at: Duration,
    /// How much it weighs.
    pub severity: Severity,
    /// A sentence.
    pub text: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// In which way.
    pub outcome: RunOutcome,
    /// The process's exit status.
    pub exit_code: u8,
    /// From the run's start.
    pub duration: Duration,
    /// Why it did not end well.
    pub reason: Option<String>,
}

impl Default for RunState {
    fn default() -> Self {
        Self {
            info: None,
            seq: 0,
            elapsed: Duration::ZERO,
            at: None,
            pace: Pace::Continuous,
            gate: None,
            changed: false,
            target: None,
            conduct: Conduct::default(),
            cancel: None,
            messages: Vec::new(),
            page: None,
            end: None,
            strays: 0,
            nodes: IndexMap::new(),
            steps: IndexMap::new(),
            index: Index::default(),
            plan_complete: false,
        }
    }
}

impl RunState {
    /// Messages kept at most; older ones are in the journal.
    pub const MESSAGES: usize = 200;

    /// The step of that name.
    pub fn step(&self, id: &StepId) -> Option<&StepState> {
        self.steps.get(id).map(Arc::as_ref)
    }

    /// All steps, in plan order.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &StepState> + ExactSizeIterator {
        self.steps.values().map(Arc::as_ref)
    }

    /// The steps of one node, in plan order.
    pub fn steps_of<'a>(&'a self, node: &NodeName) -> impl DoubleEndedIterator<Item = &'a StepState> {
        let places = self.nodes.get(node).map_or(&[][..], |node| &node.steps);
        places.iter().filter_map(|&place| self.at_place(place))
    }

    /// The node of that name.
    pub fn node(&self, name: &NodeName) -> Option<&NodeState> {
        self.nodes.get(name).map(Arc::as_ref)
    }

    /// All nodes, in the order of the inventory.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = &NodeState> + ExactSizeIterator {
        self.nodes.values().map(Arc::as_ref)
    }

    /// Steps under way, in plan order.
    pub fn running(&self) -> impl Iterator<Item = &StepState> {
        self.of(Status::Running { attempt: crate::ids::Attempt::FIRST, since: Duration::ZERO })
    }

    /// Steps that failed and are not tried again by themselves, in plan order.
    pub fn failed(&self) -> impl Iterator<Item = &StepState> {
        self.of(Status::Failed)
    }

    /// Steps that a run which goes on later need not run again, in plan order; see [`StepState::is_finished`].
    pub fn finished_ids(&self) -> impl Iterator<Item = &StepId> {
        self.steps().filter(|step| step.is_finished()).map(StepState::id)
    }

    /// Steps by status.
    pub fn progress(&self) -> Progress {
        Progress::count(&self.index, self.plan_complete)
    }

    pub(super) fn of(&self, status: Status) -> impl Iterator<Item = &StepState> {
        self.index.of(status.class()).filter_map(|place| self.at_place(place))
    }

    fn at_place(&self, place: usize) -> Option<&StepState> {
        self.steps.get_index(place).map(|(_, step)| step.as_ref())
    }
}
