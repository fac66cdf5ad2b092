//! What an edited inventory changes in the run.

use std::sync::Arc;

use super::{Page, Part, config};
use crate::inventory::model::Inventory;
use crate::state::{Command, Fate, Revision, RunState, StepState};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::theme::Role;

/// Nodes whose configuration is shown; the others' are mostly the same.
const NODES: usize = 2;

/// The page that asks whether `edited` shall be applied; none where it says what `present` says. `found`: what is to be
/// heeded in it.
pub fn revision(run: &RunState, present: &Inventory, edited: Inventory, found: Vec<Part>) -> Option<Page> {
    let revision = Revision::of(run, present, &edited);
    if revision.changes.is_empty() {
        return None;
    }
    let (applied, kept): (Vec<_>, Vec<_>) = revision.changes.iter().partition(|change| change.applies());
    let mut parts = Vec::new();
    if applied.is_empty() {
        parts.push(Part::warn("Nothing of what changed can be applied to this run."));
    } else {
        parts.push(Part::Head("Applied to the steps that have not run".to_owned()));
        for change in applied {
            parts.push(Part::say(change.to_string()));
            if let Fate::Applies(Some(note)) = &change.fate {
                parts.push(Part::item(note.clone()));
            }
        }
    }
    if !kept.is_empty() {
        parts.extend([Part::Gap, Part::Head("Stays as it was".to_owned())]);
        for change in kept {
            parts.push(Part::warn(change.to_string()));
            if let Fate::Stays(why) = &change.fate {
                parts.push(Part::item(why.clone()));
            }
        }
    }
    if !found.is_empty() {
        parts.push(Part::Gap);
        parts.extend(found);
    }
    parts.extend(configurations(run, present, &revision.inventory));
    let title = format!("{}: what changes", edited.file.display());
    let page = Page::new(title, parts);
    if !revision.applies() {
        return Some(page.action('E', "edit again", Action::Edit));
    }
    let apply = Effect::Command(Command::Revise(Arc::new(edited)));
    Some(page.effect('y', "apply it", apply).action('E', "edit again", Action::Edit))
}

/// What changes in kubeadm's configuration on nodes that still read theirs.
fn configurations(run: &RunState, present: &Inventory, revised: &Inventory) -> Vec<Part> {
    let reads = |step: &StepState| step.planned && step.plan.command().is_some() && !step.status.is_settled();
    let mut parts = Vec::new();
    let (mut shown, mut more) = (0, 0);
    for node in run.nodes().map(|node| &node.name).filter(|node| run.steps_of(node).any(reads)) {
        let (Some(was), Some(now)) =
            (config::rendered(run, present, node), config::rendered(run, revised, node))
        else {
            continue;
        };
        if was == now {
            continue;
        }
        shown += 1;
        if shown > NODES {
            more += 1;
            continue;
        }
        parts.extend([Part::Gap, Part::Head(format!("{} on {node}", now.0))]);
        parts.extend(config::changed(&was.1, &now.1));
    }
    if more > 0 {
        parts.extend([Part::Gap, Part::Text(Role::Note, format!("So it does on {more} more."))]);
    }
    parts
}
