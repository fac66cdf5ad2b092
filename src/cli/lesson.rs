//! `kubestep lesson`: lists lessons, checks them, plays them, and takes them at the console.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use color_eyre::eyre::{Context as _, Result, bail};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::engine::Policy;
use crate::journal::StateDir;
use crate::lesson::{self, Course, Lesson, Progress};
use crate::plan::Wish;
use crate::report::{self, Faces, Player, caught_up};
use crate::sim::{self, Scenario};

use super::args::{Colour, LessonArgs};
use super::exit::Exit;
use super::seat::{self, Seat};
use super::session;
use super::signals::{self, Wishes};
use super::stage::{Set, Stage};
use super::watch::{ASKS, Reach, Seated};

/// A lesson this large is none.
const LARGEST: u64 = 4 * 1024 * 1024;

pub(super) fn lesson(args: &LessonArgs, colour: Colour) -> Result<Exit> {
    let dir = StateDir::find(|name| std::env::var_os(name))?;
    let Some(name) = &args.lesson else { return list(&dir, colour) };
    let Some(lesson) = find(name, colour)? else { return Ok(Exit::Usage) };
    if args.check {
        let pages = lesson.pages.len();
        writeln!(std::io::stdout(), "{name}: {} with {pages} pages, as it should be", lesson.title)?;
        return Ok(Exit::Done);
    }
    if args.auto { play(lesson, &dir, colour) } else { take(args, lesson, &dir, colour) }
}

