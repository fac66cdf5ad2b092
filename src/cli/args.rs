//! The command line's grammar.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::ids::NodeName;

use super::exit::TABLE;

/// Bring a Kubernetes cluster up phase by phase.
#[derive(Debug, Parser)]
#[command(name = "kubestep", version, about, long_about = None, after_help = TABLE, max_term_width = 100)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring up a simulated rack; needs nothing.
    Demo(DemoArgs),
    /// Bring up the cluster of an inventory.
    Run(RunArgs),
    /// Look at every node and hold them against each other; changes nothing.
    Check(CheckArgs),
    /// Show what `run` would do: every step, its command, and kubeadm's configuration; changes nothing.
    Plan(PlanArgs),
    /// Take nodes out of the cluster and make them bare again.
    Reset(ResetArgs),
    /// List earlier runs.
    Runs,
    /// Watch an earlier run again.
    Replay(ReplayArgs),
    /// Print completions, man page.
    Generate {
        /// What to print.
        #[command(subcommand)]
        what: Generate,
    },
    /// A simulated kubeadm over a folder, for tests that need no Kubernetes.
    #[command(hide = true)]
    Simulate(SimulateArgs),
}

/// How a run tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people.
    Text,
    /// One object a line, see the README.
    Json,
    /// Groups, annotations and a summary for GitHub Actions.
    Github,
}

#[derive(Debug, Clone, Args)]
pub(super) struct FaceArgs {
    /// How to tell of the run on standard output.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(super) output: Output,
    /// Also write a JUnit report: a suite a node, a case a phase.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Also show what kubeadm prints.
    #[arg(long, short)]
    pub(super) verbose: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct SshArgs {
    /// Accept the host key of a node never met before, and say so.
    #[arg(long)]
    pub(super) accept_new_host_keys: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub(super) struct PolicyArgs {
    /// Change only these nodes.
    #[arg(long, value_name = "NODE", value_delimiter = ',')]
    pub(super) only: Vec<NodeNameArg>,
    /// Take the phases before this one as done.
    #[arg(long, value_name = "PHASE")]
    pub(super) from: Option<String>,
    /// Leave the phases after this one for later.
    #[arg(long, value_name = "PHASE")]
    pub(super) until: Option<String>,
    /// Leave a phase out, for a reason.
    #[arg(long, value_name = "PHASE=REASON", value_parser = skip)]
    pub(super) skip: Vec<(String, String)>,
    /// Stop before a phase.
    #[arg(long = "break", value_name = "PHASE")]
    pub(super) breaks: Vec<String>,
    /// Run every sub-phase by itself, also where kubeadm can run the group at once.
    #[arg(long)]
    pub(super) leaves: bool,
    /// Stop everything after this time: 90s, 15m, 1h.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) timeout: Option<std::time::Duration>,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// Run to the end without asking.
    #[arg(long)]
    pub(super) auto: bool,
    /// Go on with the last run of this cluster.
    #[arg(long, conflicts_with = "fresh")]
    pub(super) resume: bool,
    /// Begin a new run although the last one of this cluster did not end well.
    #[arg(long)]
    pub(super) fresh: bool,
    /// Answer yes to questions.
    #[arg(long, short)]
    pub(super) yes: bool,
    /// Where the admin kubeconfig goes; the default is CLUSTER.kubeconfig in the current folder.
    #[arg(long, value_name = "FILE", conflicts_with = "no_kubeconfig")]
    pub(super) kubeconfig: Option<PathBuf>,
    /// Do not fetch the admin kubeconfig.
    #[arg(long)]
    pub(super) no_kubeconfig: bool,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
}

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// What happens on the rack; see --list-scenarios.
    #[arg(long, value_name = "NAME", default_value = "goldentooth")]
    pub(super) scenario: String,
    /// List the scenarios, a line each.
    #[arg(long)]
    pub(super) list_scenarios: bool,
    /// How fast time passes: 1 is life's own pace; without it, as fast as this machine goes.
    #[arg(long, value_name = "X", value_parser = speed)]
    pub(super) speed: Option<f64>,
    /// Run to the end without asking.
    #[arg(long)]
    pub(super) auto: bool,
    /// Another rack than the goldentooth one.
    #[arg(long, value_name = "FILE")]
    pub(super) inventory: Option<PathBuf>,
    /// The simulated kubeadm's version.
    #[arg(long, value_name = "VERSION")]
    pub(super) kubernetes: Option<String>,
    /// The same number gives the same run.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(super) face: FaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanOutput {
    /// For people.
    Text,
    /// One object.
    Json,
    /// A flowchart.
    Mermaid,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = PlanOutput::Text)]
    pub(super) output: PlanOutput,
    /// Ask no node: take all of them as bare, with the inventory's version of kubeadm.
    #[arg(long)]
    pub(super) offline: bool,
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
}

#[derive(Debug, Args)]
pub(super) struct ResetArgs {
    /// The inventory.
    pub(super) inventory: PathBuf,
    /// Nodes to reset; none: all.
    pub(super) nodes: Vec<NodeNameArg>,
    /// Answer yes to questions.
    #[arg(long, short)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) face: FaceArgs,
    #[command(flatten)]
    pub(super) ssh: SshArgs,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The run's name, as `kubestep runs` lists it, or the beginning of it; `last` for the newest.
    pub(super) run: String,
    /// How fast: 1 is the run's own pace; without it, at once.
    #[arg(long, value_name = "X", value_parser = speed)]
    pub(super) speed: Option<f64>,
    #[command(flatten)]
    pub(super) face: FaceArgs,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Generate {
    /// Completions for a shell.
    Completions {
        /// Which.
        shell: clap_complete::Shell,
    },
    /// The man page.
    Man,
}

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// The folder that holds the simulated rack.
    #[arg(long)]
    pub(super) root: PathBuf,
    /// The node that runs it.
    #[arg(long)]
    pub(super) node: String,
    /// `kubeadm` and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) command: Vec<String>,
}

pub(super) type NodeNameArg = NodeName;

impl std::str::FromStr for NodeName {
    type Err = crate::ids::InvalidNodeName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

fn skip(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((phase, reason)) if !phase.is_empty() && !reason.trim().is_empty() => {
            Ok((phase.to_owned(), reason.trim().to_owned()))
        }
        _ => Err("write it as PHASE=REASON; the reason goes into the journal".to_owned()),
    }
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let span: jiff::SignedDuration =
        text.parse().map_err(|_| "write a time like 90s, 15m or 1h".to_owned())?;
    std::time::Duration::try_from(span)
        .ok()
        .filter(|span| !span.is_zero())
        .ok_or_else(|| "the time must be longer than nothing".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|speed| speed.is_finite() && *speed > 0.0)
        .ok_or_else(|| "write a number above 0, such as 1 or 20".to_owned())
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
