//! The survey's scripts under every shell that nodes have, on this machine and on a made-up node.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
#![allow(clippy::format_collect, clippy::format_push_string, clippy::assigning_clones)]

#[path = "survey/node.rs"]
mod node;

#[path = "survey/look.rs"]
mod look;
#[path = "survey/probe.rs"]
mod probe;

#[path = "survey/check.rs"]
mod check;
#[path = "survey/rack.rs"]
mod rack;
#[path = "survey/reading.rs"]
mod reading;
#[path = "survey/verify.rs"]
mod verify;
