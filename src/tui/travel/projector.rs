//! Reads the journal in a thread of its own: neither the run nor the screen waits for the disk.

use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::{Moment, Past, Prints, Request};
use crate::ids::{Attempt, StepId};
use crate::journal::ReadError;
use crate::journal::tape::Tape;
use crate::tui::message::Message;

/// Lines of an attempt that are read; older ones are only in the journal.
const LINES: u64 = 10_000;

/// Answers what is asked of `tape`.
pub fn answer<R: Read + Seek>(tape: &mut Tape<R>, request: Request) -> Result<Past, ReadError> {
    match request {
        Request::Moment(spot, shows) => {
            tape.catch_up()?;
            let (place, time) = tape.find(spot);
            let moment = Moment {
                spot,
                place,
                time,
                run: tape.state(place)?,
                chart: tape.chart(),
                last: tape.noted(place)?,
                prints: prints(tape, place, shows)?,
            };
            Ok(Past::Moment(Box::new(moment)))
        }
        Request::Prints(place, shows) => Ok(Past::Prints(place, prints(tape, place, shows)?)),
    }
}

fn prints<R: Read + Seek>(
    tape: &mut Tape<R>,
    place: usize,
    shows: Vec<(StepId, Attempt)>,
) -> Result<Prints, ReadError> {
    let mut prints = Vec::with_capacity(shows.len());
    for (step, attempt) in shows {
        let printed = tape.printed(&step, attempt, place, LINES)?;
        prints.push(((step, attempt), printed));
    }
    Ok(prints)
}

/// The thread. It answers only what was asked last: whoever holds a key down need not see every moment.
#[derive(Debug)]
pub struct Projector(Arc<Desk>);

#[derive(Debug, Default)]
struct Desk {
    asked: Mutex<Asked>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct Asked {
    request: Option<Request>,
    over: bool,
}

impl Projector {
    /// Begins to read the journal at `path`; answers go to `to`.
    pub fn start(path: PathBuf, to: mpsc::Sender<Message>) -> std::io::Result<Self> {
        let desk = Arc::new(Desk::default());
        let own = Arc::clone(&desk);
        std::thread::Builder::new().name("projector".to_owned()).spawn(move || {
            let mut tape = None;
            while let Some(request) = own.next() {
                let past = open(&mut tape, &path).and_then(|tape| answer(tape, request));
                let past = past.map_err(|error| error.to_string());
                if to.blocking_send(Message::Past(past)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self(desk))
    }

    /// Asks; what was asked before and is not answered yet counts no more.
    pub fn ask(&self, request: Request) {
        self.0.lock().request = Some(request);
        self.0.rung.notify_one();
    }
}

fn open<'a>(
    tape: &'a mut Option<Tape<std::fs::File>>,
    path: &std::path::Path,
) -> Result<&'a mut Tape<std::fs::File>, ReadError> {
    let opened = match tape.take() {
        Some(open) => open,
        None => Tape::open(path)?,
    };
    Ok(tape.insert(opened))
}

impl Drop for Projector {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.rung.notify_one();
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Request> {
        let mut asked = self.lock();
        loop {
            if asked.over {
                return None;
            }
            if let Some(request) = asked.request.take() {
                return Some(request);
            }
            asked = self.rung.wait(asked).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
