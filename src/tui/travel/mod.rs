//! Looking at a run as it was at another moment: while it goes on, or from its journal alone.
//!
//! ```text
//! travel     where one looks, whether time passes there, and what the run is by now
//! projector  the thread that reads the journal: asked for a moment, it answers with the run as it was
//! ```

mod projector;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::logs::{Logs, Panes};
use super::rack::RowId;
use crate::event::Envelope;
use crate::ids::{Attempt, RunId, StepId};
use crate::journal::tape::{Chart, Printed, Spot};
use crate::state::RunState;

pub use projector::Projector;
#[cfg(test)]
pub use projector::answer;

/// How fast time can pass in a recording, the run's own pace being 1.
pub const SPEEDS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// What is asked of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// The run as it was there, with the output of these attempts.
    Moment(Spot, Vec<(StepId, Attempt)>),
    /// The output of these attempts after so many events.
    Prints(usize, Vec<(StepId, Attempt)>),
}

/// What the journal tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Past {
    /// The run as it was.
    Moment(Box<Moment>),
    /// Output after so many events.
    Prints(usize, Prints),
}

/// Output of attempts.
pub type Prints = Vec<((StepId, Attempt), Printed)>;

/// The run as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// As asked for.
    pub spot: Spot,
    /// After so many events.
    pub place: usize,
    /// The run's time there.
    pub time: Duration,
    /// The run.
    pub run: RunState,
    /// The whole of it from above.
    pub chart: Arc<Chart>,
    /// The last event of note before that place.
    pub last: Option<Envelope>,
    /// Output that was asked for with it.
    pub prints: Prints,
}

/// What the run is by now, while one looks at its past.
#[derive(Debug)]
pub struct Present {
    /// The run.
    pub run: RunState,
    /// Its output.
    pub logs: Logs,
    /// Its time.
    pub now: Duration,
    /// How its output was looked at.
    pub panes: Panes,
}

/// Whether time passes where one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playing {
    /// It stands still.
    Stopped,
    /// From the next picture on.
    Starting,
    /// It was so late, by the clock on the wall, at the last picture.
    At(Duration),
}

/// Where one looks.
#[derive(Debug)]
pub struct Travel {
    /// The run as it goes on meanwhile; none before the first moment has come, and where only a journal is shown.
    pub present: Option<Present>,
    /// The run whose journal is shown; none where it goes on meanwhile.
    pub replays: Option<RunId>,
    /// The run's time when one began to look back.
    opened: Duration,
    /// The moment asked for.
    pub spot: Spot,
    /// Its time.
    pub time: Duration,
    /// After so many events, as far as is known.
    pub place: usize,
    /// The whole run from above.
    pub chart: Arc<Chart>,
    /// The last event of note.
    pub last: Option<Envelope>,
    /// Whether time passes.
    pub playing: Playing,
    /// How fast.
    pub speed: f64,
    /// Whether the journal was asked for the moment, and has not answered yet.
    pub pending: bool,
    /// Whether anything was shown of the past yet.
    pub landed: bool,
    /// Attempts whose output is there, or asked for.
    pub loaded: BTreeSet<(StepId, Attempt)>,
    /// The cursor goes to the step that the moment is about, wherever it was put.
    pub points: bool,
    /// Where the cursor belongs, and where it had to stand because that was not there then.
    pub cursor: Option<(RowId, Option<RowId>)>,
}

impl Travel {
    /// Into the past of a run that goes on, from `now`.
    pub fn back(now: Duration) -> Self {
        Self {
            present: None,
            replays: None,
            opened: now,
            spot: Spot::Time(now),
            time: now,
            place: usize::MAX,
            chart: Arc::default(),
            last: None,
            playing: Playing::Stopped,
            speed: 1.0,
            pending: false,
            landed: false,
            loaded: BTreeSet::new(),
            points: false,
            cursor: None,
        }
    }

    /// Through a journal, from its beginning.
    pub fn replay(run: RunId, speed: f64) -> Self {
        Self {
            replays: Some(run),
            spot: Spot::Time(Duration::ZERO),
            time: Duration::ZERO,
            place: 0,
            playing: Playing::Starting,
            speed,
            ..Self::back(Duration::ZERO)
        }
    }

    /// Whether time passes.
    pub const fn is_playing(&self) -> bool {
        !matches!(self.playing, Playing::Stopped)
    }

    /// How long the run is by now.
    pub fn length(&self) -> Duration {
        match &self.present {
            // What went by since it was over is no part of it.
            Some(present) => {
                present.run.end.as_ref().map_or(present.now, |end| end.duration.min(present.now))
            }
            None if self.replays.is_some() => self.chart.length,
            None => self.opened,
        }
    }
}

/// The step that an event of note is about.
pub fn step_of(event: &Envelope) -> Option<StepId> {
    use crate::event::EventKind as E;
    match &event.kind {
        E::StepStarted { node, phase, .. }
        | E::StepStopping { node, phase, .. }
        | E::StepFinished { node, phase, .. }
        | E::RetryRequested { node, phase }
        | E::BreakpointPassed { node, phase } => Some(StepId { node: node.clone(), phase: phase.clone() }),
        _ => None,
    }
}

/// An event of note in a few words.
pub fn told(event: &Envelope) -> String {
    use crate::event::{EventKind as E, StepOutcome as O};
    let step = |node: &crate::ids::NodeName, phase: &crate::ids::PhaseId| format!("{phase} on {node}");
    match &event.kind {
        E::RunStarted { resumes: None, .. } => "the run begins".to_owned(),
        E::RunStarted { .. } => "a console goes on with the run".to_owned(),
        E::StepStarted { node, phase, attempt, .. } if attempt.0 > 1 => {
            format!("{} starts, attempt {attempt}", step(node, phase))
        }
        E::StepStarted { node, phase, .. } => format!("{} starts", step(node, phase)),
        E::StepStopping { node, phase, .. } => format!("{} is told to stop", step(node, phase)),
        E::StepFinished { node, phase, outcome, .. } => {
            let word = match outcome {
                O::Succeeded => "is done",
                O::Failed => "fails",
                O::Skipped => "is left out",
                O::Cancelled => "is ended",
            };
            format!("{} {word}", step(node, phase))
        }
        E::GateReached { .. } => "the checks are over, the run waits".to_owned(),
        E::Rechecked { node } => format!("{node} is checked again"),
        E::NodeReset { node } => format!("{node} is begun anew"),
        E::RetryRequested { node, phase } => format!("{} is to be tried again", step(node, phase)),
        E::BreakpointPassed { node, phase } => format!("{} passes its breakpoint", step(node, phase)),
        E::PaceChanged { pace: crate::event::Pace::Paused } => "the run is paused".to_owned(),
        E::PaceChanged { .. } => "the run goes on".to_owned(),
        E::Cancelling { .. } => "the run is being ended".to_owned(),
        E::LinkLost { node, .. } => format!("the link to {node} is lost"),
        E::LinkRestored { node, .. } => format!("the link to {node} is back"),
        E::RunFinished { .. } => "the run is over".to_owned(),
        _ => String::new(),
    }
}
