//! Flags that several commands have.
#![allow(clippy::doc_markdown, reason = "doc comments are printed as help")]

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::ids::NodeName;

use super::values::{duration, phase, skip, step};

/// How a run tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Output {
    /// For people.
    Text,
    /// One object a line: seq, at, elapsed_ms, kind, and for steps node, phase, attempt.
    Json,
    /// Groups, annotations and a summary for GitHub Actions.
    Github,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct FaceArgs {
    /// How to tell of the run on standard output.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(in crate::cli) output: Output,
    /// Also write a JUnit report: a suite a node, a case a phase.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) junit: Option<PathBuf>,
    /// Also show what kubeadm prints.
    #[arg(long, short)]
    pub(in crate::cli) verbose: bool,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Console")]
pub(in crate::cli) struct ConsoleArgs {
    /// Show the console, or end where it can't be shown; it is shown by itself at a terminal, but not where CI is set.
    #[arg(long, conflicts_with_all = ["auto", "output"])]
    pub(in crate::cli) console: bool,
    /// How the console looks; H in the console shows what there is.
    #[arg(long, value_name = "NAME", env = "KUBESTEP_THEME")]
    pub(in crate::cli) theme: Option<String>,
    /// Leave the mouse to the terminal; f2 in the console takes and leaves it.
    #[arg(long)]
    pub(in crate::cli) no_mouse: bool,
    /// Never ring nor notify when the run waits for you; otherwise it does while the console's window has not the focus.
    #[arg(long, env = "KUBESTEP_NO_BELL", value_parser = clap::builder::FalseyValueParser::new())]
    pub(in crate::cli) no_bell: bool,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connections")]
pub(in crate::cli) struct SshArgs {
    /// Accept the host key of a node never met before, and say so.
    #[arg(long)]
    pub(in crate::cli) accept_new_host_keys: bool,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What runs")]
pub(in crate::cli) struct PolicyArgs {
    /// Change only these nodes.
    #[arg(long, value_name = "NODE,…", value_delimiter = ',')]
    pub(in crate::cli) only: Vec<NodeName>,
    /// Take the phases before this one as done.
    #[arg(long, value_name = "PHASE", value_parser = phase)]
    pub(in crate::cli) from: Option<String>,
    /// Leave the phases after this one for later.
    #[arg(long, value_name = "PHASE", value_parser = phase)]
    pub(in crate::cli) until: Option<String>,
    /// Leave a phase out, for a reason, which goes into the journal; may be given again.
    #[arg(long, value_name = "PHASE=REASON", value_parser = skip)]
    pub(in crate::cli) skip: Vec<(String, String)>,
    /// Stop before a phase; may be given again.
    #[arg(long = "break", value_name = "PHASE", value_parser = step)]
    pub(in crate::cli) breaks: Vec<String>,
    /// Run every sub-phase by itself, also where kubeadm can run the group at once.
    #[arg(long)]
    pub(in crate::cli) leaves: bool,
    /// Stop everything after this time: 90s, 15m, 1h.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(in crate::cli) timeout: Option<Duration>,
}
