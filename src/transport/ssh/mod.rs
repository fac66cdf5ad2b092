//! Nodes over OpenSSH: one master connection per node, bounded sessions, and remote runs that outlive both the
//! link and the console.
//!
//! A remote run works like this. [`Fleet::run`] sends a program to `sh` on the node. The program starts the phase in a
//! session of its own, with its output and exit status in files under `/run/kubestep`, and then only follows these
//! files. When the link is lost, the follower dies and the phase does not; the next connection goes on at the byte
//! where the last one stopped. A key is started once, whatever happens; see `remote_run.sh`.
//!
//! What it can't do: where logind kills a user's processes at logout (`KillUserProcesses=yes`, not the default, and
//! never for root's own logins), a run begun through sudo ends with the last connection, and is told as lost. A full
//! `/run` in the middle of a run loses output, not the status.

mod classify;
mod config;
mod exchange;
mod fleet;
mod folder;
mod follow;
mod greet;
mod interactive;
mod link;
mod marks;
mod master;
mod options;
mod program;
#[cfg(test)]
mod program_tests;
mod root;
mod sessions;
mod short;

pub use fleet::Fleet;
pub use interactive::interactive;
pub use options::{LinkEvent, SshOptions, Target, UnfitTarget};
