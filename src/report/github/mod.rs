//! For GitHub Actions: what the plain face tells, outputs folded away, annotations, and a page for the run.

mod command;
mod summary;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use self::command::{Level, annotation, defuse, group};
use super::plain::{Findings, Teller};
use super::{Face, PlainOptions, Sink};
use crate::diag::Severity;
use crate::event::{Envelope, EventKind};
use crate::ids::StepId;
use crate::state::RunState;
use crate::survey::finding::Finding;

/// GitHub shows ten annotations of a kind per job step; further ones would only be noise in the log.
const ANNOTATIONS: usize = 10;

/// Writes workflow commands among the lines.
pub struct Github {
    out: Sink,
    teller: Teller,
    summary: Option<PathBuf>,
    findings: Findings,
    failed: Option<StepId>,
    annotated: [usize; 2],
}

impl Github {
    /// Writes to `out`, and the page to `summary`, the file that `GITHUB_STEP_SUMMARY` names.
    pub fn new(out: Sink, options: PlainOptions, summary: Option<PathBuf>) -> Self {
        let options = PlainOptions { verbose: false, ..options };
        Self {
            out,
            teller: Teller::new(options),
            summary,
            findings: Findings::default(),
            failed: None,
            annotated: [0; 2],
        }
    }

    fn print(&mut self, lines: &[String]) -> io::Result<()> {
        lines.iter().try_for_each(|line| writeln!(self.out, "{}", defuse(line.trim_end())))
    }

    fn annotate(&mut self, level: Level, title: &str, text: &str) -> io::Result<()> {
        let count = &mut self.annotated[level as usize];
        *count += 1;
        if *count > ANNOTATIONS {
            return Ok(());
        }
        writeln!(self.out, "{}", annotation(level, title, text))
    }

    /// The output of a step that has just ended, folded under its line; what else there is to say stays in sight.
    fn step(&mut self, id: &StepId, lines: &[String], state: &RunState) -> io::Result<()> {
        let attempt = state.step(id).and_then(|step| step.last_attempt());
        let Some((attempt, (title, rest))) =
            attempt.filter(|attempt| !attempt.output.is_empty()).zip(lines.split_first())
        else {
            return self.print(lines);
        };
        writeln!(self.out, "{}", group(title))?;
        let mut inside: Vec<_> = attempt.command.iter().map(|command| format!("$ {command}")).collect();
        if attempt.output.dropped() > 0 {
            inside.push(format!("({} earlier lines are in the journal)", attempt.output.dropped()));
        }
        inside.extend(attempt.output.lines().map(|line| format!("| {line}")));
        self.print(&inside)?;
        writeln!(self.out, "::endgroup::")?;
        self.print(rest)
    }

    /// A failure is an error unless the run tries again by itself, which the next event tells.
    fn settle(&mut self, next: Option<&EventKind>, state: &RunState) -> io::Result<()> {
        let Some(id) = self.failed.take() else { return Ok(()) };
        let again = matches!(next, Some(EventKind::RetryPlanned { node, phase, .. }) if *node == id.node && *phase == id.phase);
        let end = state
            .step(&id)
            .and_then(|step| step.attempts.last().and_then(|a| a.end.as_ref()).or(step.end.as_ref()));
        let mut text: Vec<String> = end.iter().filter_map(|end| end.reason.clone()).collect();
        if let Some(found) = end.and_then(|end| end.diagnosis.as_ref()) {
            text.extend([format!("Cause: {}", found.cause), format!("Fix: {}", found.fix)]);
        }
        if text.is_empty() {
            text.push("no reason is known".into());
        }
        let (level, title) = if again {
            (Level::Warning, format!("{id} failed and is tried again"))
        } else {
            (Level::Error, format!("{id} failed"))
        };
        self.annotate(level, &title, &text.join("\n"))
    }

    fn last_words(&mut self, state: &RunState) -> io::Result<()> {
        self.settle(None, state)?;
        self.found()?;
        let lines = self.teller.finish(state);
        self.print(&lines)?;
        self.out.flush()
    }

    fn found(&mut self) -> io::Result<()> {
        for found in self.findings.take(false) {
            let Finding { check, severity, message, fix } = &found.finding;
            let fix = fix.as_ref().map_or_else(String::new, |fix| format!("\nFix: {fix}"));
            let text = format!("{message} {}{fix}", found.on());
            self.annotate(Level::from(*severity), check, &text)?;
        }
        Ok(())
    }
}

impl Face for Github {
    fn event(&mut self, envelope: &Envelope, state: &RunState) -> io::Result<()> {
        self.settle(Some(&envelope.kind), state)?;
        if self.findings.are_due(state) {
            self.found()?;
        }
        let lines = self.teller.event(envelope, state);
        match &envelope.kind {
            EventKind::NodeFinding { node, finding } => self.findings.add(node, finding),
            EventKind::StepFinished { node, phase, outcome, .. } => {
                let id = StepId { node: node.clone(), phase: phase.clone() };
                self.step(&id, &lines, state)?;
                self.failed = (*outcome == crate::event::StepOutcome::Failed).then_some(id);
                return self.out.flush();
            }
            EventKind::Notice { severity, text } if *severity > Severity::Note => {
                self.annotate(Level::from(*severity), "kubestep", text)?;
            }
            EventKind::Cancelling { reason, .. } => self.annotate(Level::Warning, "cancelled", reason)?,
            _ => {}
        }
        self.print(&lines)?;
        self.out.flush()
    }

    fn tick(&mut self, now: Duration, state: &RunState) -> io::Result<()> {
        let lines = self.teller.tick(now, state);
        self.print(&lines)?;
        self.out.flush()
    }

    fn finish(&mut self, state: &RunState) -> io::Result<()> {
        // Nobody may be reading the log any more; the page is written all the same.
        let told = self.last_words(state);
        let written = self.summary.as_ref().map_or(Ok(()), |path| summary::append(path, state));
        told.and(written)
    }
}
