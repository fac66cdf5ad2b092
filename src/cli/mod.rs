//! Command line: picks nodes, faces and clock, and ends with a meaningful exit status.

mod args;
mod bundle;
mod check;
mod demo;
mod exit;
mod explain;
mod files;
mod fleet;
mod former;
mod generate;
mod history;
mod import;
mod lesson;
mod look;
mod passwords;
mod picture;
mod plan;
mod prompt;
mod replay;
mod reset;
mod run;
mod scenario;
mod seat;
mod session;
mod signals;
mod stage;
mod topology;
mod watch;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use color_eyre::eyre::Result;

pub use args::Cli;
pub use exit::Exit;

use args::{Command, RunsCommand};

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // For bugs only: what users did wrong is one sentence, and needs no backtrace to be made.
    let (bugs, _) = color_eyre::config::HookBuilder::default()
        .display_env_section(false)
        .theme(color_eyre::config::Theme::new())
        .into_hooks();
    bugs.install();
    let result = std::panic::catch_unwind(|| dispatch(&cli));
    match result {
        Ok(Ok(exit)) => exit.into(),
        // Whoever read our output has seen enough.
        Ok(Err(error)) if is_broken_pipe(&error) => Exit::Done.into(),
        Ok(Err(error)) => {
            let _ = writeln!(std::io::stderr(), "kubestep: {error:#}");
            Exit::Usage.into()
        }
        // The hook has said what happened.
        Err(_) => Exit::Bug.into(),
    }
}

fn is_broken_pipe(error: &color_eyre::Report) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

fn dispatch(cli: &Cli) -> Result<Exit> {
    let colour = cli.color;
    match &cli.command {
        Command::Demo(args) => demo::demo(args, colour),
        Command::Lesson(args) => lesson::lesson(args, colour),
        Command::Run(args) => run::run(args, colour),
        Command::Check(args) => check::check(args, colour),
        Command::Plan(args) => plan::plan(args, colour),
        Command::Reset(args) => reset::reset(args, colour),
        Command::Files(args) => files::files(args, colour),
        Command::Runs(args) => match &args.what {
            None => history::runs(colour),
            Some(RunsCommand::Export(args)) => bundle::export(args),
            Some(RunsCommand::Import { file }) => bundle::import(file),
        },
        Command::Replay(args) => replay::replay(args, colour),
        Command::Explain(args) => explain::explain(args, colour),
        Command::Import(args) => import::import(args, colour),
        Command::Generate { what } => generate::generate(what),
        Command::Simulate(args) => demo::simulate(args, colour),
    }
}

/// The runtime of real runs. One thread: everything heavy happens on the nodes.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
