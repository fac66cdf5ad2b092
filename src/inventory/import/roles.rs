//! Which hosts become what: Ansible's groups say it, under many names.

use std::collections::BTreeMap;

use serde_yaml::Value;

use super::Left;
use super::ansible::{ALL, Ansible, Place};
use crate::inventory::model::Role;

/// Names of groups, those that mean nothing else first: `nodes` may well be every machine there is, so it counts only
/// where no better name is used.
const CONTROL_PLANE: [&[&str]; 2] = [
    &[
        "kube_control_plane",
        "kube-control-plane",
        "kube_controlplane",
        "kube-controlplane",
        "kube_master",
        "kube-master",
        "k8s_control_plane",
        "control_plane",
        "controlplane",
    ],
    &["masters", "master", "server"],
];
const WORKER: [&[&str]; 3] = [
    &["kube_node", "kube-node", "kube_worker", "kube-worker", "k8s_worker", "k8s_node"],
    &["workers", "worker", "agent"],
    &["nodes", "node"],
];
const BASTION: [&str; 2] = ["bastion", "bastions"];
const ETCD: &str = "etcd";

/// What is to become of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) role: Role,
    pub(super) schedulable: bool,
}

/// Hosts with a role, control planes first, each in the order of its group: the first is where kubeadm begins.
pub(super) fn parts(ansible: &Ansible, left: &mut Vec<Left>) -> Vec<(String, Part)> {
    let by_group = |names: &[&[&str]], role: &[&str]| {
        let of = |names: &&[&str]| names.iter().flat_map(|name| ansible.hosts_of(name)).collect::<Vec<_>>();
        let best = names.iter().map(of).find(|hosts| !hosts.is_empty()).unwrap_or_default();
        let mut hosts: Vec<String> = best.into_iter().map(str::to_owned).collect();
        let said = ansible.hosts.keys().filter(|host| {
            let vars = ansible.vars_of(host);
            let said = vars.get("kubernetes_role").map(|var| &var.value);
            matches!(said, Some(Value::String(said)) if role.contains(&said.as_str()))
        });
        hosts.extend(said.cloned());
        let mut seen = std::collections::BTreeSet::new();
        hosts.retain(|host| seen.insert(host.clone()));
        hosts
    };
    let planes = by_group(&CONTROL_PLANE, &["control_plane", "control-plane", "master"]);
    let workers = by_group(&WORKER, &["node", "worker"]);
    let mut parts: Vec<(String, Part)> = Vec::new();
    for host in &planes {
        parts.push((host.clone(), Part { role: Role::ControlPlane, schedulable: workers.contains(host) }));
    }
    for host in workers.iter().filter(|host| !planes.contains(host)) {
        parts.push((host.clone(), Part { role: Role::Worker, schedulable: false }));
    }
    parts.retain(|(host, _)| !is_local(ansible, host, left));
    report_others(ansible, &parts, left);
    let etcd = ansible.hosts_of(ETCD);
    if !etcd.is_empty() && !planes.iter().all(|plane| etcd.contains(&plane.as_str()))
        || etcd.iter().any(|host| !planes.iter().any(|plane| plane == host))
    {
        let place =
            etcd.first().and_then(|host| ansible.hosts.get(*host)).map(|machine| machine.place.clone());
        left.push(Left::new(
            &place.unwrap_or_default(),
            "the group `etcd`".to_owned(),
            "isn't the control planes: here etcd runs on each of them, or outside by spec.kubernetes.config",
        ));
    }
    parts
}

/// Bastions, in the order of the file.
pub(super) fn bastions(ansible: &Ansible) -> Vec<&str> {
    BASTION.iter().flat_map(|name| ansible.hosts_of(name)).collect()
}

fn is_local(ansible: &Ansible, host: &str, left: &mut Vec<Left>) -> bool {
    let vars = ansible.vars_of(host);
    let local =
        vars.get("ansible_connection").is_some_and(|var| var.value == Value::String("local".to_owned()));
    if local || host == "localhost" {
        let place = ansible.hosts.get(host).map_or_else(Place::default, |machine| machine.place.clone());
        left.push(Left::new(&place, format!("the host `{host}`"), "nodes are reached over ssh"));
        return true;
    }
    false
}

/// Hosts that no known group names, by the groups they are in.
fn report_others(ansible: &Ansible, parts: &[(String, Part)], left: &mut Vec<Left>) {
    let bastions = bastions(ansible);
    let mut others: BTreeMap<Place, Vec<&str>> = BTreeMap::new();
    for (host, machine) in &ansible.hosts {
        let named = parts.iter().any(|(name, _)| name == host);
        let told = host == "localhost" || left.iter().any(|left| left.what == format!("the host `{host}`"));
        if !named && !told && !bastions.contains(&host.as_str()) {
            others.entry(machine.place.clone()).or_default().push(host);
        }
    }
    for (place, hosts) in others {
        let groups: Vec<&str> = ansible
            .groups
            .keys()
            .filter(|name| *name != ALL && ansible.hosts_of(name).contains(&hosts[0]))
            .map(String::as_str)
            .collect();
        let what = match hosts.as_slice() {
            [host] => format!("the host `{host}`"),
            hosts => format!("{} hosts from `{}` on", hosts.len(), hosts[0]),
        };
        let why = match groups.as_slice() {
            [] => "is in no group that says what it becomes".to_owned(),
            groups => format!("its groups don't say what it becomes: {}", groups.join(", ")),
        };
        left.push(Left::new(&place, what, &why));
    }
}
