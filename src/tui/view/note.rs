//! What is said of a row where there is room: of the longer and the shorter ways, the fullest that fits.

use std::time::Duration;

use super::time::seconds;
use crate::catalog::class::RetryClass;
use crate::ids::StepId;
use crate::inventory::model;
use crate::plan::step::Resource;
use crate::state::{Link, NodeState, Outlook, RunState, Status, StepState, Why};
use crate::tui::theme::Role;

/// A word on the side: ways to put it, the fullest first, and its colour.
pub(super) type Note = (Vec<String>, Role);

/// Of a machine: its lost link, or what and where it is.
pub(super) fn of_node(node: &NodeState, now: Duration) -> Option<Note> {
    if let Link::Lost { since, .. } = node.link {
        let time = seconds(now.saturating_sub(since));
        return Some((vec![format!("link lost for {time}"), "link lost".to_owned()], Role::Warning));
    }
    let info = node.info.as_ref()?;
    let address = &info.address;
    let mut ways = match info.role {
        model::Role::ControlPlane => vec![
            format!("control plane {address}"),
            format!("cp {address}"),
            "control plane".to_owned(),
            "cp".to_owned(),
        ],
        model::Role::Worker => vec![format!("worker {address}"), address.clone(), "worker".to_owned()],
    };
    if let Some(rack) = &info.rack {
        ways.insert(0, format!("{} in {rack}", ways[0]));
    }
    Some((ways, Role::Dim))
}

/// Of a step: what the operator would ask next.
pub(super) fn of_step(
    step: &StepState,
    run: &RunState,
    outlook: &Outlook<'_>,
    now: Duration,
    selected: bool,
) -> Option<Note> {
    let one = |text: String, role| Some((vec![text], role));
    match step.status {
        Status::Failed => one(class(step.plan.retry).to_owned(), Role::Warning),
        Status::RetryPlanned { at, .. } if at > now && at < Duration::MAX => {
            one(format!("again in {}", seconds(at.saturating_sub(now))), Role::Retry)
        }
        Status::Running { .. } if step.stopping.is_some() => one("being stopped".to_owned(), Role::Stopped),
        _ if !step.lacks.is_empty() => {
            let missing = names(step.lacks.iter(), step);
            Some((ways("lacks ", &missing), Role::Warning))
        }
        Status::Running { .. } => one(step.wait.as_ref()?.waiting_for.clone(), Role::Dim),
        Status::Skipped | Status::Succeeded => one(step.end.as_ref()?.reason.clone()?, Role::Dim),
        Status::Waiting if run.end.is_none() => waits(step, &outlook.why(step), selected),
        _ => None,
    }
}

/// Whether it may be run again.
pub(super) const fn class(class: RetryClass) -> &'static str {
    match class {
        RetryClass::Safe => "safe to retry",
        RetryClass::NeedsCleanUp => "clean up first",
        RetryClass::NeverAlone => "never alone",
    }
}

/// What waits for the row before it needs no words, unless it is asked after.
fn waits(step: &StepState, why: &Why, selected: bool) -> Option<Note> {
    let elsewhere = |id: &&StepId| id.node != step.id().node;
    Some(match why {
        Why::AtBreakpoint => (vec!["at its breakpoint".to_owned(), "breakpoint".to_owned()], Role::Operator),
        Why::Needs(needs) => {
            let away: Vec<&StepId> = needs.iter().filter(elsewhere).collect();
            if away.is_empty() && !selected {
                return None;
            }
            let needs = if away.is_empty() { needs.iter().collect() } else { away };
            (ways("waits for ", &names(needs.into_iter(), step)), Role::Dim)
        }
        Why::Doomed(causes) => {
            let away = causes.iter().any(|id| elsewhere(&id)) || selected;
            if !away {
                return None;
            }
            (ways("because of ", &names(causes.iter(), step)), Role::Dim)
        }
        Why::OtherControlPlaneFailed => {
            (vec!["another control plane failed".to_owned(), "another failed".to_owned()], Role::Dim)
        }
        Why::TakesTurns { resource, with } => {
            let what = match resource {
                Resource::Kubeadm(_) => "its turn",
                Resource::EtcdMembership => "its turn at etcd",
                Resource::Join => "its turn to join",
            };
            (vec![format!("{what}, after {}", with.node), what.to_owned()], Role::Dim)
        }
        Why::NodesAtOnce(limit) => {
            (vec![format!("{limit} nodes are at work"), "nodes at work".to_owned()], Role::Dim)
        }
        _ => return None,
    })
}

/// Steps in few words: without the node where it is the same, without kubeadm's command.
fn names<'a>(steps: impl Iterator<Item = &'a StepId>, from: &StepState) -> Vec<String> {
    let name = |id: &StepId| {
        let phase = id.phase.as_str();
        let short = ["init/", "join/", "reset/"].into_iter().find_map(|command| phase.strip_prefix(command));
        let phase = short.unwrap_or(phase);
        if id.node == from.id().node { phase.to_owned() } else { format!("{} {phase}", id.node) }
    };
    steps.map(name).collect()
}

fn ways(before: &str, names: &[String]) -> Vec<String> {
    let Some(first) = names.first() else { return Vec::new() };
    let more = names.len() - 1;
    if more == 0 {
        return vec![format!("{before}{first}"), first.clone()];
    }
    if more > 3 {
        return vec![format!("{before}{} steps", names.len()), format!("{} steps", names.len())];
    }
    vec![
        format!("{before}{}", names.join(", ")),
        format!("{before}{first} +{more}"),
        format!("{first} +{more}"),
    ]
}
