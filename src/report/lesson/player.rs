//! Plays a lesson: does what its pages want and gives the right answers, as the run goes along.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::errands::Errands;
use super::telling::Telling;
use crate::event::{CancelStage, Envelope};
use crate::lesson::{Course, Place, RunStanding, Verdict};
use crate::report::{Face, Sink, Style};
use crate::runner::Ask;
use crate::state::{Command, RunState};

/// No page takes longer than this, by the run's time.
const LIMIT: Duration = Duration::from_secs(30 * 60);
/// Attempts at an answer that nodes have to be asked for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How playing a lesson ended; none while it goes on. An error says why it got no further.
pub type Played = Arc<Mutex<Option<Result<(), String>>>>;

/// A face that plays a lesson from start to end and tells of it.
pub struct Player {
    course: Course,
    errands: Errands,
    telling: Telling,
    /// When the open page was turned to; none before the first.
    since: Option<Duration>,
    /// What the open page wanted was told to be so.
    told: bool,
    played: Played,
}

impl Player {
    /// Plays `course`, sending commands and questions by these ways; `played` says how it ended.
    pub fn new(
        course: Course,
        commands: mpsc::Sender<Command>,
        asks: mpsc::Sender<Ask>,
        out: Sink,
        style: Style,
    ) -> (Self, Played) {
        let played = Played::default();
        let player = Self {
            telling: Telling::new(out, style),
            course,
            errands: Errands::new(commands, asks),
            since: None,
            told: false,
            played: Arc::clone(&played),
        };
        (player, played)
    }

    fn is_over(&self) -> bool {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn end(&mut self, run: &RunState, how: Result<(), String>) -> io::Result<()> {
        self.telling.end(&how, run)?;
        if run.end.is_none() {
            let reason = match &how {
                Ok(()) => "the lesson is over".to_owned(),
                Err(why) => format!("the lesson got no further: {why}"),
            };
            self.errands.tell(Command::Cancel { stage: CancelStage::Drain, reason });
        }
        *self.played.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
        Ok(())
    }

    fn play(&mut self, run: &RunState, now: Duration) -> io::Result<()> {
        self.errands.push();
        self.errands.collect(&mut self.course);
        while !self.is_over() {
            let Some(page) = self.course.page().cloned() else { return self.end(run, Ok(())) };
            if self.since.is_none() {
                (self.since, self.told) = (Some(now), false);
                self.telling.turn(&self.course)?;
                self.errands.tell(Command::Turn(super::telling::page_turned(&self.course)));
                self.course.act();
            }
            for errand in self.course.errands(run, now) {
                self.errands.carry(errand);
            }
            let waited = now.saturating_sub(self.since.unwrap_or(now));
            let place = self.course.place(run);
            if matches!(place, Place::Open | Place::ToAnswer) && !std::mem::replace(&mut self.told, true) {
                self.telling.done(&page, run)?;
            }
            match place {
                Place::Open => {
                    // What a step wrote is told a little after its end.
                    if let Some((node, path)) = page.look.as_ref().and_then(|look| look.missing(run)) {
                        if waited <= PATIENCE && run.end.is_none() {
                            return Ok(());
                        }
                        let number = self.course.at() + 1;
                        return self
                            .end(run, Err(format!("page {number}: {node} has no {path} to be looked at")));
                    }
                    let next = self.course.at() + 1;
                    if !self.course.turn_to(next) {
                        return self.end(run, Ok(()));
                    }
                    self.since = None;
                }
                Place::ToAnswer => match self.answer(run) {
                    Ok(()) => self.telling.answered(&page, self.course.because())?,
                    Err(why) if waited > PATIENCE || run.end.is_some() => return self.end(run, Err(why)),
                    Err(_) => return Ok(()),
                },
                Place::ToDo(open) => return self.stuck(run, waited, &open),
                Place::Doing => return self.stuck(run, waited, &self.course.missing(run)),
            }
        }
        Ok(())
    }

    fn answer(&mut self, run: &RunState) -> Result<(), String> {
        let solution = self.course.solution(run)?;
        match self.course.answer(&solution, run) {
            Verdict::Right(_) => Ok(()),
            Verdict::Wrong(hint) => Err(format!("`{solution}` should be the right answer, but: {hint}")),
            Verdict::Unknown => Err("no node has said yet what the right answer is".to_owned()),
        }
    }

    /// The page waits; is there any hope?
    fn stuck(&mut self, run: &RunState, waited: Duration, open: &[String]) -> io::Result<()> {
        let why = self.errands.refused.take();
        let hopeless = run.end.is_some() || waited > LIMIT;
        if hopeless || why.is_some() {
            let number = self.course.at() + 1;
            let what = why.unwrap_or_else(|| open.join("; "));
            let kept = if run.end.is_some() { "when the run was over" } else { "after a long wait" };
            let reason = if hopeless { format!("{what}: not so {kept}") } else { what };
            return self.end(run, Err(format!("page {number}: {reason}")));
        }
        Ok(())
    }
}

impl Face for Player {
    fn event(&mut self, envelope: &Envelope, state: &RunState) -> io::Result<()> {
        self.play(state, envelope.elapsed)
    }

    fn tick(&mut self, now: Duration, state: &RunState) -> io::Result<()> {
        self.play(state, now)
    }

    fn finish(&mut self, state: &RunState) -> io::Result<()> {
        self.play(state, state.elapsed)?;
        if !self.is_over() {
            let number = self.course.at() + 1;
            self.end(state, Err(format!("page {number}: the run was over before it was done")))?;
        }
        Ok(())
    }
}

/// A face that brings a run to where a course stands, and then hands the course on.
pub fn caught_up(
    course: Course,
    commands: mpsc::Sender<Command>,
    asks: mpsc::Sender<Ask>,
) -> (impl Face + 'static, oneshot::Receiver<Course>) {
    let (ready, come) = oneshot::channel();
    let former = Former { errands: Errands::new(commands, asks), going: Some((course, ready)) };
    (former, come)
}

/// Plays the pages before the one that is gone on with.
struct Former {
    errands: Errands,
    going: Option<(Course, oneshot::Sender<Course>)>,
}

impl Former {
    fn play(&mut self, run: &RunState, now: Duration) {
        let Some((course, _)) = &mut self.going else { return };
        self.errands.push();
        self.errands.collect(course);
        let errands = course.errands(run, now);
        let idle = course.is_idle() && errands.is_empty() && self.errands.is_empty();
        for errand in errands {
            self.errands.carry(errand);
        }
        let hopeless = run.end.is_some() || now > LIMIT;
        // The checks go by before anybody could read a page.
        let checked = RunStanding::Checked.is_so(run) || RunStanding::Refused.is_so(run);
        let settled = run.running().next().is_none() && checked;
        if (idle && settled) || hopeless {
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        if let Some((mut course, ready)) = self.going.take() {
            course.stop();
            let _ = ready.send(course);
        }
    }
}

impl Face for Former {
    fn event(&mut self, envelope: &Envelope, state: &RunState) -> io::Result<()> {
        self.play(state, envelope.elapsed);
        Ok(())
    }

    fn tick(&mut self, now: Duration, state: &RunState) -> io::Result<()> {
        self.play(state, now);
        Ok(())
    }

    fn finish(&mut self, _: &RunState) -> io::Result<()> {
        self.hand_on();
        Ok(())
    }
}
