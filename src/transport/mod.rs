//! Nodes at a distance: what is asked of them, and how the answer comes back.
//!
//! [`request::Request`] says what a node is to do; [`ssh`] turns it into POSIX shell text and runs it over
//! OpenSSH, the simulator answers it from its own state. Neither knows the engine.

pub mod error;
pub mod request;
pub mod script;
pub mod ssh;

pub use error::TransportError;
pub use request::{Ended, Greeting, Reply, Request, RunKey, Start};
pub use ssh::LinkEvent;
