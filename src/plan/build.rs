//! From an inventory and what its nodes said to steps.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::{NodeName, StepId};
use crate::inventory::model::{Host, Inventory, Role};
use crate::survey::facts::{Facts, Membership};

use super::draft::{Draft, own};
use super::ground::Ground;
use super::select::{Wish, narrow};
use super::step::{Edge, Step, Work};
use super::{init, join};

/// Where `init` runs: the first control plane of the file that is in a cluster already, else the first one.
pub fn leader(inventory: &Inventory, facts: &BTreeMap<NodeName, Facts>) -> Option<NodeName> {
    let member = |host: &&Host| {
        facts.get(&host.name).is_some_and(|facts| facts.membership() == Membership::ControlPlane)
    };
    inventory
        .control_planes()
        .find(member)
        .or_else(|| inventory.control_planes().next())
        .map(|host| host.name.clone())
}

/// The steps that only look: connect, probe, check, on every node.
pub fn survey(inventory: &Inventory, wish: &Wish) -> Vec<Step> {
    let timeout = inventory.options.connect_timeout;
    let mut steps = Vec::new();
    // Control planes are always asked: others are brought into their cluster.
    let asked: Vec<&Host> = inventory
        .hosts
        .iter()
        .filter(|host| wish.wants(&host.name) || host.role == Role::ControlPlane)
        .collect();
    for host in &asked {
        let id = |phase: &str| StepId::new(host.name.clone(), phase);
        steps.push(own(id("connect"), Work::Connect, Vec::new(), timeout + Duration::from_secs(20)));
        let after = vec![Edge::done(id("connect"))];
        steps.push(own(id("probe"), Work::Probe, after, Duration::from_secs(90)));
    }
    // One check waits for every node's answer, and the others for that one: a thousand nodes that all wait for each
    // other are a million edges. If its node gives no answer, the others compare what there is by then.
    let first = inventory.control_planes().next().map(|host| &host.name);
    for host in &asked {
        let id = |phase: &str| StepId::new(host.name.clone(), phase);
        let mut after = vec![Edge::done(id("probe"))];
        if Some(&host.name) == first {
            let others = asked.iter().filter(|other| other.name != host.name);
            after.extend(others.map(|other| Edge::over(StepId::new(other.name.clone(), "probe"))));
        } else {
            after.extend(first.map(|first| Edge::over(StepId::new(first.clone(), "check"))));
        }
        steps.push(own(id("check"), Work::Check, after, Duration::from_secs(30)));
    }
    steps
}

/// The steps that bring the cluster up, given what is there already.
pub fn run(ground: &Ground<'_>, wish: &Wish) -> Vec<Step> {
    let mut draft = Draft { ground: *ground, wish, steps: Vec::new() };
    let leads = ground.leader;
    let fresh = draft.is_new(leads);
    let joiners: Vec<&Host> = ground
        .inventory
        .hosts
        .iter()
        .filter(|host| host.name != *leads && draft.takes_part(host) && draft.is_new(&host.name))
        .collect();
    if let Some(host) = ground.inventory.host(leads).filter(|_| fresh && wish.wants(leads)) {
        init::steps(&mut draft, host, !joiners.is_empty());
    } else if !joiners.is_empty() {
        let control_planes = joiners.iter().any(|host| host.role == Role::ControlPlane);
        init::invite(&mut draft, leads, control_planes);
    }
    for host in &joiners {
        join::steps(&mut draft, host);
    }
    for host in &ground.inventory.hosts {
        if draft.takes_part(host) && !draft.is_new(&host.name) {
            draft.finish_node(host, Vec::new());
        }
    }
    if wish.kubeconfig && !fresh {
        draft.own(leads, "kubeconfig", Work::FetchKubeconfig, Vec::new(), Duration::from_secs(60));
    }
    draft.clean_up();
    narrow(draft.steps, wish)
}
