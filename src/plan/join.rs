//! Every other node: `kubeadm join`, opened by what the first control plane has published.

use std::time::Duration;

use crate::catalog::{self, Command, Paths, Tail};
use crate::ids::PhaseId;
use crate::inventory::model::{HookPoint, Host, Role};
use crate::survey::awaited::Awaited;

use super::draft::Draft;
use super::init;
use super::step::{Edge, Resource, Work};
use super::units::{Unit, makes_member, unit, units};

const SHORT: Duration = Duration::from_secs(60);

/// Everything on a node that joins.
pub(super) fn steps(draft: &mut Draft<'_>, host: &Host) {
    let node = &host.name;
    let before = draft.hooks(host, HookPoint::BeforeNode, &[]);
    let mut after = before;
    // The CA's hash is pinned in the configuration.
    after.extend(draft.runs(draft.ground.leader, "init/certs").map(Edge::done));
    let config = draft.own(node, "config", Work::WriteConfig, after, SHORT);
    let mut after = vec![Edge::done(config)];
    after.extend(gate(draft, host.role));
    let long = draft.ground.inventory.options.control_plane_timeout;
    let endpoint = draft.own(node, "wait/endpoint", Work::Wait { what: Awaited::Endpoint }, after, long);
    let mut after = vec![Edge::done(endpoint)];
    let mut commands = commands(draft, host);
    draft.ignore_all(&draft.kubeadm(node), &mut commands);
    let mut member = Vec::new();
    for command in commands {
        let mut holds = vec![Resource::Join];
        let joins_etcd = is_membership(&command) && !draft.ground.inventory.has_external_etcd();
        if joins_etcd {
            holds.push(Resource::EtcdMembership);
        }
        let id = draft.kubeadm_step(node, command, after, holds);
        after = vec![Edge::done(id)];
        if joins_etcd {
            member.clone_from(&after);
        }
    }
    if host.role == Role::ControlPlane {
        // With its etcd in the cluster, the node's own API server comes up while the rest is done.
        let needs = if member.is_empty() { after.clone() } else { member };
        let api = draft.own(node, "wait/api-server", Work::Wait { what: Awaited::ApiServer }, needs, long);
        after.push(Edge::done(api));
    }
    draft.finish_node(host, after);
}

/// What must have been published: kubeadm-config, the token, and for control planes the certificates.
fn gate(draft: &Draft<'_>, role: Role) -> Vec<Edge> {
    let certs = (role == Role::ControlPlane).then_some("init/upload-certs");
    let published = ["init/upload-config", "init/bootstrap-token"]
        .into_iter()
        .chain(certs)
        .filter_map(|phase| draft.runs(draft.ground.leader, phase))
        .map(Edge::done);
    // Without our signature they wait for the controller manager's.
    published.chain(draft.runs(draft.ground.leader, init::SIGNED).map(Edge::over)).collect()
}

fn commands(draft: &Draft<'_>, host: &Host) -> Vec<Unit> {
    let node = &host.name;
    let Some(facts) = draft.facts(node) else { return Vec::new() };
    let kubeadm = draft.kubeadm(node);
    let paths = Paths { config: draft.ground.join_config, ..Paths::default() };
    let timeout = draft.ground.inventory.options.join_timeout;
    let with_tail = |tail: Tail, before: Vec<Unit>| {
        let mut all = before;
        let first = tail.phase.clone();
        let mut last = unit(&first, Vec::new(), &kubeadm, &paths);
        // The hardest of what it runs decides about another try.
        if let Some(hardest) = tail
            .covers
            .iter()
            .map(|phase| catalog::retry_class(phase, &kubeadm))
            .max_by_key(|class| *class as u8)
        {
            last.retry = hardest;
        }
        last.args = tail.args;
        last.covers = if tail.covers.len() > 1 { tail.covers } else { Vec::new() };
        last.budget = last.budget.max(timeout);
        all.push(last);
        all
    };
    if host.role == Role::Worker {
        let preflight = unit(&PhaseId::new("join/preflight"), Vec::new(), &kubeadm, &paths);
        return with_tail(catalog::worker_tail(&kubeadm, draft.ground.join_config), vec![preflight]);
    }
    let external = draft.ground.inventory.has_external_etcd();
    let mut all = units(Command::Join, facts, &kubeadm, &paths, draft.wish, external);
    for unit in &mut all {
        if unit.phase.as_str() == "join/kubelet-start" {
            unit.budget = unit.budget.max(timeout);
        }
    }
    match catalog::control_plane_tail(&kubeadm, draft.ground.join_config, &facts.phases.join) {
        Some(tail) => {
            let covered = |unit: &Unit| {
                tail.covers.contains(&unit.phase) || unit.covers.iter().any(|leaf| tail.covers.contains(leaf))
            };
            let before = all.iter().take_while(|unit| !covered(unit)).cloned().collect();
            with_tail(tail, before)
        }
        None => all,
    }
}

fn is_membership(unit: &Unit) -> bool {
    makes_member(&unit.phase) || unit.covers.iter().any(makes_member)
}
