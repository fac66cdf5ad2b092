//! The command line's grammar.
#![allow(clippy::doc_markdown, reason = "doc comments are printed as help")]

mod flags;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::ids::NodeName;
use crate::version::Version;

use super::exit::TABLE;

pub(super) use flags::{ConsoleArgs, FaceArgs, Output, PolicyArgs, SshArgs};
pub(super) use values::RELEASES;
pub(super) use values::duration;
use values::{release, seconds, size, speed};

/// Bring a Kubernetes cluster up phase by phase.
///
/// Drives kubeadm over ssh, on all nodes side by side: each phase can be stopped at, skipped, tried again and gone on from.
#[derive(Debug, Parser)]
#[command(name = "kubestep", version, after_help = TABLE, max_term_width = 100)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, help_heading = "Output")]
    pub color: Colour,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring up a simulated rack; needs nothing.
    Demo(DemoArgs),
    /// Take a lesson at the console, on a simulated rack.
    ///
    /// Pages to read beside a run that goes one phase at a time, with things to do, to look at and to answer. Without LESSON, lists
    /// what there is. Progress is kept; the next time goes on where the last one ended.
    Lesson(LessonArgs),
    /// Bring up the cluster of an inventory.
    Run(RunArgs),
    /// Look at every node and hold them against each other; changes nothing.
    Check(CheckArgs),
    /// Show what `run` would do; changes nothing.
    ///
    /// Every step in the order in which it could run, what it waits for, its command, and kubeadm's configuration with its
    /// secrets masked. The nodes are asked first, as `run` does it: what is done already is not in the plan.
    Plan(PlanArgs),
    /// Take nodes out of the cluster and make them bare again.
    ///
    /// `kubeadm reset` on each, and what it leaves behind: the etcd member and the node object, removed from a healthy control
    /// plane first, and network configuration. Asks before, unless --yes is given.
    Reset(ResetArgs),
    /// List earlier runs, or hand one to someone else.
    Runs(RunsArgs),
    /// Watch an earlier run again.
    ///
    /// At a terminal in the console: back and forth in time, by seconds or from event to event, with everything that only looks.
    /// Nothing reaches a cluster. With --cast or --svg it is drawn into a file.
    Replay(ReplayArgs),
    /// Look at what a run left on its nodes: certificates, kubeconfigs, manifests, decoded.
    ///
    /// From the run's journal, without asking anybody. Without NODE, every file that is known; with NODE and PATH, what is in it.
    /// Keys and secrets are in no journal.
    Files(FilesArgs),
    /// Explain the phases of kubeadm, and the ideas behind them.
    ///
    /// What a phase does and why, the command that runs it, what it reads and writes, how it fails, what changed between releases,
    /// and what to do before it is run again. Without NAME, the ideas, and all phases of init, join and reset in their order.
    Explain(ExplainArgs),
    /// Make an inventory of an Ansible inventory.
    ///
    /// Prints it, and on standard error what was not carried over, with file and line. Reads INI and YAML, and group_vars and
    /// host_vars beside them. Groups such as kube_control_plane and kube_node, or the variable kubernetes_role, say what hosts
    /// become; the first control plane of its group is where kubeadm begins. Passwords are never carried over.
    Import(ImportArgs),
    /// Print completions for a shell, a man page, a JSON Schema, the console's keys, a lesson to begin with, or pages of explanations.
    Generate {
        /// What to make.
        #[command(subcommand)]
        what: Generate,
    },
    /// A simulated kubeadm over a folder, for tests that need no Kubernetes.
    #[command(hide = true)]
    Simulate(SimulateArgs),
}

#[derive(Debug, Args)]
#[command(after_help = TABLE)]
pub(super) struct RunArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// Without the console, to the end; chosen by itself where there is no terminal.
    #[arg(long)]
    pub(super) auto: bool,
    /// Go on with the last run of this cluster.
    #[arg(long, conflicts_with = "fresh")]
    pub(super) resume: bool,
    /// Begin a new run although the last one of this cluster did not end well.
    #[arg(long)]
    pub(super) fresh: bool,
    /// Answer yes to questions: go on with a last run that did not end well.
    #[arg(long, short, conflicts_with = "fresh")]
    pub(super) yes: bool,
    /// Where the admin kubeconfig goes [default: CLUSTER.kubeconfig in the current folder].
    #[arg(long, value_name = "FILE", conflicts_with = "no_kubeconfig")]
    pub(super) kubeconfig: Option<PathBuf>,
    /// Do not fetch the admin kubeconfig.
    #[arg(long)]
    pub(super) no_kubeconfig: bool,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
    #[command(flatten)]
    pub(super) console: ConsoleArgs,
}

