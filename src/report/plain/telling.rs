//! Which events are told, and in which words.

use std::collections::HashMap;
use std::time::Duration;

use super::failure;
use super::lines::Columns;
use crate::artifact::{Change, Files};
use crate::diag::Severity;
use crate::event::{CancelStage, Envelope, EventKind, Pace, StepOutcome};
use crate::ids::{PhaseId, StepId};
use crate::plan::step::{Step, Work};
use crate::report::layout::counted;
use crate::report::style::Mark;
use crate::state::{NodeState, RunState, StepState};
use crate::text;

/// Preparing steps are told once for all nodes, unless they take longer than this.
const WORTH_TELLING: Duration = Duration::from_secs(10);

/// Steps that only prepare: how many are still to end, by phase.
#[derive(Debug, Default)]
pub(super) struct Quiet(HashMap<PhaseId, Left>);

#[derive(Debug, Default)]
struct Left {
    open: usize,
    done: usize,
}

impl Quiet {
    pub(super) fn plan(&mut self, steps: &[Step], state: &RunState) {
        let to_come = |step: &&Step| state.step(&step.id).is_some_and(|step| !step.is_finished());
        for step in steps.iter().filter(|step| is_quiet(&step.work)).filter(to_come) {
            self.0.entry(step.id.phase.clone()).or_default().open += 1;
        }
    }

    /// One of them is over; how many succeeded, once all are.
    fn over(&mut self, phase: &PhaseId, outcome: StepOutcome) -> Option<usize> {
        let left = self.0.get_mut(phase)?;
        left.open = left.open.saturating_sub(1);
        left.done += usize::from(outcome == StepOutcome::Succeeded);
        (left.open == 0 && left.done > 0).then(|| std::mem::take(&mut left.done))
    }
}

pub(super) const fn is_quiet(work: &Work) -> bool {
    matches!(
        work,
        Work::Connect
            | Work::Probe
            | Work::Check
            | Work::WriteConfig
            | Work::SignClusterInfo
            | Work::Label { .. }
            | Work::CleanUp
            | Work::Sweep
    )
}

