//! The survey's scripts under every shell that nodes have, on this machine and on a made-up node.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "survey/node.rs"]
mod node;

#[path = "survey/look.rs"]
mod look;
#[path = "survey/probe.rs"]
mod probe;
