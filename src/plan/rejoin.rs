//! One node out and in again, in a plan that is under way.

use crate::ids::{NodeName, StepId};
use crate::inventory::model::Role;

use super::draft::Draft;
use super::ground::Ground;
use super::reset::leave;
use super::select::{Wish, narrow};
use super::step::{Edge, Step, Work};
use super::{init, join};

/// `plan`, without its looks, in which `node` is reset and then begun anew; `joined` if the cluster may know it.
/// Everybody else's steps stay as they are.
pub fn rejoin(ground: &Ground<'_>, wish: &Wish, plan: Vec<Step>, node: &NodeName, joined: bool) -> Vec<Step> {
    let Some(host) = ground.inventory.host(node) else { return plan };
    // It begins at its beginning, wherever the others went on.
    let wish = Wish { from: None, ..wish.clone() };
    let leads = ground.leader == node;
    let invites = plan.iter().any(|step| step.id.node != *node && step.id.phase.is_within("join"));
    let place = place(&plan, node, ground.leader);
    let stays = |step: &Step| step.id.node != *node && step.work != Work::CleanUp;
    let mut before = plan;
    let mut rest = before.split_off(place);
    before.retain(stays);
    rest.retain(stays);
    let mut draft = Draft { ground: *ground, wish: &wish, steps: before };
    if !leads {
        init::invite(&mut draft, ground.leader, host.role == Role::ControlPlane);
    }
    let from = (joined && !leads).then_some(ground.leader);
    let after = vec![Edge::done(StepId::new(node.clone(), "check"))];
    let out = leave(ground, host, from, after, &mut draft.steps);
    let anew = draft.steps.len();
    if leads {
        init::steps(&mut draft, host, invites);
    } else {
        join::steps(&mut draft, host);
    }
    for step in draft.steps.iter_mut().skip(anew) {
        step.after.push(Edge::done(out.clone()));
    }
    draft.steps.extend(rest);
    draft.clean_up();
    narrow(draft.steps, &wish)
}

/// Where the node's steps stand in the plan; behind those of the first control plane, on which its own build.
fn place(plan: &[Step], node: &NodeName, leader: &NodeName) -> usize {
    let own = plan.iter().position(|step| step.id.node == *node).unwrap_or(plan.len());
    let led = plan.iter().rposition(|step| step.id.node == *leader && step.work != Work::CleanUp);
    own.max(led.filter(|_| leader != node).map_or(0, |last| last + 1))
}
