//! Plain text for people who follow a run without the console.

mod failure;
mod findings;
mod lines;
mod summary;
mod teller;
mod telling;
#[cfg(test)]
mod tests;
mod waits;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

pub use failure::important;
pub(super) use findings::Findings;
pub(super) use summary::{headline, slowest};
pub(super) use teller::Teller;

use super::{Face, Sink, Style};
use crate::event::Envelope;
use crate::state::RunState;

/// What the plain face shows, and how.
#[derive(Debug, Clone)]
pub struct PlainOptions {
    /// Colours, glyphs, columns.
    pub style: Style,
    /// Also what kubeadm prints, and steps that only prepare.
    pub verbose: bool,
    /// Where the journal is, for the last lines.
    pub journal: Option<PathBuf>,
    /// The command that goes on with this run, for the last lines of one that changed something and did not succeed.
    pub resume: Option<String>,
}

/// A line for everything worth telling, and a summary at the end.
pub struct Plain {
    out: Sink,
    teller: Teller,
}

impl Plain {
    /// Writes to `out`.
    pub fn new(out: Sink, options: PlainOptions) -> Self {
        Self { out, teller: Teller::new(options) }
    }

    fn print(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        self.out.flush()
    }
}

impl Face for Plain {
    fn event(&mut self, envelope: &Envelope, state: &RunState) -> io::Result<()> {
        let lines = self.teller.event(envelope, state);
        self.print(&lines)
    }

    fn tick(&mut self, now: Duration, state: &RunState) -> io::Result<()> {
        let lines = self.teller.tick(now, state);
        self.print(&lines)
    }

    fn finish(&mut self, state: &RunState) -> io::Result<()> {
        let lines = self.teller.finish(state);
        self.print(&lines)
    }
}
