//! A run from above.

use std::time::Duration;

use crate::event::{Envelope, EventKind, StepOutcome};

/// Its length, and what in it is of note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chart {
    /// Up to its last event.
    pub length: Duration,
    /// How many events there are.
    pub events: usize,
    /// Events of note, in order: what starts, ends, fails, is lost, is decided. Output is not among them.
    pub notes: Vec<Note>,
    /// Times in which no console followed the run: from, to.
    pub gaps: Vec<(Duration, Duration)>,
}

/// An event of note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// How many events there are up to it, with it.
    pub place: usize,
    /// When it happened, by the run's time.
    pub at: Duration,
    /// What it is.
    pub kind: NoteKind,
}

/// What is of note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// A console began to follow the run.
    Session,
    /// A step failed.
    Failure,
    /// A link was lost.
    Loss,
    /// The run ended.
    End,
    /// Anything else.
    Step,
}

impl NoteKind {
    /// Whether something went wrong.
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::Failure | Self::Loss)
    }
}

impl Chart {
    pub(super) fn add(&mut self, place: usize, at: Duration, event: &Envelope) {
        if matches!(event.kind, EventKind::RunStarted { .. }) && self.events > 0 {
            self.gaps.push((self.length, at));
        }
        self.length = at;
        self.events = place;
        self.notes.extend(kind(&event.kind).map(|kind| Note { place, at, kind }));
    }

    /// The last event of note among the first `place` events.
    pub fn last_before(&self, place: usize) -> Option<Note> {
        let count = self.notes.partition_point(|note| note.place <= place);
        self.notes[..count].last().copied()
    }

    /// The first event of note after the first `place` events for which `is` holds.
    pub fn next_after(&self, place: usize, is: impl Fn(NoteKind) -> bool) -> Option<Note> {
        let count = self.notes.partition_point(|note| note.place <= place);
        self.notes[count..].iter().find(|note| is(note.kind)).copied()
    }

    /// The time without those in which no console followed the run: within one of these, its end.
    pub fn past_gaps(&self, time: Duration) -> Duration {
        let within = self.gaps.iter().find(|(from, to)| (*from..*to).contains(&time) && time > *from);
        within.map_or(time, |(_, to)| *to)
    }
}

const fn kind(event: &EventKind) -> Option<NoteKind> {
    Some(match event {
        EventKind::RunStarted { .. } => NoteKind::Session,
        EventKind::StepFinished { outcome: StepOutcome::Failed, .. } => NoteKind::Failure,
        EventKind::LinkLost { .. } => NoteKind::Loss,
        EventKind::RunFinished { .. } => NoteKind::End,
        EventKind::StepStarted { .. }
        | EventKind::StepStopping { .. }
        | EventKind::StepFinished { .. }
        | EventKind::GateReached { .. }
        | EventKind::Rechecked { .. }
        | EventKind::NodeReset { .. }
        | EventKind::RetryRequested { .. }
        | EventKind::BreakpointPassed { .. }
        | EventKind::PaceChanged { .. }
        | EventKind::Cancelling { .. }
        | EventKind::LinkRestored { .. } => NoteKind::Step,
        _ => return None,
    })
}
