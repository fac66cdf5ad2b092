//! Events: the one truth of a run. The console, headless output, journal and replay all read them.

mod envelope;
mod kind;
mod page;

pub use envelope::{Envelope, FormatError};
pub use kind::{CancelStage, EventKind, NodeInfo, Pace, RunOutcome, StepOutcome, Stopping};
pub use page::LessonPage;

/// Version of the journal's format; raised when a reader of the former could misread it, or could not read it at all.
///
/// 2: a step's `budget` is called `budget_ms`.
/// 3: an inventory that was changed during its run (`inventory-changed`), and what a step changed on its node
/// (`step-files`).
pub const FORMAT: u32 = 3;
