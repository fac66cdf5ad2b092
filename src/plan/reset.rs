//! Taking nodes out again.

use std::time::Duration;

use crate::catalog::{self, RetryClass};
use crate::ids::{NodeName, StepId};
use crate::inventory::model::{Host, Role};
use crate::survey::facts::Membership;

use super::draft::own;
use super::ground::Ground;
use super::step::{Edge, Resource, Step, Work};

/// Resets `nodes`, or every node that has something to reset: workers first, then control planes one at a time,
/// the first one last. A node is taken out of etcd and out of the cluster by a healthy control plane that
/// stays; when none stays, there is nobody to tell.
pub fn reset(ground: &Ground<'_>, nodes: &[NodeName]) -> Vec<Step> {
    let named = |host: &&Host| nodes.is_empty() || nodes.contains(&host.name);
    let used = |host: &&Host| {
        ground
            .facts
            .get(&host.name)
            .is_some_and(|facts| facts.membership() != Membership::Fresh || !facts.leftovers.is_empty())
    };
    let leaving: Vec<&Host> = ground.inventory.hosts.iter().filter(named).filter(used).collect();
    let stays = |host: &&Host| {
        !leaving.iter().any(|gone| gone.name == host.name)
            && ground.facts.get(&host.name).is_some_and(|f| f.membership() == Membership::ControlPlane)
    };
    let from = ground.inventory.control_planes().find(stays).map(|host| host.name.clone());
    let mut steps = Vec::new();
    let mut control_planes_before: Vec<StepId> = Vec::new();
    let workers: Vec<&&Host> = leaving.iter().filter(|host| host.role == Role::Worker).collect();
    let control_planes = leaving.iter().rev().filter(|host| host.role == Role::ControlPlane);
    for host in workers.into_iter().chain(control_planes) {
        let control_plane = host.role == Role::ControlPlane;
        let mut after = vec![Edge::done(StepId::new(host.name.clone(), "check"))];
        if control_plane {
            // Two members leaving at once could cost the quorum.
            after.extend(control_planes_before.last().cloned().map(Edge::done));
        }
        let done = leave(ground, host, from.as_ref(), after, &mut steps);
        if control_plane {
            control_planes_before.push(done);
        }
    }
    steps
}

/// One node's way out: from the cluster, told to the control plane `from` if there is one, and then from its own
/// disk; the last step's name.
pub(super) fn leave(
    ground: &Ground<'_>,
    host: &Host,
    from: Option<&NodeName>,
    after: Vec<Edge>,
    steps: &mut Vec<Step>,
) -> StepId {
    let Some(from) = from else { return node(ground, host, after, steps) };
    let etcd = host.role == Role::ControlPlane && !ground.inventory.has_external_etcd();
    let evict = |phase: &str, etcd, after, budget| {
        let work = Work::Evict { from: from.clone(), etcd };
        let mut step = own(StepId::new(host.name.clone(), phase), work, after, Duration::from_secs(budget));
        step.holds = if etcd { vec![Resource::EtcdMembership] } else { Vec::new() };
        step
    };
    let first = evict("evict", etcd, after, 300);
    let after = vec![Edge::done(first.id.clone())];
    steps.push(first);
    let done = node(ground, host, after, steps);
    // A kubelet that was started anew between the two has put its node object back.
    let again = evict("evict-again", false, vec![Edge::done(done)], 120);
    let id = again.id.clone();
    steps.push(again);
    id
}

fn node(ground: &Ground<'_>, host: &Host, after: Vec<Edge>, steps: &mut Vec<Step>) -> StepId {
    let id = StepId::new(host.name.clone(), "reset");
    let socket = &ground.inventory.kubernetes.cri_socket;
    steps.push(Step {
        id: id.clone(),
        work: Work::Kubeadm { args: catalog::reset_args(Some(socket)) },
        after,
        holds: vec![Resource::Kubeadm(host.name.clone())],
        covers: Vec::new(),
        retry: RetryClass::Safe,
        budget: Duration::from_secs(300),
    });
    let sweep = StepId::new(host.name.clone(), "sweep");
    steps.push(own(sweep.clone(), Work::Sweep, vec![Edge::done(id)], Duration::from_secs(120)));
    sweep
}
