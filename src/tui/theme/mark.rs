//! How states look: a glyph, a word and a role each, so that none of them carries the meaning alone.

use super::{Glyphs, Role};
use crate::state::{Outlook, Prospect, Status, StepState};

/// What is said of a node, a step or a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Not its turn yet.
    Waiting,
    /// It could start; the run is paused or it has a breakpoint.
    Held,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Not done.
    Failed,
    /// Left out.
    Skipped,
    /// Ended by us.
    Stopped,
    /// Failed, and tried again by itself.
    Retry,
    /// It can't run, because of another.
    Barred,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Held,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Skipped,
        Self::Stopped,
        Self::Retry,
        Self::Barred,
    ];

    /// How a step stands; without an outlook, nothing holds back those that wait.
    pub fn of_step(step: &StepState, outlook: Option<&Outlook<'_>>) -> Self {
        match outlook.filter(|_| step.status == Status::Waiting).map(|outlook| outlook.of(step)) {
            Some(Prospect::Held) => Self::Held,
            Some(Prospect::Barred) => Self::Barred,
            _ => Self::of(step.status),
        }
    }

    /// Of a step's status.
    const fn of(status: Status) -> Self {
        match status {
            Status::Waiting => Self::Waiting,
            Status::Running { .. } => Self::Running,
            Status::RetryPlanned { .. } => Self::Retry,
            Status::Succeeded => Self::Done,
            Status::Failed => Self::Failed,
            Status::Skipped => Self::Skipped,
            Status::Cancelled => Self::Stopped,
        }
    }

    /// At most eight letters.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Held => "held",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Stopped => "stopped",
            Self::Retry => "retry",
            Self::Barred => "barred",
        }
    }

    /// One column wide in both sets.
    pub const fn glyph(self, glyphs: Glyphs) -> &'static str {
        let (unicode, ascii) = match self {
            Self::Waiting => ("○", "."),
            Self::Held => ("◔", "o"),
            Self::Running => ("●", ">"),
            Self::Done => ("✔", "+"),
            Self::Failed => ("✖", "x"),
            Self::Skipped => ("⊘", "-"),
            Self::Stopped => ("‖", "="),
            Self::Retry => ("↻", "~"),
            Self::Barred => ("◌", "#"),
        };
        glyphs.pick(unicode, ascii)
    }

    /// Its colour.
    pub const fn role(self) -> Role {
        match self {
            Self::Waiting => Role::Waiting,
            Self::Held => Role::Operator,
            Self::Running => Role::Running,
            Self::Done => Role::Done,
            Self::Failed => Role::Failed,
            Self::Skipped => Role::Skipped,
            Self::Stopped | Self::Barred => Role::Stopped,
            Self::Retry => Role::Retry,
        }
    }
}