#[derive(Debug, Args)]
#[command(after_help = TABLE)]
pub(super) struct DemoArgs {
    /// What happens on the rack: a name from --list-scenarios, a YAML file, or `random`, which tells at the end.
    #[arg(long, value_name = "NAME|FILE", default_value = "goldentooth")]
    pub(super) scenario: String,
    /// List the scenarios, a line each.
    #[arg(long)]
    pub(super) list_scenarios: bool,
    /// Tell what happened on the rack of that scenario and how to mend it; run nothing.
    #[arg(long, conflicts_with = "auto")]
    pub(super) hint: bool,
    /// How fast time passes: 1 is life's own pace; without it, as fast as this machine goes.
    #[arg(long, value_name = "X", value_parser = speed)]
    pub(super) speed: Option<f64>,
    /// Without the console, to the end; chosen by itself where there is no terminal.
    #[arg(long)]
    pub(super) auto: bool,
    /// Another rack than the goldentooth one.
    #[arg(long, value_name = "FILE")]
    pub(super) inventory: Option<PathBuf>,
    /// So many control planes instead of the goldentooth rack's three.
    #[arg(long, value_name = "NUMBER", conflicts_with = "inventory", value_parser = clap::value_parser!(u16).range(1..=15))]
    pub(super) control_planes: Option<u16>,
    /// So many workers instead of the goldentooth rack's six.
    #[arg(long, value_name = "NUMBER", conflicts_with = "inventory", value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub(super) workers: Option<u16>,
    /// The simulated kubeadm's version: 1.20 to 1.36, or one with its patch [default: the inventory's].
    #[arg(long, value_name = "VERSION", value_parser = release)]
    pub(super) kubernetes: Option<Version>,
    /// The same number gives the same run [default: 1, and any for a random scenario].
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
    #[command(flatten)]
    pub(super) console: ConsoleArgs,
}

#[derive(Debug, Args)]
pub(super) struct LessonArgs {
    /// A name from the list, or a YAML file.
    pub(super) lesson: Option<String>,
    /// Play it from start to end with the right answers, without the console and in virtual time.
    #[arg(long, requires = "lesson")]
    pub(super) auto: bool,
    /// Say what is wrong with the lesson, and nothing else.
    #[arg(long, requires = "lesson", conflicts_with = "auto")]
    pub(super) check: bool,
    /// For a class: more room, the keys that are pressed on the screen, notes with `kubestep replay last --follow` elsewhere.
    #[arg(long, conflicts_with_all = ["auto", "check"])]
    pub(super) present: bool,
    /// Begin at the first page, whatever was kept.
    #[arg(long, conflicts_with_all = ["auto", "check"])]
    pub(super) fresh: bool,
    /// Begin at this page: the ones before it are done for you.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["auto", "check", "fresh"])]
    pub(super) page: Option<usize>,
    /// How fast time passes at the console: 1 is life's own pace.
    #[arg(long, value_name = "X", value_parser = speed, default_value_t = 3.0)]
    pub(super) speed: f64,
    #[command(flatten)]
    pub(super) face: FaceArgs,
    #[command(flatten)]
    pub(super) console: ConsoleArgs,
}

#[derive(Debug, Args)]
#[command(after_help = TABLE)]
pub(super) struct CheckArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = CheckOutput::Text, help_heading = "Output")]
    pub(super) output: CheckOutput,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
}

/// How a check is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckOutput {
    /// For people: nodes by checks, and what was found.
    Text,
    /// One object a line, as `run` prints them.
    Json,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanOutput {
    /// For people.
    Text,
    /// One object: `steps` and `configs`.
    Json,
    /// A flowchart in Mermaid's language.
    Mermaid,
}

#[derive(Debug, Args)]
#[command(after_help = TABLE)]
pub(super) struct PlanArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// Ask no node: take all of them as bare, with the inventory's version of kubeadm.
    #[arg(long)]
    pub(super) offline: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = PlanOutput::Text, help_heading = "Output")]
    pub(super) output: PlanOutput,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
}

