//! What is not as it should be at the end.

use crate::ids::NodeName;
use crate::inventory::model::{Host, Inventory, Role};
use crate::version::Version;

use super::standing::{Member, NodeStanding, Standing};

const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";
const MASTER: &str = "node-role.kubernetes.io/master";
const STATIC_PODS: [&str; 3] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/// What is not as the inventory wants it, by node, in the inventory's order. `standing` is the answer to
/// [`super::script`], `version` the cluster's. What `CoreDNS` does is not looked at.
pub fn judge(inv: &Inventory, version: &Version, standing: &Standing) -> Vec<(NodeName, String)> {
    let mut wrong = Vec::new();
    let Some(first) = inv.control_planes().next() else { return wrong };
    wrong.extend(standing.problems.iter().map(|problem| (first.name.clone(), problem.clone())));
    for host in &inv.hosts {
        wrong.extend(judge_host(host, version, standing).into_iter().map(|text| (host.name.clone(), text)));
    }
    let strangers = standing.etcd_members.iter().flatten().filter(|member| {
        !member.name.is_empty() && !inv.control_planes().any(|host| host.name.as_str() == member.name)
    });
    for member in strangers {
        let text = format!(
            "etcd has a member `{}` ({}, {}) that is no control plane of the inventory",
            member.name, member.id, member.peer
        );
        wrong.push((first.name.clone(), text));
    }
    for member in standing.etcd_members.iter().flatten().filter(|member| member.name.is_empty()) {
        let text = format!("etcd has a member ({}, {}) that never started", member.id, member.peer);
        wrong.push((owner(inv, member).unwrap_or(first).name.clone(), text));
    }
    wrong
}

/// What is not as it should be with `host` in the cluster; nothing where the cluster was not asked.
fn judge_host(host: &Host, version: &Version, standing: &Standing) -> Vec<String> {
    if standing.api != Some(true) {
        return Vec::new();
    }
    let Some(node) = standing.nodes.get(host.name.as_str()) else {
        return vec!["the cluster has no node of that name".to_owned()];
    };
    let mut wrong = Vec::new();
    wrong.extend(readiness(node));
    labels(host, node, &mut wrong);
    taints(host, version, node, &mut wrong);
    if host.role == Role::ControlPlane {
        static_pods(standing, node, &mut wrong);
        wrong.extend(standing.etcd_members.as_deref().and_then(|members| etcd(host, members)));
    }
    wrong
}

fn readiness(node: &NodeStanding) -> Option<String> {
    let text = node.message.to_lowercase();
    match node.ready {
        Some(true) => None,
        None if node.reason.is_empty() => Some("its kubelet has not reported yet".to_owned()),
        None => Some("its kubelet has stopped reporting (Ready is Unknown)".to_owned()),
        Some(false) if text.contains("cni") || text.contains("networkpluginnotready") => {
            Some("not Ready: no pod network yet, a CNI plugin has to be installed".to_owned())
        }
        Some(false) if node.message.is_empty() => Some(format!("not Ready: {}", node.reason)),
        Some(false) => Some(format!("not Ready: {}", node.message)),
    }
}

fn labels(host: &Host, node: &NodeStanding, wrong: &mut Vec<String>) {
    // Both releases that write the master label as well (1.20 to 1.23) and later ones write this one: kubeadm.md §3.
    let marked = node.labels.contains_key(CONTROL_PLANE);
    match host.role {
        Role::ControlPlane if !marked => wrong.push(format!("the label {CONTROL_PLANE} is missing")),
        Role::Worker if marked => wrong.push(format!("a worker with the label {CONTROL_PLANE}")),
        _ => {}
    }
    for (key, value) in &host.labels {
        if node.labels.get(key) != Some(value) {
            wrong.push(format!("the label {key}={value} is missing"));
        }
    }
}

fn taints(host: &Host, version: &Version, node: &NodeStanding, wrong: &mut Vec<String>) {
    let has = |wanted: &str| node.taints.iter().any(|taint| plain(taint) == plain(wanted));
    if let Some(taints) = &host.taints {
        wrong.extend(taints.iter().filter(|t| !has(t)).map(|t| format!("the taint {t} is missing")));
        return;
    }
    let own: Vec<String> = [MASTER, CONTROL_PLANE].map(|key| format!("{key}:NoSchedule")).into();
    let wanted: &[String] = match host.role {
        Role::Worker => &[],
        Role::ControlPlane if host.schedulable => &[],
        // kubeadm.md §3: master to 1.23, both in 1.24, control-plane from 1.25.
        Role::ControlPlane if version.at_least(25) => &own[1..],
        Role::ControlPlane if version.at_least(24) => &own,
        Role::ControlPlane => &own[..1],
    };
    for taint in &own {
        match (wanted.contains(taint), has(taint)) {
            (true, false) => wrong.push(format!("the taint {taint} is missing")),
            (false, true) => wrong.push(format!("the taint {taint} should not be there")),
            _ => {}
        }
    }
}

/// `key=:Effect` and `key:Effect` are the same taint.
fn plain(taint: &str) -> String {
    taint.replace("=:", ":")
}

fn static_pods(standing: &Standing, node: &NodeStanding, wrong: &mut Vec<String>) {
    let etcd = standing.etcd_members.is_some().then_some("etcd");
    for component in STATIC_PODS.into_iter().chain(etcd) {
        match node.static_pods.get(component) {
            Some(pod) if !matches!(pod.phase.as_str(), "Running" | "Pending") => {
                wrong.push(format!("{component} is {}", pod.phase));
            }
            // A pod that has just started is ready only after the kubelet's probes, and a joining API server is restarted
            // once or twice before its etcd is there; one that goes on like that does not come up.
            Some(pod) if !pod.ready && pod.restarts > 2 => {
                wrong.push(format!("{component} was restarted {} times and is not ready", pod.restarts));
            }
            // The kubelet tells of its static pods late; whether they run, the node itself knows at once.
            None | Some(_) => {}
        }
    }
}

fn etcd(host: &Host, members: &[Member]) -> Option<String> {
    match members.iter().find(|member| member.name == host.name.as_str()) {
        None => Some("its etcd is not a member of the cluster's".to_owned()),
        Some(member) if !member.started => Some("its etcd member has not started".to_owned()),
        Some(member) if !member.voter => {
            Some("its etcd member is still a learner and does not vote".to_owned())
        }
        Some(_) => None,
    }
}

/// Whose address a member has that does not tell its name.
fn owner<'a>(inv: &'a Inventory, member: &Member) -> Option<&'a Host> {
    let (_, rest) = member.peer.split_once("://")?;
    let address = rest.rsplit_once(':').map_or(rest, |(host, _)| host).trim_matches(['[', ']']);
    inv.control_planes().find(|host| {
        host.private_address.is_some_and(|own| own.to_string() == address) || host.ssh.address == address
    })
}
