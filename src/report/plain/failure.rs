//! A failed step: what it said last, the likely cause, the fix, and where to look.

use std::time::Duration;

use super::lines::Columns;
use crate::report::layout::{clean, wrap};
use crate::report::style::Mark;
use crate::state::{AttemptState, StepState};
use crate::text;

/// Lines of output shown.
const LINES: usize = 8;
/// What kubeadm adds to every error of its own.
const ADVICE: [&str; 2] = [
    "To see the stack trace of this error",
    "[preflight] If you know what you are doing, you can make a check",
];

/// All there is to say about a step that has just failed; little where its findings, `found`, say it.
pub(super) fn lines(at: Duration, step: &StepState, found: bool, columns: &Columns) -> Vec<String> {
    let end = step.end.as_ref();
    let mut how = Vec::new();
    if let Some(end) = end.filter(|_| !step.attempts.is_empty()) {
        how.push(format!("after {}", text::duration(end.duration)));
    }
    how.extend(end.and_then(|end| end.rc).map(|rc| format!("exit status {rc}")));
    let id = step.id();
    if found {
        return columns.line(at, id.node.as_str(), Mark::Failed, id.phase.as_str(), "");
    }
    let mut lines = columns.line(at, id.node.as_str(), Mark::Failed, id.phase.as_str(), &how.join(", "));
    lines.extend(end.and_then(|end| end.reason.as_deref()).into_iter().flat_map(|why| columns.more(why)));
    lines.extend(details(step, columns));
    lines
}

/// Last lines, diagnosis and consequences, near the margin so that they can be read and copied.
pub(super) fn details(step: &StepState, columns: &Columns) -> Vec<String> {
    let style = columns.style;
    let mut lines = Vec::new();
    let bar = style.dim(style.bar());
    for said in step.last_attempt().map(important).unwrap_or_default() {
        let said = clean(said);
        let indent = said.len() - said.trim_start().len();
        let wrapped = wrap(&said, style.width.saturating_sub(6 + indent));
        lines.extend(wrapped.iter().map(|part| format!("    {bar}{}{part}", &said[..indent])));
    }
    if let Some(found) = step.end.as_ref().and_then(|end| end.diagnosis.as_ref()) {
        lines.extend(field("cause", &found.cause, columns));
        lines.extend(field("fix", &found.fix, columns));
        for (n, command) in found.look.iter().enumerate() {
            lines.push(format!("    {:8}{}", if n == 0 { "look" } else { "" }, clean(command)));
        }
    }
    lines.extend(lacking(step).iter().flat_map(|missed| field("note", missed, columns)));
    lines
}

/// What others will miss, if there are such.
pub(super) fn lacking(step: &StepState) -> Option<String> {
    let missed = step.lacking();
    let first = missed.first()?;
    Some(match missed.len() {
        1 => format!("{first} will lack what this would have provided"),
        n => format!("{first} and {} more will lack what this would have provided", n - 1),
    })
}

fn field(name: &str, text: &str, columns: &Columns) -> Vec<String> {
    let wrapped = wrap(&clean(text), columns.style.width.saturating_sub(12));
    let head = |n| if n == 0 { name } else { "" };
    wrapped.iter().enumerate().map(|(n, line)| format!("    {:8}{line}", head(n))).collect()
}

/// Whether `line` says what `before` said, with another time or count in it.
fn is_again(line: &str, before: &str) -> bool {
    let words = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    line.len() > 40 && words(line) == words(before)
}

/// The lines that matter of an attempt's output: from the first sign of an error among the last ones,
/// without kubeadm's general advice.
pub fn important(attempt: &AttemptState) -> Vec<&str> {
    let noise = |line: &&str| {
        let line = line.trim();
        line.is_empty() || ADVICE.iter().any(|advice| line.starts_with(advice))
    };
    let mut said: Vec<_> = attempt.output.last(60).filter(|line| !noise(line)).collect();
    said.dedup_by(|line, before| {
        let again = is_again(line, before);
        if again {
            *before = *line;
        }
        again
    });
    let sign = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["error", "fatal", "failed", "timed out", "unfortunately", "couldn't", "unable to"]
            .iter()
            .any(|s| line.contains(s))
    };
    let from = said.iter().position(sign).unwrap_or(0).max(said.len().saturating_sub(LINES));
    said[from..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_again_and_again_is_said_once() {
        let line = |second: u32| {
            format!(
                "{{\"level\":\"warn\",\"ts\":\"2026-11-29T12:50:{second}Z\",\"error\":\"etcdserver: not in sync\"}}"
            )
        };
        assert!(is_again(&line(51), &line(49)));
        assert!(!is_again(
            "[ERROR Port-6443]: Port 6443 is in use",
            "[ERROR Port-2379]: Port 2379 is in use"
        ));
        assert!(!is_again(
            &line(51),
            "error execution phase control-plane-join/etcd: etcdserver: not in sync"
        ));
    }
}
