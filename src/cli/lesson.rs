//! `kubestep lesson`: lists lessons, checks them, plays them, and takes them at the console.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use color_eyre::eyre::{Context as _, Result, bail};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::engine::{Engine, Policy};
use crate::ids::RunId;
use crate::journal::{Durability, StateDir, Writer};
use crate::lesson::{self, Course, Lesson, Progress};
use crate::plan::Wish;
use crate::report::{self, Faces, Player, caught_up};
use crate::runner::{Context, Goal, Hands, Planner, Recorder, Run};
use crate::secret::Redactor;
use crate::sim::{self, Rack, RackSpec, Scenario};

use super::args::{Colour, LessonArgs};
use super::exit::Exit;
use super::run::{new_run, started_event};
use super::seat::{self, Seat};
use super::session;
use super::signals::{self, Wishes};
use super::watch::{ASKS, Reach, Seated};
use crate::tui::{Shells, Simulated};

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
        let stage = Stage::set(&Arc::new(lesson), dir, clock)?;
        let Wishes { to_run, commands, .. } = signals::listen()?;
        let (to_ask, asks) = mpsc::channel(ASKS);
        let (player, played) = Player::new(
            Course::new(Arc::clone(&stage.lesson)),
            to_run,
            to_ask,
            Box::new(std::io::stdout()),
            session::style(colour),
        );
        let mut faces = Faces::default();
        faces.add(Box::new(player));
        let (run, started) = stage.run(faces, commands, asks);
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
        let stage = Stage::set(&lesson, dir, clock.clone())?;
        let journal = Some(stage.writer.path().to_path_buf());
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
        let shells =
            Shells::Simulated(Simulated { rack: stage.rack.clone(), redactor: stage.redactor.clone() });
        let (run, started) = stage.run(faces, commands, asks);
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

/// A simulated rack, and a journal for what happens on it.
struct Stage {
    lesson: Arc<Lesson>,
    clock: Clock,
    id: RunId,
    writer: Writer,
    rack: Rack,
    redactor: Redactor,
    links: mpsc::Receiver<crate::transport::LinkEvent>,
}

impl Stage {
    fn set(lesson: &Arc<Lesson>, dir: &StateDir, clock: Clock) -> Result<Self> {
        let id = new_run();
        let writer = Writer::create(dir, &id, Durability::Buffered)?;
        let (to, links) = mpsc::channel(64);
        let mut scenario = Scenario::uneventful();
        for name in &lesson.rack.scenarios {
            scenario = scenario.with(Scenario::named(name)?);
        }
        let spec = RackSpec::from_inventory(&lesson.rack.inventory, lesson.rack.version.clone())
            .with_scenario(scenario);
        let rack = Rack::new(spec, clock.clone(), lesson.rack.seed);
        rack.report_links(to);
        Ok(Self { lesson: Arc::clone(lesson), clock, id, writer, rack, links, redactor: Redactor::default() })
    }

    /// The run that goes on there, paused after its checks, and its first event.
    fn run(
        self,
        faces: Faces,
        commands: mpsc::Receiver<crate::engine::Command>,
        asks: mpsc::Receiver<crate::runner::Ask>,
    ) -> (Run, crate::event::EventKind) {
        let Self { lesson, clock, id, writer, rack, redactor, links } = self;
        let inventory = lesson.rack.inventory.clone();
        let started = started_event(&id, "lesson", &inventory, false);
        let mut policy = Policy::auto(session::roles(&inventory));
        policy.interactive = true;
        policy.gate_after_check = true;
        policy.retries = 0;
        // The simulator's small variations follow the names of what runs: the same lesson, the same names.
        let root = RunId::new(&format!("lesson-{}", lesson.rack.seed));
        let context = Context::new(Hands::Sim(rack), clock.clone(), inventory, redactor, root);
        let recorder = Recorder::new(clock, Some(writer), faces);
        let wish = Wish { leaves: true, ..Wish::default() };
        let planner = Planner { goal: Goal::Cluster, wish, former: None };
        (Run { context, engine: Engine::new(policy), recorder, planner, commands, asks, links }, started)
    }
}
