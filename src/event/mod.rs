//! Events: the one truth of a run. The console, headless output, journal and replay all read them.

mod envelope;
mod kind;

pub use envelope::{Envelope, FormatError};
pub use kind::{CancelStage, EventKind, NodeInfo, Pace, RunOutcome, StepOutcome};

/// Version of the journal's format; raised when a reader of the former could misread it.
pub const FORMAT: u32 = 1;
