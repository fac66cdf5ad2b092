//! Why a step failed: kubeadm's own words, the likely cause, the fix, where to look closer, what can be done.

use std::fmt::Write as _;

use super::Part;
use crate::diag::Severity;
use crate::plan::step::Work;
use crate::report::important;
use crate::state::{End, RunState, StepState};
use crate::text;
use crate::tui::theme::Role;

/// In a few lines, for the pane beside the rack.
pub fn failure(run: &RunState, step: &StepState) -> Vec<Part> {
    let Some(end) = &step.end else { return Vec::new() };
    let mut parts = found(run, step);
    if !parts.is_empty() {
        return parts;
    }
    if let Some(found) = &end.diagnosis {
        parts.push(Part::Field("said", Role::LogError, vec![found.symptom.clone()]));
        parts.push(Part::Field("cause", Role::Text, vec![found.cause.clone()]));
        parts.push(Part::Field("fix", Role::Title, vec![found.fix.clone()]));
    } else if let Some(reason) = &end.reason {
        parts.push(Part::Field("said", Role::LogError, vec![reason.clone()]));
    }
    parts.extend(Part::field("again", [again(step, end)]));
    parts
}

/// What the checks found on the step's node, with the fixes, if it is the check that failed.
fn found(run: &RunState, step: &StepState) -> Vec<Part> {
    let node = run.node(&step.id().node).filter(|_| step.plan.work == Work::Check);
    let wrong =
        node.iter().flat_map(|node| &node.findings).filter(|finding| finding.severity == Severity::Error);
    wrong
        .flat_map(|finding| {
            let said = format!("{}: {}", finding.check, finding.message);
            let fix = finding.fix.clone().map(|fix| Part::Field("fix", Role::Title, vec![fix]));
            [Some(Part::Field("found", Role::LogError, vec![said])), fix].into_iter().flatten()
        })
        .collect()
}

/// All of it.
pub fn diagnosis(run: &RunState, step: &StepState) -> Vec<Part> {
    let Some(end) = &step.end else { return Vec::new() };
    let mut parts = vec![Part::Text(Role::Failed, how(step, end))];
    let wrong = found(run, step);
    if !wrong.is_empty() {
        parts.push(Part::Gap);
        parts.extend(wrong);
        parts.extend([
            Part::Gap,
            Part::Text(Role::Text, "Mend that on the node, and check it again.".to_owned()),
        ]);
        return parts;
    }
    let (reason, symptom) = (end.reason.as_ref(), end.diagnosis.as_ref().map(|found| &found.symptom));
    let symptom = symptom.filter(|symptom| reason.is_none_or(|reason| !reason.contains(*symptom)));
    parts.extend(reason.into_iter().chain(symptom).map(|said| Part::Text(Role::LogError, said.clone())));
    let said = last_words(step, end);
    if !said.is_empty() {
        parts.extend([Part::Gap, Part::Head("its last words".to_owned())]);
        parts.extend(said.into_iter().map(|line| Part::Verbatim(Role::LogError, line.to_owned())));
    }
    parts.push(Part::Gap);
    match &end.diagnosis {
        Some(found) => {
            parts.push(Part::Head(format!("likely cause ({})", found.rule)));
            parts.push(Part::Text(Role::Text, found.cause.clone()));
            parts.extend([Part::Gap, Part::Head("what to do".to_owned())]);
            parts.push(Part::Text(Role::Text, found.fix.clone()));
            if !found.look.is_empty() {
                parts.extend([Part::Gap, Part::Head("to look closer, on the node (read-only)".to_owned())]);
            }
            for (n, command) in found.look.iter().enumerate() {
                parts.push(Part::Verbatim(Role::LogTag, format!("{}  {command}", n + 1)));
            }
        }
        None => parts.push(Part::Text(
            Role::Note,
            "No rule knows this failure. The whole output and a shell on the node are one key away."
                .to_owned(),
        )),
    }
    parts.extend([Part::Gap, Part::Head("again?".to_owned()), Part::Text(Role::Text, again(step, end))]);
    if !step.lacking().is_empty() {
        let names: Vec<String> = step.lacking().iter().map(ToString::to_string).collect();
        parts.push(Part::Text(
            Role::Warning,
            format!("These lack what it would have provided: {}", names.join(", ")),
        ));
    }
    parts
}

fn how(step: &StepState, end: &End) -> String {
    let mut text = format!("{} failed", step.id());
    if step.attempts.len() > 1 {
        let _ = write!(text, " for the {}. time", step.attempts.len());
    }
    let _ = write!(text, " after {}", text::duration(end.duration));
    if let Some(rc) = end.rc {
        let _ = write!(text, ", exit status {rc}");
    }
    text
}

/// What may be done with it now. A diagnosis names what has to be mended before.
fn again(step: &StepState, end: &End) -> String {
    step.plan.retry.after_failure(end.diagnosis.is_some()).to_owned()
}

/// What was said last, but for what stands on the card already.
fn last_words<'a>(step: &'a StepState, end: &End) -> Vec<&'a str> {
    let shown = |line: &&str| {
        let symptom = end.diagnosis.as_ref().map(|found| found.symptom.as_str());
        let mut told = end.reason.as_deref().into_iter().chain(symptom).flat_map(str::lines).map(str::trim);
        told.any(|told| told.contains(line.trim()) || line.contains(told))
    };
    let said = step.last_attempt().map(important).unwrap_or_default();
    said.into_iter().filter(|line| !shown(line)).collect()
}
