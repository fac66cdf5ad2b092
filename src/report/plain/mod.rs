//! Plain text for people who follow a run without the console.

mod failure;
mod findings;
mod lines;
mod summary;
mod telling;
#[cfg(test)]
mod tests;
mod waits;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use self::findings::Findings;
use self::lines::Columns;
use self::telling::Quiet;
use self::waits::Waits;
use super::{Face, Sink, Style};
use crate::event::{Envelope, EventKind};
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
    /// The command that goes on with this run, for the last lines of a run that did not succeed.
    pub resume: Option<String>,
}

/// A line for everything worth telling, and a summary at the end.
pub struct Plain {
    out: Sink,
    options: PlainOptions,
    columns: Columns,
    waits: Waits,
    findings: Findings,
    quiet: Quiet,
}

impl Plain {
    /// Writes to `out`.
    pub fn new(out: Sink, options: PlainOptions) -> Self {
        let columns = Columns::new(options.style);
        Self {
            out,
            options,
            columns,
            waits: Waits::default(),
            findings: Findings::default(),
            quiet: Quiet::default(),
        }
    }

    fn print(&mut self, lines: &[String]) -> io::Result<()> {
        for line in lines {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Face for Plain {
    fn event(&mut self, envelope: &Envelope, state: &RunState) -> io::Result<()> {
        let mut lines = Vec::new();
        if !matches!(envelope.kind, EventKind::NodeFinding { .. } | EventKind::NodeFacts { .. }) {
            lines.extend(self.findings.take(&self.columns, self.options.verbose));
        }
        match &envelope.kind {
            EventKind::RunStarted { .. } => {
                self.columns.measure(state);
                lines.extend(self.columns.heading(state));
            }
            EventKind::NodeFinding { node, finding } => self.findings.add(node, finding),
            EventKind::PlanExtended { steps, .. } => self.quiet.plan(steps),
            _ => lines.extend(telling::tell(
                envelope,
                state,
                &self.columns,
                &mut self.quiet,
                self.options.verbose,
            )),
        }
        if !lines.is_empty() {
            self.waits.spoke(envelope.elapsed);
        }
        lines.extend(self.waits.due(envelope.elapsed, state, &self.columns));
        self.print(&lines)?;
        self.out.flush()
    }

    fn tick(&mut self, now: Duration, state: &RunState) -> io::Result<()> {
        let lines = self.waits.due(now, state, &self.columns);
        self.print(&lines)?;
        self.out.flush()
    }

    fn finish(&mut self, state: &RunState) -> io::Result<()> {
        let mut lines = self.findings.take(&self.columns, self.options.verbose);
        lines.extend(summary::lines(state, &self.columns, &self.options));
        self.print(&lines)?;
        self.out.flush()
    }
}
