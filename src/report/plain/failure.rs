//! A failed step: what it said last, the likely cause, the fix, and where to look.

use std::time::Duration;

use super::lines::Columns;
use crate::report::layout::{clean, cut};
use crate::report::style::Mark;
use crate::state::{AttemptState, StepState};
use crate::text;

/// Lines of output shown.
const LINES: usize = 8;

/// All there is to say about a step that has just failed.
pub(super) fn lines(at: Duration, step: &StepState, columns: &Columns) -> Vec<String> {
    let mut what = step.id().phase.to_string();
    let end = step.end.as_ref();
    if let Some(end) = end.filter(|_| !step.attempts.is_empty()) {
        what = what + "  after " + &text::duration(end.duration);
    }
    if let Some(rc) = end.and_then(|end| end.rc) {
        what = what + ", exit status " + &rc.to_string();
    }
    let mut lines = columns.line(at, step.id().node.as_str(), Mark::Failed, &what);
    lines.extend(end.and_then(|end| end.reason.as_deref()).into_iter().flat_map(|why| columns.more(why)));
    lines.extend(details(step, columns));
    lines
}

/// Last lines, diagnosis and consequences, flush left so that commands can be copied.
pub(super) fn details(step: &StepState, columns: &Columns) -> Vec<String> {
    let style = columns.style;
    let mut lines = Vec::new();
    let important = step.last_attempt().map(important).unwrap_or_default();
    let bar = style.dim(style.bar());
    lines.extend(
        important.iter().map(|line| {
            format!("    {bar}{}", cut(&clean(line), style.width.saturating_sub(6), style.unicode))
        }),
    );
    if let Some(found) = step.end.as_ref().and_then(|end| end.diagnosis.as_ref()) {
        lines.extend(field("cause", &found.cause, columns));
        lines.extend(field("fix", &found.fix, columns));
        for (n, command) in found.look.iter().enumerate() {
            lines.push(format!("    {:8}{}", if n == 0 { "look" } else { "" }, clean(command)));
        }
    }
    lines.extend(lacking(step, columns));
    lines
}

/// What others will miss.
pub(super) fn lacking(step: &StepState, columns: &Columns) -> Vec<String> {
    let missed = step.lacking();
    let Some(first) = missed.first() else { return Vec::new() };
    let text = match missed.len() {
        1 => format!("{first} will lack what this would have provided"),
        n => format!("{first} and {} more will lack what this would have provided", n - 1),
    };
    field("note", &text, columns)
}

fn field(name: &str, text: &str, columns: &Columns) -> Vec<String> {
    let wrapped = crate::report::layout::wrap(&clean(text), columns.style.width.saturating_sub(12));
    let head = |n| if n == 0 { name } else { "" };
    wrapped.iter().enumerate().map(|(n, line)| format!("    {:8}{line}", head(n))).collect()
}

/// The lines that matter of an attempt's output: from the first sign of an error among the last ones,
/// without kubeadm's advice to run it again with `--v=5`.
pub(in crate::report) fn important(attempt: &AttemptState) -> Vec<&str> {
    let noise = |line: &&str| {
        let line = line.trim();
        line.is_empty() || line.starts_with("To see the stack trace of this error")
    };
    let said: Vec<_> = attempt.output.last(60).filter(|line| !noise(line)).collect();
    let sign = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["error", "fatal", "failed", "timed out", "unfortunately", "couldn't", "unable to"]
            .iter()
            .any(|s| line.contains(s))
    };
    let from = said.iter().position(sign).unwrap_or(0).max(said.len().saturating_sub(LINES));
    said[from..].to_vec()
}
