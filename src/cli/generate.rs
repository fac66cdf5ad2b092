//! `kubestep generate`: for shells and for man.

use clap::CommandFactory as _;
use color_eyre::eyre::Result;

use super::Cli;
use super::args::Generate;
use super::exit::Exit;

pub(super) fn generate(what: &Generate) -> Result<Exit> {
    let mut out = std::io::stdout();
    match what {
        Generate::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "kubestep", &mut out);
        }
        Generate::Man => clap_mangen::Man::new(Cli::command()).render(&mut out)?,
    }
    Ok(Exit::Done)
}
