//! The last lines of a run: each node, the slowest steps, what failed, where the journal is, how to go on.

use std::cmp::Reverse;
use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::lines::Columns;
use super::{PlainOptions, failure};
use crate::event::RunOutcome;
use crate::report::layout::{clean, counted, cut, fit, wrap};
use crate::report::style::{Mark, Style};
use crate::report::tally::{NodeTally, tally};
use crate::state::{RunState, StepState};
use crate::text;

/// Slowest steps shown.
const SLOWEST: usize = 5;
/// Failed steps shown in full.
const FAILED: usize = 5;

/// All of it.
pub(super) fn lines(state: &RunState, columns: &Columns, options: &PlainOptions) -> Vec<String> {
    let style = columns.style;
    let mut lines = vec![String::new()];
    lines.extend(nodes(state, style));
    for (n, (time, step)) in slowest(state).into_iter().enumerate() {
        if n == 0 {
            lines.extend([String::new(), style.bold("slowest steps")]);
        }
        lines.push(format!("  {:>6}  {}", text::duration(time), step.id()));
    }
    lines.extend(failed(state, columns));
    lines.push(String::new());
    lines.extend(verdict(state, style));
    if let Some(journal) = &options.journal {
        lines.push(format!("journal  {}", clean(&journal.display().to_string())));
    }
    let unfinished = state.end.as_ref().is_none_or(|end| end.outcome != RunOutcome::Succeeded);
    // Where nothing was changed a new run does as well, and asks nothing.
    let begun = state.steps().any(StepState::left_traces);
    if let Some(resume) = options.resume.as_ref().filter(|_| unfinished && begun) {
        lines.push(format!("resume   {}", clean(resume)));
    }
    lines
}

fn nodes(state: &RunState, style: Style) -> Vec<String> {
    let mut tallies: Vec<_> = state.nodes().map(|node| (node, tally(state, node))).collect();
    // Nodes that the run has nothing to do with.
    tallies.retain(|(_, tally)| tally.total > 0);
    let widest = tallies.iter().map(|(node, _)| node.name.as_str().width()).max().unwrap_or(0).clamp(4, 30);
    let counts = |tally: &NodeTally<'_>| format!("{}/{}", tally.settled, tally.total);
    let longest = tallies.iter().map(|(_, tally)| counts(tally).len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (node, tally) in tallies {
        let role = node.info.as_ref().map_or_else(String::new, |info| info.role.to_string());
        let name = fit(node.name.as_str(), widest, style.unicode);
        let steps = counts(&tally);
        let at = tally.failed_at.map_or_else(String::new, |phase| format!("at {phase}"));
        // All columns before it; the whole name of the phase stands below.
        let room = style.width.max(60).saturating_sub(widest + longest + 44);
        let at = if room < 8 { String::new() } else { cut(&at, room, style.unicode) };
        let time = text::duration(tally.time);
        let mark = style.mark_as(tally.mark, &format!("{:7}", tally.mark.word()));
        lines.push(format!("{name}  {role:13}  {mark}  {steps:>longest$} steps  {time:>6}  {at}"));
    }
    lines
}

/// The steps that took longest, and how long.
pub(in crate::report) fn slowest(state: &RunState) -> Vec<(Duration, &StepState)> {
    let mut steps: Vec<_> = state
        .steps()
        .filter_map(|step| Some((step.time_spent(state.elapsed)?, step)))
        .filter(|(time, _)| *time >= Duration::from_secs(1))
        .collect();
    steps.sort_by_key(|(time, _)| Reverse(*time));
    steps.truncate(SLOWEST);
    steps
}

fn failed(state: &RunState, columns: &Columns) -> Vec<String> {
    let style = columns.style;
    let all: Vec<&StepState> = state.failed().collect();
    let mut lines = Vec::new();
    for step in all.iter().take(FAILED) {
        lines.push(String::new());
        lines.push(format!("{}  {}", style.mark_short(Mark::Failed), style.bold(&step.id().to_string())));
        let reason = step.end.as_ref().and_then(|end| end.reason.as_deref());
        let wrapped = wrap(&clean(reason.unwrap_or_default()), style.width.saturating_sub(4));
        lines.extend(wrapped.iter().map(|line| format!("    {line}")));
        lines.extend(failure::details(step, columns));
    }
    if all.len() > FAILED {
        lines.push(format!("and {} more failed", all.len() - FAILED));
    }
    lines
}

fn verdict(state: &RunState, style: Style) -> Vec<String> {
    let (mark, what) = headline(state);
    let mut lines = vec![format!("{}  {what}", style.mark_short(mark))];
    if let Some(reason) = state.end.as_ref().and_then(|end| end.reason.as_deref()) {
        lines.extend(
            wrap(&clean(reason), style.width.saturating_sub(4)).iter().map(|line| format!("    {line}")),
        );
    }
    lines
}

/// How the run ended, in one line.
pub(in crate::report) fn headline(state: &RunState) -> (Mark, String) {
    let progress = state.progress();
    let steps = format!("{} of {}", progress.succeeded, counted(progress.total(), "step"));
    let Some(end) = &state.end else {
        return (Mark::Stopped, format!("not ended: {steps} done after {}", text::duration(state.elapsed)));
    };
    let (mark, what) = match end.outcome {
        RunOutcome::Succeeded => (Mark::Done, "everything is as asked"),
        RunOutcome::SucceededPartly => (Mark::Warning, "done, but for workers that may fail"),
        RunOutcome::Failed => (Mark::Failed, "a step failed"),
        RunOutcome::Unreachable => (Mark::Failed, "a node could not be reached"),
        RunOutcome::Cancelled => (Mark::Stopped, "ended early"),
    };
    (mark, format!("{what}: {steps} done in {}", text::duration(end.duration)))
}
