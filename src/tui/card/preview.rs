//! What a step would run and write; it runs nothing.

use super::Part;
use crate::catalog;
use crate::plan::step::Work;
use crate::state::{RunState, StepState};
use crate::text;
use crate::tui::theme::Role;
use crate::version::Version;

/// What starting `step` would do.
pub fn preview(run: &RunState, step: &StepState, version: &Version) -> Vec<Part> {
    let node = run.node(&step.id().node).and_then(|node| node.info.as_ref());
    let place = node.map_or_else(
        || step.id().node.to_string(),
        |info| format!("{} ({}, {})", info.name, info.role, info.address),
    );
    let mut parts: Vec<Part> = Part::field("on", [place]).into_iter().collect();
    match &step.plan.work {
        Work::Kubeadm { args } => {
            parts.extend(Part::field("command", [format!("kubeadm {}", args.join(" "))]));
        }
        Work::Apply { manifest } => parts.extend(Part::field("applies", [manifest.clone()])),
        Work::Hook { run } => parts.extend(Part::field("command", [run.clone()])),
        work => parts.extend(Part::field("does", [work.sentence()])),
    }
    let known = catalog::knowledge(&step.id().phase, version);
    let writes = known.iter().flat_map(|known| known.writes.iter().map(ToString::to_string));
    parts.extend(Part::field("writes", writes));
    parts
        .extend(Part::field("provides", [known.map_or_else(String::new, |known| known.provides.join(", "))]));
    parts.extend(Part::field("stopped", [format!("after {}", text::duration(step.plan.budget))]));
    parts.extend([Part::Gap, Part::Text(Role::Note, format!("Now: {}.", run.why(step.id())))]);
    parts
}