/// The lines for one event; mostly none.
pub(super) fn tell(
    envelope: &Envelope,
    state: &RunState,
    columns: &Columns,
    quiet: &mut Quiet,
    verbose: bool,
) -> Vec<String> {
    let at = envelope.elapsed;
    match &envelope.kind {
        EventKind::StepStarted { node, phase, reattached: true, .. } => columns.line(
            at,
            node.as_str(),
            Mark::Running,
            phase.as_str(),
            "followed again; it went on without us",
        ),
        EventKind::LessonPage(page) => {
            let what = format!("{}/{} {}", page.page, page.pages, page.title);
            columns.line(at, "", Mark::Note, &what, page.note.as_deref().unwrap_or_default())
        }
        EventKind::StepOutput { node, lines, .. } if verbose => {
            lines.iter().map(|line| columns.quote(node.as_str(), line)).collect()
        }
        EventKind::StepFiles { node, phase, found, .. } if verbose => {
            files(phase, found).iter().map(|line| columns.quote(node.as_str(), line)).collect()
        }
        EventKind::StepFinished { node, phase, outcome, .. } => {
            let all = quiet.over(phase, *outcome).filter(|_| !verbose);
            let id = StepId { node: node.clone(), phase: phase.clone() };
            let mut lines = state.step(&id).map_or_else(Vec::new, |step| match outcome {
                StepOutcome::Succeeded => succeeded(at, step, columns, verbose),
                StepOutcome::Failed => failure::lines(at, step, is_told_by_findings(step, state), columns),
                StepOutcome::Skipped => left_out(at, step, columns, Mark::Skipped),
                StepOutcome::Cancelled if step.attempts.is_empty() => Vec::new(),
                StepOutcome::Cancelled => left_out(at, step, columns, Mark::Stopped),
            });
            if let Some(nodes) = all {
                lines.extend(columns.line(at, "", Mark::Done, phase.as_str(), &counted(nodes, "node")));
            }
            lines
        }
        EventKind::RetryPlanned { node, phase, attempt, after } => {
            let when = format!("attempt {attempt} in {}", text::duration(*after));
            columns.line(at, node.as_str(), Mark::Retry, phase.as_str(), &when)
        }
        EventKind::NodeReset { node } => {
            let what = "taken out of the cluster, and begun anew";
            columns.line(at, node.as_str(), Mark::Retry, "reset", what)
        }
        EventKind::Rechecked { node } => columns.line(at, node.as_str(), Mark::Retry, "check", "as asked"),
        EventKind::InventoryChanged { changes, .. } => {
            let mut lines = columns.line(at, "", Mark::Note, "the inventory was changed", "");
            lines.extend(changes.iter().flat_map(|change| columns.more(change)));
            lines
        }
        EventKind::RetryRequested { node, phase } => {
            columns.line(at, node.as_str(), Mark::Retry, phase.as_str(), "as asked")
        }
        EventKind::LinkLost { node, reason } => {
            columns.line(at, node.as_str(), Mark::Lost, "what runs there goes on", reason)
        }
        EventKind::LinkRestored { node, away } => {
            columns.line(at, node.as_str(), Mark::Back, "", &format!("after {}", text::duration(*away)))
        }
        EventKind::PaceChanged { pace: Pace::Paused } => columns.line(at, "", Mark::Note, "paused", ""),
        EventKind::PaceChanged { pace: Pace::Continuous } => columns.line(at, "", Mark::Note, "going on", ""),
        EventKind::Cancelling { stage, reason } => {
            let what = match stage {
                CancelStage::Drain => "what runs may end, nothing new starts",
                CancelStage::Stop => "what runs is stopped on the nodes",
            };
            columns.line(at, "", Mark::Stopped, reason, what)
        }
        EventKind::Notice { severity, text } => columns.line(at, "", Mark::from(*severity), text, ""),
        _ => Vec::new(),
    }
}

/// What a step changed: a line of numbers, and a line a file where something else is to be read now.
fn files(phase: &PhaseId, found: &Files) -> Vec<String> {
    let mut lines = vec![format!("files of {phase}: {}", found.summary())];
    let told = found.files.iter().filter(|file| !matches!(file.change, Change::Rewritten | Change::Owner));
    lines.extend(told.map(|file| format!("  {} {}", file.change.as_str(), file.path)));
    lines
}

/// The findings of a check are told with their fixes, once for all nodes.
fn is_told_by_findings(step: &StepState, state: &RunState) -> bool {
    let errors = |node: &NodeState| node.findings.iter().any(|it| it.severity == Severity::Error);
    step.plan.work == Work::Check && state.node(&step.id().node).is_some_and(errors)
}

fn succeeded(at: Duration, step: &StepState, columns: &Columns, verbose: bool) -> Vec<String> {
    let duration = step.end.as_ref().map_or(Duration::ZERO, |end| end.duration);
    if is_quiet(&step.plan.work) && !verbose && duration < WORTH_TELLING {
        return Vec::new();
    }
    let mut time = text::duration(duration);
    if step.attempts.len() > 1 {
        time = time + ", attempt " + &step.attempts.len().to_string();
    }
    let mut lines = columns.line(at, step.id().node.as_str(), Mark::Done, step.id().phase.as_str(), &time);
    lines.extend(step.end.iter().filter_map(|end| end.reason.as_deref()).flat_map(|why| columns.more(why)));
    lines
}

fn left_out(at: Duration, step: &StepState, columns: &Columns, mark: Mark) -> Vec<String> {
    let reason = step.end.as_ref().and_then(|end| end.reason.as_deref()).unwrap_or_default();
    let mut lines = columns.line(at, step.id().node.as_str(), mark, step.id().phase.as_str(), reason);
    lines.extend(failure::lacking(step).iter().flat_map(|missed| columns.more(missed)));
    lines
}
