//! The state of a run, folded from its events: what every front end, resume and replay read.
//!
//! [`RunState::apply`] is total: odd sequences, steps nobody planned and events out of turn leave a
//! usable state behind, because journals outlive the code that wrote them.

mod apply;
mod command;
mod fate;
mod index;
mod may;
mod node;
mod progress;
mod prospect;
mod refusal;
mod replan;
mod reset;
mod revision;
mod run;
mod shelf;
mod spent;
mod step;
mod tail;
#[cfg(test)]
mod tests;
mod why;
mod written;

pub use command::Command;
pub use node::{Link, NodeState};
pub use progress::Progress;
pub use prospect::{Outlook, Prospect};
pub use refusal::Refusal;
pub(crate) use reset::obstacle_to_reset;
pub use revision::{Change, Fate, Revision};
pub use run::{Cancel, Conduct, Gate, Message, RunEnd, RunInfo, RunState};
pub use shelf::{Known, Shelf};
pub use spent::Spent;
pub use step::{AttemptState, End, Seen, Status, StepState, WaitView, outlives_console};
pub use tail::Tail;
pub use why::Why;
pub use written::Written;
