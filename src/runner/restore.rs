//! What an earlier console's journal says of the steps of a new plan, as far as the nodes confirm it.

use std::collections::BTreeMap;

use crate::catalog;
use crate::engine::{Restored, Was};
use crate::ids::{Attempt, NodeName, PhaseId};
use crate::inventory::model::Role;
use crate::plan::step::Step;
use crate::state::{RunState, Status, StepState};
use crate::survey::facts::Facts;
use crate::survey::probe;

use super::Context;

/// Says of every step that an earlier console had begun with what became of it.
pub(super) fn restore(
    context: &Context,
    former: &RunState,
    steps: &[Step],
    facts: &BTreeMap<NodeName, Facts>,
    secrets: bool,
) -> Vec<Restored> {
    let restored: Vec<Restored> = steps
        .iter()
        .filter_map(|step| {
            let (attempt, was) = former_fate(former, step)?;
            let confirmed = facts.get(&step.id.node).is_some_and(|facts| is_confirmed(step, facts));
            let was = match was {
                // With new secrets they have to be published again.
                Was::Done if !confirmed || (step.publishes() && !secrets) => Was::Ended,
                was => was,
            };
            Some(Restored { step: step.id.clone(), attempt, was })
        })
        .collect();
    for (node, facts) in facts {
        let finished: Vec<PhaseId> = restored
            .iter()
            .filter(|restored| restored.step.node == *node)
            .filter(|restored| restored.was != Was::Skipped(String::new()) && restored.was != Was::Anew)
            .map(|restored| restored.step.phase.clone())
            .collect();
        let Some(kubeadm) = &facts.kubeadm else { continue };
        let control_plane = context.host(node).is_some_and(|host| host.role == Role::ControlPlane);
        let port = 6443;
        let ignores = catalog::ignores_after(&finished, kubeadm, control_plane, port);
        context.ignores.borrow_mut().insert(node.clone(), ignores);
    }
    restored
}

/// What the journal says of a step: of itself, of its leaves, or of the group that it was done in.
fn former_fate(former: &RunState, step: &Step) -> Option<(Attempt, Was)> {
    // Our own looks and files are quickly made again, and tell what is so now.
    if !step.work.is_gone_on_with() {
        return None;
    }
    if let Some(state) = former.step(&step.id) {
        return fate(state);
    }
    if step.covers.is_empty() {
        let group =
            former.steps_of(&step.id.node).find(|state| state.plan.covers.contains(&step.id.phase))?;
        return (group.status == Status::Succeeded).then_some((Attempt(0), Was::Done));
    }
    let leaves: Vec<&StepState> =
        former.steps_of(&step.id.node).filter(|state| step.covers.contains(&state.id().phase)).collect();
    let all_done =
        leaves.len() == step.covers.len() && leaves.iter().all(|leaf| leaf.status == Status::Succeeded);
    all_done.then_some((Attempt(0), Was::Done))
}

fn fate(state: &StepState) -> Option<(Attempt, Was)> {
    let last = state.last_attempt().map_or(Attempt(0), |attempt| attempt.number);
    if state.anew {
        return Some((last, Was::Anew));
    }
    let was = match state.status {
        Status::Succeeded => Was::Done,
        Status::Skipped => {
            let reason = state.end.as_ref().and_then(|end| end.reason.clone()).unwrap_or_default();
            Was::Skipped(reason)
        }
        Status::Running { .. } => Was::Running,
        Status::Failed | Status::Cancelled | Status::RetryPlanned { .. } => Was::Ended,
        Status::Waiting => {
            return state
                .last_attempt()
                .map(|attempt| (last, if attempt.interrupted { Was::Running } else { Was::Ended }));
        }
    };
    Some((last, was))
}

/// Whether the files are there that the phase leaves; those that the probe does not look for count as there.
fn is_confirmed(step: &Step, facts: &Facts) -> bool {
    let Some(kubeadm) = &facts.kubeadm else { return false };
    let phases = if step.covers.is_empty() { std::slice::from_ref(&step.id.phase) } else { &step.covers };
    phases
        .iter()
        .flat_map(|phase| catalog::effects(phase, kubeadm))
        .all(|path| !probe::LEFTOVERS.contains(&path) || facts.has(path))
}
