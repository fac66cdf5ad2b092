//! An earlier run as a recording, or as a still.

use std::path::Path;
use std::time::Duration;

use color_eyre::eyre::{Context as _, Result, bail};

use crate::event::{Envelope, EventKind};
use crate::journal::{Reader, RunEntry};
use crate::tui::{Projection, Stage, Theme};

use super::args::{PictureArgs, ReplayArgs, duration};
use super::exit::Exit;

/// Writes what the console showed, as it would be played by `asciinema play`.
pub(super) fn cast(run: &RunEntry, file: &Path, args: &ReplayArgs) -> Result<Exit> {
    let title = format!("kubestep {} {}", run.command, run.id);
    let projection = Projection {
        speed: args.speed.unwrap_or(1.0),
        idle: Some(args.picture.idle).filter(|idle| *idle > 0.0).map(Duration::from_secs_f64),
    };
    let (cast, _) =
        projection.record(stage(args)?, args.picture.size, &title, Reader::open(&run.journal)?)?;
    write(file, cast.text())
}

/// Writes the console as it was at a moment.
pub(super) fn svg(run: &RunEntry, file: &Path, args: &ReplayArgs) -> Result<Exit> {
    let events = Reader::open(&run.journal)?.collect::<Result<Vec<_>, _>>()?;
    let (count, time) = match &args.picture.at {
        Some(at) => moment(&events, at)?,
        None => (events.len(), events.last().map_or(Duration::ZERO, |event| event.elapsed)),
    };
    let mut stage = stage(args)?;
    stage.play(events.into_iter().take(count));
    stage.tick(time);
    write(file, &stage.svg(&format!("kubestep {} {}", run.command, run.id)))
}

fn stage(args: &ReplayArgs) -> Result<Stage> {
    let PictureArgs { size: (columns, rows), .. } = args.picture;
    let theme = args.console.theme.as_deref().unwrap_or("default-dark");
    Ok(Stage::new(columns, rows, Theme::named(theme)?))
}

fn write(file: &Path, text: &str) -> Result<Exit> {
    std::fs::write(file, text).wrap_err_with(|| format!("can't write {}", file.display()))?;
    Ok(Exit::Done)
}

/// How many events there are up to a moment, and its time.
fn moment(events: &[Envelope], at: &str) -> Result<(usize, Duration)> {
    let length = events.last().map_or(Duration::ZERO, |event| event.elapsed);
    if let Ok(time) = duration(at) {
        if time > length {
            bail!("the run was over after {}", crate::text::duration(length));
        }
        return Ok((events.iter().take_while(|event| event.elapsed <= time).count(), time));
    }
    let starts =
        |event: &Envelope| matches!(&event.kind, EventKind::StepStarted { phase, .. } if phase.matches(at));
    match events.iter().position(starts) {
        Some(place) => Ok((place + 1, events[place].elapsed)),
        None => bail!("no phase `{at}` has run in it, and it is no time like 90s"),
    }
}
