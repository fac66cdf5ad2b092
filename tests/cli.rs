//! The program as its users meet it: arguments in; standard output, standard error, exit status and files out.
//! Each test has a state directory and a working directory of its own. No ssh, no network but a refusing port of loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

#[path = "cli/program.rs"]
mod program;

#[path = "cli/colours.rs"]
mod colours;
#[path = "cli/exits.rs"]
mod exits;
#[path = "cli/faces.rs"]
mod faces;
#[path = "cli/former.rs"]
mod former;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/history.rs"]
mod history;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/lesson.rs"]
mod lesson;
#[path = "cli/plan.rs"]
mod plan;
#[path = "cli/readme.rs"]
mod readme;
#[path = "cli/signals.rs"]
mod signals;
#[path = "cli/terminal.rs"]
mod terminal;
