//! `kubestep generate`: for shells, for man and for the README.

use std::io::Write as _;

use clap::CommandFactory as _;
use color_eyre::eyre::{Result, bail};

use super::Cli;
use super::args::Generate;
use super::exit::Exit;

pub(super) fn generate(what: &Generate) -> Result<Exit> {
    // Into memory first: the generators panic where a pipe is closed.
    let mut out = Vec::new();
    match what {
        Generate::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "kubestep", &mut out);
        }
        Generate::Keys => out.extend(crate::tui::keys_in_markdown().into_bytes()),
        Generate::Man { command: None } => clap_mangen::Man::new(Cli::command()).render(&mut out)?,
        Generate::Man { command: Some(name) } => {
            let mut whole = Cli::command();
            whole.build();
            let Some(command) = whole.get_subcommands().find(|command| command.get_name() == name) else {
                bail!("there is no command `{name}`; `kubestep --help` lists them");
            };
            clap_mangen::Man::new(command.clone().version(env!("CARGO_PKG_VERSION"))).render(&mut out)?;
        }
    }
    std::io::stdout().write_all(&out)?;
    Ok(Exit::Done)
}
