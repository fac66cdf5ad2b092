//! The decision maker: what starts, what is tried again, when the run is over.
//!
//! [`Engine::handle`] takes one input at a time and answers with effects. It does no I/O, reads no clock and
//! rolls no dice, so a run can be replayed in a test to the last event.

mod cancel;
mod command;
mod dispatch;
mod effect;
mod explain;
mod fate;
mod finish;
mod input;
mod machine;
mod plan;
mod policy;
mod reset;
mod retry;
mod revise;
mod slot;
mod target;

#[cfg(test)]
mod scenarios;

pub use crate::state::Command;
pub use effect::{Effect, Timer};
pub use input::{Exit, Failure, Input, Restored, Revised, Was};
pub use machine::Engine;
pub use policy::Policy;
pub use slot::Status;
