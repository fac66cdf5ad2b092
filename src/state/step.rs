//! What is known of a step and of each try.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::Tail;
use crate::artifact::Files;
use crate::catalog::diagnosis::Diagnosis;
use crate::event::{StepOutcome, Stopping};
use crate::ids::{Attempt, PhaseId, StepId};
use crate::plan::step::{Step, Work};

/// One step of the plan and what became of it so far.
#[derive(Debug, Clone, PartialEq)]
pub struct StepState {
    /// As planned.
    pub plan: Step,
    /// Where it stands.
    pub status: Status,
    /// Every try, oldest first.
    pub attempts: Vec<AttemptState>,
    /// How it was told to stop, while it runs.
    pub stopping: Option<Stopping>,
    /// How it ended last; none while it waits for its first try or runs.
    pub end: Option<End>,
    /// Whether it is in the plan of the present console; an earlier one's steps are kept for what they tell.
    pub planned: bool,
    /// Whether the run stops before it.
    pub breakpoint: bool,
    /// Whether the operator let it pass its breakpoint.
    pub passed: bool,
    /// Whether a reset of its node has put it back, and it was not begun since.
    pub anew: bool,
    /// Steps that did not provide what this one counts on.
    pub lacks: BTreeSet<StepId>,
    /// What a wait saw last.
    pub wait: Option<WaitView>,
    /// Leaves seen to be done inside a group's command, in order.
    pub seen: Vec<Seen>,
    /// Steps that lack what this one would have provided.
    pub(super) lacking: Vec<StepId>,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not started, or asked for again.
    Waiting,
    /// Under way.
    Running {
        /// Which try.
        attempt: Attempt,
        /// Its start, by the run's time.
        since: Duration,
    },
    /// Failed, and tried again by itself later.
    RetryPlanned {
        /// The coming try.
        attempt: Attempt,
        /// When, by the run's time.
        at: Duration,
    },
    /// Done.
    Succeeded,
    /// Not done.
    Failed,
    /// Left out.
    Skipped,
    /// Ended by us, or never to start.
    Cancelled,
}

impl Status {
    /// Whether nothing more happens by itself.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Skipped | Self::Cancelled)
    }

    /// Whether others may build on it: succeeded or skipped.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Succeeded | Self::Skipped)
    }

    pub(super) const fn class(self) -> usize {
        match self {
            Self::Waiting => 0,
            Self::Running { .. } => 1,
            Self::RetryPlanned { .. } => 2,
            Self::Succeeded => 3,
            Self::Failed => 4,
            Self::Skipped => 5,
            Self::Cancelled => 6,
        }
    }
}

/// Whether what a step did is still there for another console: connections and answers are not, nor are the
/// configuration files, which every console removes at its end.
pub const fn outlives_console(work: &Work) -> bool {
    !matches!(work, Work::Connect | Work::Probe | Work::Check | Work::WriteConfig | Work::CleanUp)
}

impl From<StepOutcome> for Status {
    fn from(outcome: StepOutcome) -> Self {
        match outcome {
            StepOutcome::Succeeded => Self::Succeeded,
            StepOutcome::Failed => Self::Failed,
            StepOutcome::Skipped => Self::Skipped,
            StepOutcome::Cancelled => Self::Cancelled,
        }
    }
}

/// One try of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptState {
    /// From 1.
    pub number: Attempt,
    /// By the run's time.
    pub started: Duration,
    /// By the calendar.
    pub started_at: Timestamp,
    /// The command as one would type it, if it is kubeadm's.
    pub command: Option<String>,
    /// Followed again after an earlier console went away.
    pub reattached: bool,
    /// The console went away while it ran, and nobody has followed it since.
    pub interrupted: bool,
    /// How it ended; none while it runs.
    pub end: Option<End>,
    /// The last of what it printed.
    pub output: Tail,
    /// What it wrote and changed on the node; none while that is not known.
    pub files: Option<Arc<Files>>,
}

/// How a step, or one try of it, ended.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// In which way.
    pub outcome: StepOutcome,
    /// When, by the run's time.
    pub at: Duration,
    /// From its start.
    pub duration: Duration,
    /// The exit status, where a command ran to its end.
    pub rc: Option<i32>,
    /// Why; or, on success, what was special.
    pub reason: Option<String>,
    /// Likely cause and fix of a failure.
    pub diagnosis: Option<Diagnosis>,
}

/// What a waiting step sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitView {
    /// When it was seen, by the run's time.
    pub at: Duration,
    /// One sentence.
    pub waiting_for: String,
    /// Name and value.
    pub facts: Vec<(String, String)>,
}

/// A leaf seen to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub phase: PhaseId,
    /// When, by the run's time.
    pub at: Duration,
}

impl StepState {
    pub(super) const fn new(plan: Step) -> Self {
        Self {
            plan,
            status: Status::Waiting,
            attempts: Vec::new(),
            stopping: None,
            end: None,
            planned: true,
            breakpoint: false,
            passed: false,
            anew: false,
            lacks: BTreeSet::new(),
            wait: None,
            seen: Vec::new(),
            lacking: Vec::new(),
        }
    }

    /// Whether a run that goes on later need not run the step again: it succeeded or was skipped, and what it did
    /// outlives the console that did it.
    pub const fn is_finished(&self) -> bool {
        self.status.is_settled() && outlives_console(&self.plan.work)
    }

    /// Whether it was begun and changes something that stays.
    pub const fn left_traces(&self) -> bool {
        let work = &self.plan.work;
        !self.attempts.is_empty()
            && outlives_console(work)
            && !matches!(work, Work::Wait { .. } | Work::Verify | Work::FetchKubeconfig)
    }

    /// Whether it was tried, and no reset has undone that.
    pub const fn is_begun(&self) -> bool {
        !self.attempts.is_empty() && !self.anew
    }

    /// Which step this is.
    pub const fn id(&self) -> &StepId {
        &self.plan.id
    }

    /// Steps that lack what this one would have provided, as its last end said.
    pub fn lacking(&self) -> &[StepId] {
        &self.lacking
    }

    /// The last try, if there was one.
    pub fn last_attempt(&self) -> Option<&AttemptState> {
        self.attempts.last()
    }

    /// Time spent on it: of the running try up to `now`, or of the last one that ended.
    pub fn time_spent(&self, now: Duration) -> Option<Duration> {
        match self.status {
            Status::Running { since, .. } => Some(now.saturating_sub(since)),
            _ => self.end.as_ref().filter(|_| !self.attempts.is_empty()).map(|end| end.duration),
        }
    }

    pub(super) fn attempt_mut(&mut self, number: Attempt) -> Option<&mut AttemptState> {
        self.attempts.iter_mut().rev().find(|attempt| attempt.number == number)
    }
}
