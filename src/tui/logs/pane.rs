//! One window on output.

use crate::ids::{Attempt, StepId};

/// What a pane shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// The step selected in the rack.
    #[default]
    Selected,
    /// One step, whatever is selected.
    Pinned(StepId),
    /// Whatever started last and runs.
    Running,
}

/// A pane and how it looks at its source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pane {
    /// What it shows.
    pub source: Source,
    /// An earlier attempt; none for the last.
    pub attempt: Option<Attempt>,
    /// The number of the line at its bottom; none while it follows the end.
    pub bottom: Option<u64>,
}
