//! What nodes say of themselves, and what is wrong with them or with the rack.
//!
//! Three scripts ask a node, each answered by `key=value` lines that a parser reads: [`probe`] before anything is
//! changed, [`look`] while a step waits, [`verify`] at the end. [`check`] holds the probe's answers against what
//! kubeadm needs and against each other. All of it is text in, text out; a transport runs the scripts as root.

pub mod awaited;
pub mod check;
pub mod facts;
pub mod finding;
pub mod look;
pub mod probe;
pub mod quote;
pub mod verify;

mod fields;