fn list(dir: &StateDir, colour: Colour) -> Result<Exit> {
    let mut lessons = Vec::new();
    for (name, _) in lesson::shipped() {
        let Some(lesson) = find(name, colour)? else { continue };
        let progress = progress(&kept(dir, &lesson.name));
        lessons.push((lesson, progress));
    }
    for line in report::lessons_table(&lessons, session::style(colour)) {
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(Exit::Done)
}

/// One that ships with kubestep, or a file's; what is wrong with it goes to standard error.
fn find(name: &str, colour: Colour) -> Result<Option<Lesson>> {
    let is_path = name.contains('/') || [".yaml", ".yml"].iter().any(|end| name.ends_with(end));
    let text = if is_path {
        match std::fs::metadata(name) {
            Ok(found) if found.len() > LARGEST => bail!("{name} is too large for a lesson"),
            _ => std::fs::read_to_string(name).wrap_err_with(|| format!("can't read the lesson {name}"))?,
        }
    } else {
        let example = (name == "example").then_some(lesson::EXAMPLE);
        let Some(text) = lesson::named(name).or(example) else {
            let names: Vec<&str> = lesson::shipped().iter().map(|(name, _)| *name).collect();
            let known = crate::inventory::closest(name, &names).map_or_else(
                || format!("there are {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            bail!("there is no lesson `{name}`; {known}");
        };
        text.to_owned()
    };
    let scenarios = sim::list();
    let scenarios: Vec<&str> = scenarios.iter().map(|(name, _)| name.as_str()).collect();
    match lesson::parse(name, text, &scenarios) {
        Ok(lesson) => Ok(Some(lesson)),
        Err(wrong) => {
            session::show(&wrong, colour)?;
            Ok(None)
        }
    }
}

/// Where the progress of a lesson is kept.
fn kept(dir: &StateDir, lesson: &str) -> PathBuf {
    dir.path().join("lessons").join(format!("{lesson}.json"))
}

fn progress(path: &Path) -> Option<Progress> {
    Progress::parse(&std::fs::read_to_string(path).ok()?)
}

/// From start to end, without anybody.
fn play(lesson: Lesson, dir: &StateDir, colour: Colour) -> Result<Exit> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true);
    builder.build()?.block_on(async {
        let clock = Clock::simulated(Timestamp::now(), 1.0);
        let lesson = Arc::new(lesson);
        let stage = stage(&lesson, dir, clock)?;
        let Wishes { to_run, commands, .. } = signals::listen()?;
        let (to_ask, asks) = mpsc::channel(ASKS);
        let (player, played) = Player::new(
            Course::new(Arc::clone(&lesson)),
            to_run,
            to_ask,
            Box::new(std::io::stdout()),
            session::style(colour),
        );
        let mut faces = Faces::default();
        faces.add(Box::new(player));
        let (run, started) = stage.run("lesson", policy(&lesson), Wish::default(), faces, (commands, asks));
        run.go(started).await;
        let how = played.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(if how == Some(Ok(())) { Exit::Done } else { Exit::Failed })
    })
}

/// At the console.
fn take(args: &LessonArgs, lesson: Lesson, dir: &StateDir, colour: Colour) -> Result<Exit> {
    let seat = Seat::choose(false, &args.face, &args.console)?;
    if seat == Seat::Lines {
        bail!("a lesson needs a terminal for its console; --auto plays it without one");
    }
    let keep = kept(dir, &lesson.name);
    let lesson = Arc::new(lesson);
    let begun = match (args.page, progress(&keep)) {
        (Some(page), _) => Progress { number: page, ..Progress::default() },
        (None, Some(kept)) if !args.fresh && !kept.finished => kept,
        _ => Progress::default(),
    };
    let course = Course::resumed(Arc::clone(&lesson), &begun);
    let mut builder = tokio::runtime::Builder::new_current_thread();
    // The pages before the open one are played in no time; the console lets time pass again.
    builder.enable_all().start_paused(true);
    builder.build()?.block_on(async {
        let clock = Clock::simulated(Timestamp::now(), args.speed);
        let stage = stage(&lesson, dir, clock.clone())?;
        let journal = Some(stage.journal());
        let (mut faces, mut watch) = seat::faces(seat, &args.face, &args.console, colour, journal, None)?;
        let Wishes { to_run, commands, asked } = signals::listen()?;
        let (to_ask, asks) = mpsc::channel(ASKS);
        let (former, course) = caught_up(course, to_run.clone(), to_ask.clone());
        faces.add(Box::new(former));
        if let Some(at_console) = &mut watch.0 {
            at_console.lesson = Some(Seated { course, present: args.present, progress: keep.clone() });
            // What became of the rack is nothing to whoever leaves a lesson.
            at_console.farewell = session::silent();
        }
        let shells = stage.shells();
        let (run, started) = stage.run("lesson", policy(&lesson), Wish::default(), faces, (commands, asks));
        watch.conduct(run, started, Reach { clock, commands: to_run, asks: to_ask, asked, shells }).await?;
        Ok::<_, color_eyre::Report>(())
    })?;
    if let Some(kept) = progress(&keep) {
        let (pages, name) = (lesson.pages.len(), args.lesson.as_deref().unwrap_or_default());
        let page = kept.place(&lesson) + 1;
        let said = if kept.finished {
            format!("{}: read to the end", lesson.title)
        } else {
            format!("{}: page {page} of {pages}; `kubestep lesson {name}` goes on there", lesson.title)
        };
        writeln!(std::io::stdout(), "{said}")?;
    }
    Ok(Exit::Done)
}

/// The rack that a lesson is about.
fn stage(lesson: &Lesson, dir: &StateDir, clock: Clock) -> Result<Stage> {
    let mut scenario = Scenario::uneventful();
    for name in &lesson.rack.scenarios {
        scenario = scenario.with(Scenario::named(name)?);
    }
    let rack = &lesson.rack;
    let (inventory, kubeadm) = (rack.inventory.clone(), rack.version.clone());
    Stage::new(Set { inventory, kubeadm, scenario, seed: rack.seed }, dir, clock)
}

/// It pauses after its checks, and tries nothing again by itself.
fn policy(lesson: &Lesson) -> Policy {
    let mut policy = Policy::auto(session::roles(&lesson.rack.inventory));
    policy.interactive = true;
    policy.gate_after_check = true;
    policy.retries = 0;
    policy
}
