//! What a phase does, needs, writes, and how it may be repeated.

use super::Part;
use crate::catalog::{self, RetryClass};
use crate::ids::PhaseId;
use crate::plan::step::Work;
use crate::state::StepState;
use crate::text;
use crate::tui::theme::Role;
use crate::version::Version;

/// All about the phase of a step, or about one leaf of it.
pub fn explain(step: &StepState, phase: &PhaseId, version: &Version) -> Vec<Part> {
    let Some(known) = catalog::knowledge(phase, version) else { return ours(step) };
    let mut parts = vec![Part::Text(Role::Text, known.summary.to_owned()), Part::Gap];
    let command = if *phase == step.id().phase { step.plan.command() } else { None };
    let leaves = if *phase == step.id().phase { &step.plan.covers[..] } else { &[] };
    let again = match known.retry {
        RetryClass::Safe => "safe: it may be run again as it is",
        RetryClass::NeedsCleanUp => "after a clean-up: what the failed try left has to go first",
        RetryClass::NeverAlone => "never by itself: reset the node, and let it join anew",
    };
    let list = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    parts.extend(
        [
            Part::field("command", command),
            Part::field("runs", [leaves.iter().map(PhaseId::leaf).collect::<Vec<_>>().join(", ")]),
            Part::field("needs", [known.needs.join(", ")]),
            Part::field("provides", [known.provides.join(", ")]),
            Part::field("writes", list(&known.writes)),
            Part::field("talks to", known.api.then(|| "the API server".to_owned())),
            Part::field("says", list(known.expect.lines())),
            Part::field("stopped", [format!("after {}", text::duration(step.plan.budget))]),
            Part::field("again", [again.to_owned()]),
            Part::field("undo", list(&known.undo)),
        ]
        .into_iter()
        .flatten(),
    );
    if known.no_op {
        parts.push(Part::Gap);
        parts.push(Part::Text(
            Role::Note,
            format!("In kubeadm {version} it does nothing, and says so with status 0."),
        ));
    }
    parts
}

fn ours(step: &StepState) -> Vec<Part> {
    let detail = match &step.plan.work {
        Work::Kubeadm { args } => Some(format!("kubeadm {}", args.join(" "))),
        Work::Apply { manifest } => Some(manifest.clone()),
        Work::Hook { run } => Some(run.clone()),
        Work::Label { labels } => Some(labels.join(", ")),
        _ => None,
    };
    let mut parts = vec![Part::Text(Role::Text, step.plan.work.sentence()), Part::Gap];
    parts.extend(Part::field("does", detail));
    let whose = match step.plan.work {
        Work::Kubeadm { .. } => "kubeadm's; the catalog doesn't know this phase, it is run all the same",
        _ => "kubestep's own step, not one of kubeadm's phases",
    };
    parts.extend(Part::field("whose", [whose.to_owned()]));
    parts.extend(Part::field("stopped", [format!("after {}", text::duration(step.plan.budget))]));
    parts
}
