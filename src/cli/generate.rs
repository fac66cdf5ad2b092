//! `kubestep generate`: for shells, for man, for editors, for the README, and pages to read.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use clap::CommandFactory as _;
use color_eyre::eyre::{Result, WrapErr as _, bail};

use crate::report::explain::pages;
use crate::version::Version;

use super::Cli;
use super::args::{Generate, SchemaOf};
use super::exit::Exit;

pub(super) fn generate(what: &Generate) -> Result<Exit> {
    // Into memory first: the generators panic where a pipe is closed.
    let mut out = Vec::new();
    match what {
        Generate::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "kubestep", &mut out);
        }
        Generate::Lesson => out.extend(crate::lesson::EXAMPLE.as_bytes()),
        Generate::Schema { of } => {
            let schema = match of {
                SchemaOf::Inventory => crate::inventory::schema(),
                SchemaOf::Lesson => crate::lesson::schema(),
            };
            serde_json::to_writer_pretty(&mut out, &schema)?;
            out.push(b'\n');
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
        Generate::Pages { folder, kubernetes } => write_pages(folder, kubernetes)?,
    }
    std::io::stdout().write_all(&out)?;
    Ok(Exit::Done)
}

fn write_pages(folder: &Path, version: &Version) -> Result<()> {
    fs::create_dir_all(folder).wrap_err_with(|| format!("cannot make the folder {}", folder.display()))?;
    for page in pages(version) {
        let path = folder.join(&page.file);
        fs::write(&path, page.text).wrap_err_with(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
