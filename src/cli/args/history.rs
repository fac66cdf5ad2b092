//! The commands that look at runs of earlier times.
#![allow(clippy::doc_markdown, reason = "doc comments are printed as help")]

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::ids::NodeName;

use super::values::{seconds, size, speed};
use super::{ConsoleArgs, FaceArgs};

#[derive(Debug, Args)]
pub(in crate::cli) struct RunsArgs {
    #[command(subcommand)]
    pub(in crate::cli) what: Option<RunsCommand>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RunsCommand {
    /// Put a run into one file that can be handed to someone else.
    ///
    /// Tokens, keys and passwords are in no journal. Users, home folders, machine-ids, product UUIDs, MACs, fingerprints of keys and
    /// of the cluster's CA, and certificates are replaced, the same by the same. Names and addresses stay, for they tell what
    /// happened, unless --anonymous is given. Times stay as they were. What commands of your own and programs on the nodes print
    /// is looked through for all of this, but nothing knows your secrets like you: look through it with `kubestep replay FILE`.
    Export(ExportArgs),
    /// Keep a run that someone exported among one's own; it can be looked at, and is never gone on with.
    Import {
        /// The exported run.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// The run's name, as `kubestep runs` lists it, or the beginning of it; `last` for the newest.
    pub(in crate::cli) run: String,
    /// Where to write it [default: RUN.kubestep in the current folder].
    pub(in crate::cli) file: Option<PathBuf>,
    /// Replace the names of nodes, hosts, cluster and racks, and all addresses, too.
    #[arg(long)]
    pub(in crate::cli) anonymous: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReplayArgs {
    /// The run's name, as `kubestep runs` lists it, or the beginning of it; `last` for the newest; or the file of an exported run.
    #[arg(value_name = "RUN|FILE")]
    pub(in crate::cli) run: String,
    /// How fast: 1 is the run's own pace, with which the console begins; without it, text comes at once.
    #[arg(long, value_name = "X", value_parser = speed)]
    pub(in crate::cli) speed: Option<f64>,
    /// Go on with what comes, until the run ends: the run that is going on in another terminal, and a lesson's notes.
    #[arg(long, conflicts_with = "speed")]
    pub(in crate::cli) follow: bool,
    /// In lines of text; chosen by itself where there is no terminal.
    #[arg(id = "auto", long = "text", visible_alias = "auto")]
    pub(in crate::cli) text: bool,
    #[command(flatten)]
    pub(in crate::cli) face: FaceArgs,
    #[command(flatten)]
    pub(in crate::cli) console: ConsoleArgs,
    #[command(flatten)]
    pub(in crate::cli) picture: PictureArgs,
}

/// What a replay is written to, rather than shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Pictures")]
pub(in crate::cli) struct PictureArgs {
    /// Write a recording of the console, for `asciinema play`; the cursor goes where something happens.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["svg", "console", "auto", "output", "junit"])]
    pub(in crate::cli) cast: Option<PathBuf>,
    /// Write a still of the console.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["console", "auto", "output", "junit"])]
    pub(in crate::cli) svg: Option<PathBuf>,
    /// The still's moment: a time of the run (90s, 2m5s), or a phase: when it first starts [default: the end].
    #[arg(long, value_name = "TIME|PHASE", requires = "svg")]
    pub(in crate::cli) at: Option<String>,
    /// Columns and rows of the picture.
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "100x30", value_parser = size)]
    pub(in crate::cli) size: (u16, u16),
    /// In a recording, nothing goes on for longer than this without anything happening: 0 leaves pauses as they were.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0, value_parser = seconds)]
    pub(in crate::cli) idle: f64,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FilesArgs {
    /// The run's name, as `kubestep runs` lists it, or the beginning of it; `last` for the newest.
    pub(in crate::cli) run: String,
    /// On which node.
    pub(in crate::cli) node: Option<NodeName>,
    /// Which file: its path, or the end of it such as `etcd.yaml`.
    pub(in crate::cli) path: Option<String>,
    /// The file as it is, without its secrets.
    #[arg(long, requires = "path")]
    pub(in crate::cli) raw: bool,
    /// The file side by side with that of another node.
    #[arg(long, value_name = "NODE", requires = "path", conflicts_with = "raw")]
    pub(in crate::cli) beside: Option<NodeName>,
    /// All certificates as a tree: who signed whom.
    #[arg(long, conflicts_with_all = ["node", "path"])]
    pub(in crate::cli) pki: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = FilesOutput::Text, help_heading = "Output")]
    pub(in crate::cli) output: FilesOutput,
}

/// How files are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FilesOutput {
    /// For people.
    Text,
    /// One object a file and line: `node`, `file`, `certificates`; of the PKI one object.
    Json,
}
