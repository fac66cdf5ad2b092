//! One story for the tests of every face: success, a group, a wait, a retry, a failure, a skip, a lost link, a cancel.

#![allow(clippy::unwrap_used)]

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::{Face, Sink};
use crate::event::Envelope;
use crate::journal::Reader;
use crate::state::RunState;

const STORY: &str = include_str!("../../tests/journals/v1/cancelled.jsonl");

pub(super) fn events() -> Vec<Envelope> {
    Reader::new(STORY.as_bytes(), Path::new("story")).map(Result::unwrap).collect()
}

/// A sink whose content can be looked at.
#[derive(Clone, Default)]
pub(super) struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub(super) fn sink(&self) -> Sink {
        Box::new(self.clone())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Shows `events` to a face.
pub(super) fn show(face: &mut dyn Face, events: &[Envelope]) -> RunState {
    let mut state = RunState::default();
    for event in events {
        state.apply(event);
        face.event(event, &state).unwrap();
    }
    face.finish(&state).unwrap();
    state
}
