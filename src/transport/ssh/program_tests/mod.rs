//! The programs alone, on every shell that may be a node's `sh`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod ends;
mod files;
mod node;
mod questions;
mod room;
mod runs;
