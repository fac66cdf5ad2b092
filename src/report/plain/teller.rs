//! Turns events into lines.

use std::time::Duration;

use super::findings::Findings;
use super::lines::Columns;
use super::telling::{self, Quiet};
use super::waits::Waits;
use super::{PlainOptions, summary};
use crate::event::{Envelope, EventKind};
use crate::state::RunState;

/// What is told of a run, line by line.
#[derive(Debug)]
pub(in crate::report) struct Teller {
    options: PlainOptions,
    columns: Columns,
    waits: Waits,
    findings: Findings,
    quiet: Quiet,
}

impl Teller {
    pub(in crate::report) fn new(options: PlainOptions) -> Self {
        Self {
            columns: Columns::new(options.style),
            options,
            waits: Waits::default(),
            findings: Findings::default(),
            quiet: Quiet::default(),
        }
    }

    /// The lines due with an event; mostly none.
    pub(in crate::report) fn event(&mut self, envelope: &Envelope, state: &RunState) -> Vec<String> {
        let mut lines = Vec::new();
        if self.findings.are_due(state) {
            lines.extend(self.found());
        }
        match &envelope.kind {
            EventKind::RunStarted { .. } => {
                self.quiet = Quiet::default();
                self.columns.measure(state);
                lines.extend(self.columns.heading(state));
            }
            EventKind::NodeFinding { node, finding } => self.findings.add(node, finding),
            EventKind::PlanExtended { steps, .. } => self.quiet.plan(steps, state),
            _ => {
                let verbose = self.options.verbose;
                lines.extend(telling::tell(envelope, state, &self.columns, &mut self.quiet, verbose));
            }
        }
        if !lines.is_empty() {
            self.waits.spoke(envelope.elapsed);
        }
        lines.extend(self.waits.due(envelope.elapsed, state, &self.columns));
        lines
    }

    /// The lines due by `now` without an event.
    pub(in crate::report) fn tick(&mut self, now: Duration, state: &RunState) -> Vec<String> {
        self.waits.due(now, state, &self.columns)
    }

    /// The last lines.
    pub(in crate::report) fn finish(&mut self, state: &RunState) -> Vec<String> {
        let mut lines = self.found();
        lines.extend(summary::lines(state, &self.columns, &self.options));
        lines
    }

    fn found(&mut self) -> Vec<String> {
        let found = self.findings.take(self.options.verbose);
        found.iter().flat_map(|found| found.lines(&self.columns)).collect()
    }
}