#[derive(Debug, Args)]
#[command(after_help = TABLE)]
pub(super) struct ResetArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// Nodes to reset; none: all of them, and with them the cluster.
    #[arg(value_name = "NODE")]
    pub(super) nodes: Vec<NodeName>,
    /// Answer yes to questions: do not ask whether this is meant.
    #[arg(long, short)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    #[command(subcommand)]
    pub(super) what: Option<RunsCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum RunsCommand {
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
pub(super) struct ExportArgs {
    /// The run's name, as `kubestep runs` lists it, or the beginning of it; `last` for the newest.
    pub(super) run: String,
    /// Where to write it [default: RUN.kubestep in the current folder].
    pub(super) file: Option<PathBuf>,
    /// Replace the names of nodes, hosts, cluster and racks, and all addresses, too.
    #[arg(long)]
    pub(super) anonymous: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The run's name, as `kubestep runs` lists it, or the beginning of it; `last` for the newest; or the file of an exported run.
    #[arg(value_name = "RUN|FILE")]
    pub(super) run: String,
    /// How fast: 1 is the run's own pace, with which the console begins; without it, text comes at once.
    #[arg(long, value_name = "X", value_parser = speed)]
    pub(super) speed: Option<f64>,
    /// Go on with what comes, until the run ends: the run that is going on in another terminal, and a lesson's notes.
    #[arg(long, conflicts_with = "speed")]
    pub(super) follow: bool,
    /// In lines of text; chosen by itself where there is no terminal.
    #[arg(id = "auto", long = "text", visible_alias = "auto")]
    pub(super) text: bool,
    #[command(flatten)]
    pub(super) face: FaceArgs,
    #[command(flatten)]
    pub(super) console: ConsoleArgs,
    #[command(flatten)]
    pub(super) picture: PictureArgs,
}

/// What a replay is written to, rather than shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Pictures")]
pub(super) struct PictureArgs {
    /// Write a recording of the console, for `asciinema play`; the cursor goes where something happens.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["svg", "console", "auto", "output", "junit"])]
    pub(super) cast: Option<PathBuf>,
    /// Write a still of the console.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["console", "auto", "output", "junit"])]
    pub(super) svg: Option<PathBuf>,
    /// The still's moment: a time of the run (90s, 2m5s), or a phase: when it first starts [default: the end].
    #[arg(long, value_name = "TIME|PHASE", requires = "svg")]
    pub(super) at: Option<String>,
    /// Columns and rows of the picture.
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "100x30", value_parser = size)]
    pub(super) size: (u16, u16),
    /// In a recording, nothing goes on for longer than this without anything happening: 0 leaves pauses as they were.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0, value_parser = seconds)]
    pub(super) idle: f64,
}

#[derive(Debug, Args)]
pub(super) struct FilesArgs {
    /// The run's name, as `kubestep runs` lists it, or the beginning of it; `last` for the newest.
    pub(super) run: String,
    /// On which node.
    pub(super) node: Option<NodeName>,
    /// Which file: its path, or the end of it such as `etcd.yaml`.
    pub(super) path: Option<String>,
    /// The file as it is, without its secrets.
    #[arg(long, requires = "path")]
    pub(super) raw: bool,
    /// The file side by side with that of another node.
    #[arg(long, value_name = "NODE", requires = "path", conflicts_with = "raw")]
    pub(super) beside: Option<NodeName>,
    /// All certificates as a tree: who signed whom.
    #[arg(long, conflicts_with_all = ["node", "path"])]
    pub(super) pki: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = FilesOutput::Text, help_heading = "Output")]
    pub(super) output: FilesOutput,
}

/// How files are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FilesOutput {
    /// For people.
    Text,
    /// One object a file and line: `node`, `file`, `certificates`; of the PKI one object.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A phase as kubeadm writes it (`certs/ca`, `init/certs/ca`, `upload-certs`, or a group such as `certs`), or an idea:
    /// `authorities`, `quorum`.
    pub(super) name: Option<String>,
    /// Of which release.
    #[arg(long, value_name = "VERSION", default_value = "v1.36.0")]
    pub(super) kubernetes: Version,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Ansible's inventory file.
    pub(super) file: PathBuf,
    /// What the cluster is called, where the inventory doesn't say it.
    #[arg(long)]
    pub(super) name: Option<NodeName>,
    /// Exit with 2 when anything was not carried over.
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Generate {
    /// Completions for a shell.
    Completions {
        /// Which.
        shell: clap_complete::Shell,
    },
    /// The man page of kubestep, or of one of its commands.
    Man {
        /// The command: `run`, `plan` …
        command: Option<String>,
    },
    /// All that `explain` knows, as Markdown: an index, and a page for each phase and each idea.
    Pages {
        /// The folder to write them to; it is made where there is none.
        folder: PathBuf,
        /// Of which release.
        #[arg(long, value_name = "VERSION", default_value = "v1.36.0")]
        kubernetes: Version,
    },
    /// The JSON Schema of inventories, or of lessons, for editors.
    Schema {
        /// Of what.
        #[arg(value_enum, default_value_t = SchemaOf::Inventory)]
        of: SchemaOf,
    },
    /// A lesson to begin one's own with.
    Lesson,
    /// The console's keys, as tables in Markdown.
    Keys,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// An inventory.
    Inventory,
    /// A lesson.
    Lesson,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// The folder that holds the simulated rack.
    #[arg(long)]
    pub(super) root: PathBuf,
    /// Make the folder first, of this inventory's machines; one that is there is left as it is.
    #[arg(long, value_name = "INVENTORY")]
    pub(super) rack: Option<PathBuf>,
    /// The node that runs it.
    #[arg(long, required_unless_present = "rack")]
    pub(super) node: Option<String>,
    /// `kubeadm` and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) command: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
    }
}
