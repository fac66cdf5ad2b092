//! One JSON object a line, for programs.

use std::io::{self, Write};

use super::{Face, Sink};
use crate::event::Envelope;
use crate::state::RunState;

/// Every event as one line, as in the journal; each is flushed, the last one is `run-finished`.
pub struct Json {
    out: Sink,
}

impl Json {
    /// Writes to `out`.
    pub fn new(out: Sink) -> Self {
        Self { out }
    }
}

impl Face for Json {
    fn event(&mut self, envelope: &Envelope, _: &RunState) -> io::Result<()> {
        let mut line = envelope.to_line().map_err(io::Error::other)?;
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }

    fn finish(&mut self, _: &RunState) -> io::Result<()> {
        self.out.flush()
    }
}
