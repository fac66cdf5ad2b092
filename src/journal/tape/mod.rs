//! A journal to be looked at in any order: the run as it was after each of its events, and what a step had printed.
//!
//! ```text
//! index     where each event stands, when it happened, and what printed; a few words an event
//! chart     what the run looks like from above: its length, and the events that are of note
//! stations  states of the run, kept at distances that grow with the journal, so that few events lie between two
//! ```
//!
//! States share what is the same in them, so that a station costs little more than what happened since the one before.

mod chart;
mod index;
mod stations;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use self::index::Index;
use self::stations::Stations;
use super::ReadError;
use super::lines::{self, Line};
use super::reader::{LONGEST, Trouble, understand};
use crate::event::Envelope;
use crate::ids::{Attempt, StepId};
use crate::state::RunState;

pub use chart::{Chart, Note, NoteKind};

/// A place in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// After everything that happened up to that time of the run.
    Time(Duration),
    /// After so many events.
    Event(usize),
}

/// What a try printed up to a place, as events to be taken in by whoever shows output.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Printed {
    /// Lines that came before those of the events.
    pub older: u64,
    /// What the node said of itself, the leaves that were seen, and the output, in order.
    pub events: Vec<Envelope>,
}

/// A journal with its index. Reads of the file block: call it where that is allowed.
#[derive(Debug)]
pub struct Tape<R> {
    input: BufReader<R>,
    path: PathBuf,
    /// Where the input stands.
    position: u64,
    /// Up to where the journal was read.
    read: u64,
    index: Index,
    chart: Arc<Chart>,
    stations: Stations,
    /// The state after all that was read.
    end: RunState,
    /// Where one was last, and the state there.
    here: (usize, RunState),
    folded: u64,
}

impl Tape<File> {
    /// Opens the journal at `path`; nothing of it is read before [`Tape::catch_up`].
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
        Ok(Self::new(file, path))
    }
}

impl<R: Read + Seek> Tape<R> {
    /// Reads from `input`; `path` is for messages.
    pub fn new(input: R, path: &Path) -> Self {
        Self {
            input: BufReader::with_capacity(64 * 1024, input),
            path: path.to_owned(),
            position: 0,
            read: 0,
            index: Index::default(),
            chart: Arc::default(),
            stations: Stations::default(),
            end: RunState::default(),
            here: (0, RunState::default()),
            folded: 0,
        }
    }

    /// Takes in what was added to the journal since the last time. Half a line at its end is left for the next time;
    /// damaged lines are passed over.
    pub fn catch_up(&mut self) -> Result<(), ReadError> {
        self.seek(self.read)?;
        loop {
            let start = self.position;
            let mut taken = 0;
            let line =
                lines::next(&mut self.input, LONGEST, &mut taken).map_err(|error| self.failed(error))?;
            self.position += taken;
            let line = match line {
                None | Some(Line::Torn) => return Ok(()),
                Some(Line::TooLong) => None,
                Some(Line::Whole(line)) => Some(line),
            };
            self.read = self.position;
            let event = match line.map(|line| understand(&line)) {
                None | Some(Ok(None) | Err(Trouble::Damaged(_))) => continue,
                Some(Err(Trouble::Newer(found))) => {
                    return Err(ReadError::Newer { path: self.path.clone(), found });
                }
                Some(Ok(Some(event))) => event,
            };
            self.end.apply(&event);
            let length = self.position - start;
            let place = self.index.add(start, length, &event);
            Arc::make_mut(&mut self.chart).add(place, self.index.time(place), &event);
            self.stations.pass(place, length, &self.end);
        }
    }

    /// The run from above.
    pub fn chart(&self) -> Arc<Chart> {
        Arc::clone(&self.chart)
    }

    /// How many events come before `spot`, and what time it is there.
    pub fn find(&self, spot: Spot) -> (usize, Duration) {
        match spot {
            Spot::Time(time) => (self.index.before(time), time),
            Spot::Event(place) => {
                let place = place.min(self.index.len());
                (place, self.index.time(place))
            }
        }
    }

    /// The state after the first `place` events. Folds at most what lies between two stations.
    pub fn state(&mut self, place: usize) -> Result<RunState, ReadError> {
        let place = place.min(self.index.len());
        if place == self.index.len() {
            return Ok(self.end.clone());
        }
        let (mut from, mut state) = self.stations.before(place);
        if (from..=place).contains(&self.here.0) {
            (from, state) = std::mem::take(&mut self.here);
        }
        for at in from..place {
            if let Some(event) = self.event(at)? {
                state.apply(&event);
                self.folded += 1;
            }
        }
        self.here = (place, state);
        Ok(self.here.1.clone())
    }

    /// What an attempt had printed after the first `place` events: not many more than its last `most` lines.
    pub fn printed(
        &mut self,
        step: &StepId,
        attempt: Attempt,
        place: usize,
        most: u64,
    ) -> Result<Printed, ReadError> {
        let (places, older) = self.index.printed(step, attempt, place, most);
        let mut events = Vec::with_capacity(places.len());
        for at in places {
            events.extend(self.event(at)?);
        }
        Ok(Printed { older, events })
    }

    /// The event that made the place `place` what it is, if it is of note.
    pub fn noted(&mut self, place: usize) -> Result<Option<Envelope>, ReadError> {
        match self.chart.last_before(place) {
            Some(note) => self.event(note.place - 1),
            None => Ok(None),
        }
    }

    /// How many events were folded to go from place to place, since the tape was opened.
    pub const fn folded(&self) -> u64 {
        self.folded
    }

    /// The nodes and steps whose states two neighbouring stations hold apart are few; this is how many stations there are.
    #[cfg(test)]
    fn stations(&self) -> usize {
        self.stations.len()
    }

    fn event(&mut self, at: usize) -> Result<Option<Envelope>, ReadError> {
        let Some((start, length)) = self.index.range(at) else { return Ok(None) };
        self.seek(start)?;
        let mut line = vec![0; length];
        self.input.read_exact(&mut line).map_err(|error| self.failed(error))?;
        self.position += length as u64;
        Ok(understand(&line).ok().flatten())
    }

    /// Within what is read ahead already, nothing is read again.
    fn seek(&mut self, to: u64) -> Result<(), ReadError> {
        let by = i64::try_from(to).ok().zip(i64::try_from(self.position).ok()).map(|(to, at)| to - at);
        let sought = match by {
            Some(0) if !self.input.buffer().is_empty() => Ok(()),
            Some(by) if by != 0 => self.input.seek_relative(by),
            _ => self.input.seek(SeekFrom::Start(to)).map(drop),
        };
        sought.map_err(|error| self.failed(error))?;
        self.position = to;
        Ok(())
    }

    fn failed(&self, source: io::Error) -> ReadError {
        ReadError::Io { path: self.path.clone(), source }
    }
}
