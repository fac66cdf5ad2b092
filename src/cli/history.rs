//! `kubestep runs` and `kubestep replay`: earlier runs.

use std::io::Write as _;

use color_eyre::eyre::{Result, bail};

use crate::journal::{self, Reader, RunEntry, StateDir};
use crate::report;

use super::args::{Colour, ReplayArgs};
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

pub(super) fn replay(args: &ReplayArgs, colour: Colour) -> Result<Exit> {
    let dir = StateDir::find(|name| std::env::var_os(name))?;
    let run = find(&journal::runs(&dir)?, &args.run)?;
    if args.follow {
        let mut faces = session::faces(&args.face, colour, None, None)?;
        let events = journal::follow(&run.journal, std::thread::sleep)?;
        report::replay(events, &mut faces, None, std::thread::sleep)?;
        return Ok(Exit::Done);
    }
    let mut faces = session::faces(&args.face, colour, Some(run.journal.clone()), None)?;
    let reader = Reader::open(&run.journal)?;
    // Without a speed everything is told that was told then, only without the waiting.
    let sleep = |pause| {
        if args.speed.is_some() {
            std::thread::sleep(pause);
        }
    };
    report::replay(reader, &mut faces, args.speed.or(Some(1.0)), sleep)?;
    Ok(Exit::Done)
}

fn find(runs: &[RunEntry], name: &str) -> Result<RunEntry> {
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
