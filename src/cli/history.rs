//! `kubestep runs`: earlier runs.

use std::io::Write as _;

use color_eyre::eyre::{Result, bail};

use crate::journal::{self, RunEntry, StateDir};
use crate::report;

use super::args::Colour;
use super::exit::Exit;
use super::session;

pub(super) fn runs(colour: Colour) -> Result<Exit> {
    let dir = StateDir::find(|name| std::env::var_os(name))?;
    let runs = journal::runs(&dir)?;
    if runs.is_empty() {
        writeln!(std::io::stderr(), "kubestep: there are no runs yet in {}", dir.path().display())?;
        return Ok(Exit::Done);
    }
    for line in report::runs_table(&runs, &jiff::tz::TimeZone::system(), session::style(colour)) {
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(Exit::Done)
}

/// The run of that name, or of a name that begins so; `last` is the newest.
pub(super) fn find(dir: &StateDir, name: &str) -> Result<RunEntry> {
    let runs = journal::runs(dir)?;
    if name == "last" {
        return runs.first().cloned().ok_or_else(|| color_eyre::eyre::eyre!("there are no runs yet"));
    }
    let matching: Vec<&RunEntry> = runs.iter().filter(|run| run.id.as_str().starts_with(name)).collect();
    match matching[..] {
        [run] => Ok(run.clone()),
        [] => bail!("there is no run `{name}`; `kubestep runs` lists them"),
        _ => bail!("several runs begin with `{name}`; write more of the name"),
    }
}
