//! What a step would run and write; it runs nothing.

use super::Part;
use crate::catalog;
use crate::runner::preview as preview_of;
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
    let leads = run.steps_of(&step.id().node).any(|step| step.id().phase.is_within("init"));
    let told = preview_of(&step.plan, Some(version), leads);
    parts.extend(Part::field("does", [told.does]));
    parts.extend(Part::field("command", told.command));
    parts.extend(Part::field("reads", told.config));
    parts.extend(Part::field("writes", told.writes));
    let known = catalog::knowledge(&step.id().phase, version);
    parts
        .extend(Part::field("provides", [known.map_or_else(String::new, |known| known.provides.join(", "))]));
    parts.extend(Part::field("stopped", [format!("after {}", text::duration(step.plan.budget))]));
    parts.extend([Part::Gap, Part::Text(Role::Note, format!("Now: {}.", run.why(step.id())))]);
    parts
}
