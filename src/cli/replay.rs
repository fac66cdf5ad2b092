//! `kubestep replay`: an earlier run again, at the console, in lines of text, or as a picture.

use std::sync::Arc;

use color_eyre::eyre::{Result, bail, eyre};
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::journal::{Reader, RunEntry};
use crate::report;
use crate::tui::{Console, Inbox, Leaving, Outside, Setting, Shells};

use super::args::{Colour, ReplayArgs};
use super::bundle::{self, Shown};
use super::exit::Exit;
use super::look::{self, Outfit};
use super::seat::Seat;
use super::signals::{self, Wishes};
use super::watch::ASKS;
use super::{picture, runtime, session};

pub(super) fn replay(args: &ReplayArgs, colour: Colour) -> Result<Exit> {
    let shown = bundle::shown(&args.run)?;
    let run = &shown.run;
    if let Some(file) = &args.picture.cast {
        return picture::cast(run, file, args);
    }
    if let Some(file) = &args.picture.svg {
        return picture::svg(run, file, args);
    }
    if args.follow {
        let mut faces = session::faces(&args.face, colour, None, None)?;
        let events = crate::journal::follow(&run.journal, std::thread::sleep)?;
        report::replay(events, &mut faces, None, std::thread::sleep)?;
        return Ok(Exit::Done);
    }
    match Seat::choose(args.text || args.face.verbose, &args.face, &args.console)? {
        Seat::Console => at_console(run, args, colour),
        Seat::Lines => in_lines(&shown, args, colour),
    }
}

fn in_lines(shown: &Shown, args: &ReplayArgs, colour: Colour) -> Result<Exit> {
    let mut faces = session::faces(&args.face, colour, shown.journal(), None)?;
    let reader = Reader::open(&shown.run.journal)?;
    // Without a speed everything is told that was told then, only without the waiting.
    let sleep = |pause| {
        if args.speed.is_some() {
            std::thread::sleep(pause);
        }
    };
    report::replay(reader, &mut faces, args.speed.or(Some(1.0)), sleep)?;
    Ok(Exit::Done)
}

fn at_console(run: &RunEntry, args: &ReplayArgs, colour: Colour) -> Result<Exit> {
    if args.face.junit.is_some() {
        bail!("the console writes no JUnit report; add --text");
    }
    // What can't be read is said here, not in the console.
    if let Some(first) = Reader::open(&run.journal)?.next() {
        first?;
    }
    let Outfit { look, theme, keys, mouse, bell: _ } = look::outfit(&args.console, colour)?;
    let filter = std::env::var("KUBESTEP_LOG").ok();
    crate::tui::collect_diagnostics(filter.as_deref()).map_err(|error| eyre!(error))?;
    runtime()?.block_on(async {
        let Wishes { to_run, commands, asked } = signals::listen()?;
        // There is no run behind it to take commands, nor a node to ask.
        drop(commands);
        let setting = Setting {
            clock: Clock::real(),
            simulated: false,
            replays: Some((run.id.clone(), args.speed.unwrap_or(1.0))),
            inbox: Arc::new(Inbox::default()),
            commands: to_run,
            asks: mpsc::channel(ASKS).0,
            inventory: None,
            lesson: None,
            look,
            theme,
            keys,
            mouse,
            outside: Outside {
                journal: Some(run.journal.clone()),
                shells: Shells::default(),
                ..Outside::default()
            },
            // Nothing waits for anybody here.
            bell: false,
            asked,
        };
        let mut console = Console::open(setting)?;
        let leaving = console.left().await;
        console.close();
        Ok(if leaving == Leaving::Failed { Exit::Bug } else { Exit::Done })
    })
}
