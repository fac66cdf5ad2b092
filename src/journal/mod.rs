//! Journals: one folder a run, events as JSON lines, only ever added to.
//!
//! ```text
//! $XDG_STATE_HOME/kubestep/          KUBESTEP_STATE_DIR names another place
//!   runs/<run id>/events.jsonl       0600 in 0700; synced at every change of state
//!   locks/<cluster>.lock             one run at a time per cluster
//! ```
//!
//! A line counts once its end is written. A crash leaves half a line at most, which readers drop and a
//! resumed run cuts off.

pub mod bundle;
mod error;
mod lines;
pub mod lock;
mod place;
mod reader;
mod runs;
mod tail;
pub mod tape;
#[cfg(test)]
mod tests;
mod writer;

pub use error::{Doing, JournalError};
pub use place::StateDir;
pub use reader::{ReadError, Reader, Warning};
pub use runs::{RunEntry, RunVerdict, latest_unfinished, runs};
pub use tail::{Followed, follow};
pub use writer::{Durability, Reopened, Writer};
