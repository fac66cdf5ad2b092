//! Why a step is not running, and what it needs.

use super::Part;
use crate::plan::step::{Need, Resource};
use crate::state::{RunState, StepState};
use crate::tui::theme::{Mark, Role};

/// What stands between the step and its start.
pub fn why(run: &RunState, step: &StepState, glyphs: crate::tui::theme::Glyphs) -> Vec<Part> {
    let mut parts = vec![Part::Text(Role::Title, reason(run, step)), Part::Gap];
    let edges = &step.plan.after;
    if edges.is_empty() {
        parts.push(Part::Text(Role::Text, "It needs no other step.".to_owned()));
    } else {
        parts.push(Part::Head("needs".to_owned()));
    }
    let outlook = run.outlook();
    for edge in edges {
        let Some(need) = run.step(&edge.step) else { continue };
        let mark = Mark::of_step(need, Some(&outlook));
        let how = match edge.need {
            Need::Done => "",
            Need::Over => "  (over, in whatever way)",
        };
        let line = format!("{} {:8} {}{how}", mark.glyph(glyphs), mark.word(), edge.step);
        parts.push(Part::Verbatim(mark.role(), line));
    }
    if !step.plan.holds.is_empty() {
        parts.extend([Part::Gap, Part::Head("takes turns".to_owned())]);
    }
    for resource in &step.plan.holds {
        let text = match resource {
            Resource::Kubeadm(node) => format!("one kubeadm at a time on {node}"),
            Resource::EtcdMembership => "one change of etcd's members at a time".to_owned(),
            Resource::Join => "a place among the nodes that join at once".to_owned(),
        };
        parts.push(Part::Verbatim(Role::Text, text));
    }
    for lack in &step.lacks {
        parts.push(Part::Text(Role::Warning, format!("It lacks what {lack} would have provided.")));
    }
    parts
}

fn reason(run: &RunState, step: &StepState) -> String {
    let text = run.why(step.id()).to_string();
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>() + ".")
}
