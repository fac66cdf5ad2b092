//! The nodes held against each other.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::ids::NodeName;
use crate::inventory::model::{Endpoint, Host, Inventory, Role};
use crate::survey::facts::{Facts, Membership};
use crate::survey::finding::Finding;
use crate::text;

use super::extra;
use super::findings::{Findings, belongs_here};

/// Clocks further from the median than this are worth a word: etcd grumbles from one second on, and we measure to about one.
const SKEW_WARNING_MS: u64 = 3_000;
/// Certificates and tokens made now are not valid yet on a node that is so far behind.
const SKEW_ERROR_MS: u64 = 30_000;

/// What is wrong between the nodes that answered, by node, in the inventory's order.
pub fn rack(inv: &Inventory, facts: &BTreeMap<NodeName, Facts>) -> Vec<(NodeName, Finding)> {
    let mut nodes: Vec<Node<'_>> = inv
        .hosts
        .iter()
        .filter_map(|host| {
            let facts = facts.get(&host.name)?;
            Some(Node { host, facts, findings: Findings::new(inv, host, facts) })
        })
        .collect();
    clocks(&mut nodes);
    duplicates(&mut nodes);
    foreign_addresses(inv, &mut nodes);
    endpoint(inv, &mut nodes);
    one_minor(inv, &mut nodes);
    one_cluster(inv, facts, &mut nodes);
    architectures(&mut nodes);
    nodes
        .into_iter()
        .flat_map(|node| {
            let name = node.host.name.clone();
            node.findings.into_list().into_iter().map(move |finding| (name.clone(), finding))
        })
        .collect()
}

struct Node<'a> {
    host: &'a Host,
    facts: &'a Facts,
    findings: Findings<'a>,
}

impl Node<'_> {
    fn owns(&self, address: IpAddr) -> bool {
        self.facts.addresses.iter().any(|own| own.parse() == Ok(address))
    }
}

fn clocks(nodes: &mut [Node<'_>]) {
    let mut offsets: Vec<i64> = nodes.iter().map(|node| node.facts.clock_offset_ms).collect();
    offsets.sort_unstable();
    let Some(&median) = offsets.get(offsets.len() / 2) else { return };
    for node in &mut *nodes {
        let off = node.facts.clock_offset_ms.saturating_sub(median);
        let by = text::duration(std::time::Duration::from_millis(off.unsigned_abs()));
        let way = if off < 0 { "behind" } else { "ahead of" };
        let message = format!("its clock is {by} {way} the others'");
        let fix = "set the clock by NTP: systemctl enable --now chrony, or timedatectl set-ntp true";
        match off.unsigned_abs() {
            SKEW_ERROR_MS.. => node.findings.error("clock", "", message, fix),
            SKEW_WARNING_MS.. => node.findings.warning("clock", message, fix),
            _ => {}
        }
    }
    if median.unsigned_abs() >= SKEW_ERROR_MS
        && let Some(node) = nodes.first_mut()
    {
        let by = text::duration(std::time::Duration::from_millis(median.unsigned_abs()));
        let way = if median < 0 { "behind" } else { "ahead of" };
        node.findings.note("clock", format!("the nodes' clocks are {by} {way} this machine's"));
    }
}

/// The names of other nodes that have the same non-empty `value`.
fn sharers(
    nodes: &[Node<'_>],
    of: usize,
    value: impl Fn(&Facts) -> Vec<String>,
) -> Vec<(String, Vec<String>)> {
    let mut shared = Vec::new();
    for own in value(nodes[of].facts).into_iter().filter(|own| !own.is_empty()) {
        let others: Vec<String> = nodes
            .iter()
            .enumerate()
            .filter(|(at, node)| *at != of && value(node.facts).contains(&own))
            .map(|(_, node)| node.host.name.to_string())
            .collect();
        if !others.is_empty() {
            shared.push((own, others));
        }
    }
    shared
}

fn duplicates(nodes: &mut [Node<'_>]) {
    for at in 0..nodes.len() {
        for (id, others) in sharers(nodes, at, |facts| vec![facts.machine_id.clone()]) {
            let message = format!("machine-id {id} is also that of {}", names(&others));
            let fix = "on the clones: rm -f /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup, then reboot";
            nodes[at].findings.error("machine-id", "", message, fix);
        }
        for (id, others) in sharers(nodes, at, |facts| vec![facts.product_uuid.clone()]) {
            // Containers and boards share it too, and nothing in Kubernetes breaks by it alone.
            let message = format!("product_uuid {id} is also that of {}", names(&others));
            nodes[at].findings.warning(
                "product-uuid",
                message,
                "give each virtual machine a UUID of its own",
            );
        }
        for (mac, others) in sharers(nodes, at, |facts| facts.macs.clone()) {
            let message = format!("hardware address {mac} is also on {}", names(&others));
            nodes[at].findings.warning(
                "mac",
                message,
                "give each machine's network card an address of its own",
            );
        }
        for (name, others) in sharers(nodes, at, |facts| vec![facts.hostname.clone()]) {
            let message = format!("the hostname {name} is also that of {}", names(&others));
            nodes[at].findings.warning("name", message, "hostnamectl set-hostname, a name for each");
        }
    }
}

fn names(others: &[String]) -> String {
    match others {
        [a, b, c, d, rest @ ..] if !rest.is_empty() => format!("{a}, {b}, {c}, {d} and {} more", rest.len()),
        _ => others.join(", "),
    }
}

/// An address that the inventory gives to one host must not be another's, unless it is the endpoint's and moves about.
fn foreign_addresses(inv: &Inventory, nodes: &mut [Node<'_>]) {
    let endpoint = endpoint_address(inv.kubernetes.control_plane_endpoint.as_ref());
    for node in nodes {
        for host in inv.hosts.iter().filter(|host| host.name != node.host.name) {
            let Some(address) = host.private_address.filter(|address| Some(*address) != endpoint) else {
                continue;
            };
            if node.owns(address) {
                let message = format!("has {address}, which the inventory gives to {}", host.name);
                node.findings.error(
                    "address",
                    "",
                    message,
                    "give each machine its own address, or correct privateAddress",
                );
            }
        }
    }
}

fn endpoint_address(endpoint: Option<&Endpoint>) -> Option<IpAddr> {
    endpoint?.host.parse().ok()
}

fn endpoint(inv: &Inventory, nodes: &mut [Node<'_>]) {
    let Some(endpoint) = &inv.kubernetes.control_plane_endpoint else { return };
    let cluster_is_up = nodes.iter().any(|node| node.facts.membership() == Membership::ControlPlane);
    owner_of_endpoint(inv, endpoint, cluster_is_up, nodes);
    let silent = |node: &Node<'_>| node.facts.endpoint_answers == Some(false);
    let answered = nodes.iter().filter(|node| node.facts.endpoint_answers == Some(true)).count();
    if answered == 0 && !cluster_is_up {
        if let Some(node) = nodes.iter_mut().find(|node| silent(node)) {
            let message = format!("nothing answers at the endpoint {endpoint} yet; joins wait for it");
            node.findings.note("endpoint", message);
        }
        return;
    }
    for node in nodes.iter_mut().filter(|node| silent(node)) {
        let message =
            format!("the endpoint {endpoint} does not answer from here, though it does from other nodes");
        let message = if answered == 0 {
            format!("the endpoint {endpoint} does not answer from here")
        } else {
            message
        };
        node.findings.warning(
            "endpoint",
            message,
            "look for a firewall or a missing route between this node and the load balancer",
        );
    }
}

/// An endpoint that is one node's own address works only if the right node has it.
fn owner_of_endpoint(inv: &Inventory, endpoint: &Endpoint, cluster_is_up: bool, nodes: &mut [Node<'_>]) {
    let Some(first) = inv.control_planes().next() else { return };
    let several = inv.control_planes().count() > 1;
    let address = endpoint_address(Some(endpoint));
    for node in nodes {
        let named = address.map_or_else(
            || node.host.name.as_str() == endpoint.host || node.host.ssh.address == endpoint.host,
            |address| node.host.private_address == Some(address),
        );
        let has = named || address.is_some_and(|address| node.owns(address));
        if !has || node.findings.member {
            continue;
        }
        let served = node.facts.listening.contains(&endpoint.port);
        let host = node.host;
        if host.name == first.name {
            if several && named {
                let message = format!(
                    "the endpoint {endpoint} is this node's own address: without it the other control planes can't be reached"
                );
                node.findings.warning("endpoint", message, "use a load balancer or a virtual address");
            }
            if endpoint.port != extra::api_port(inv) && !served {
                let message = format!(
                    "the endpoint's port {} is not the API server's {}, and nothing passes it on",
                    endpoint.port,
                    extra::api_port(inv)
                );
                node.findings.warning(
                    "endpoint",
                    message,
                    "use the API server's port, or start the load balancer",
                );
            }
        } else if !served && !cluster_is_up && (host.role == Role::Worker || named) {
            let what = if host.role == Role::Worker { "a worker" } else { "not where the cluster begins" };
            let message = format!(
                "the endpoint {endpoint} is this node's address, and it is {what}: nothing will answer there"
            );
            let fix = format!("point controlPlaneEndpoint to a load balancer or to {}", first.name);
            node.findings.error("endpoint", "", message, &fix);
        }
    }
}

/// Without a version in the inventory, that of the first control plane's kubeadm counts.
fn one_minor(inv: &Inventory, nodes: &mut [Node<'_>]) {
    let Some(first) = inv.control_planes().next() else { return };
    let Some(leader) = nodes.iter().find(|node| node.host.name == first.name) else { return };
    let Some(target) = leader.facts.kubeadm.clone() else { return };
    for node in nodes.iter_mut().filter(|node| node.host.name != first.name) {
        let Some(kubeadm) = &node.facts.kubeadm else { continue };
        if (kubeadm.major, kubeadm.minor) != (target.major, target.minor) {
            if inv.kubernetes.version.is_some() {
                continue; // said on the node itself
            }
            let message = format!("kubeadm {kubeadm}, but {target} on {}", first.name);
            let fix = format!("install kubeadm {} on all nodes", target.minor_name());
            node.findings.error("version", "", message, &fix);
        } else if *kubeadm != target {
            node.findings.note("version", format!("kubeadm {kubeadm}, and {target} on {}", first.name));
        }
        if inv.kubernetes.version.is_none()
            && let Some(kubelet) = &node.facts.kubelet
            && kubelet.minor > target.minor
        {
            let message = format!("kubelet {kubelet} is newer than the control plane's {target}");
            node.findings.error(
                "version",
                "KubeletVersion",
                message,
                &format!("install kubelet {}", target.minor_name()),
            );
        }
    }
}

/// Nodes that say they are in this cluster must have its CA, and the cluster must be there.
fn one_cluster(inv: &Inventory, all: &BTreeMap<NodeName, Facts>, nodes: &mut [Node<'_>]) {
    let ours = |node: &Node<'_>| belongs_here(inv, node.facts) != Some(false);
    let reference = nodes
        .iter()
        .find(|node| node.facts.membership() == Membership::ControlPlane && ours(node))
        .and_then(|node| Some((node.host.name.clone(), node.facts.ca_hash.clone()?)));
    // Only where every control plane said so itself: one whose kubelet is down may well have a cluster.
    let none_begun = inv
        .control_planes()
        .all(|host| all.get(&host.name).is_some_and(|facts| facts.membership() == Membership::Fresh));
    let reset = "`kubestep reset` this node, then run again";
    for node in &mut *nodes {
        let joined = matches!(node.facts.membership(), Membership::Worker | Membership::ControlPlane);
        if let (Some((of, wanted)), Some(own)) = (&reference, &node.facts.ca_hash) {
            if own == wanted {
                continue;
            }
            if joined && ours(node) {
                let message = format!("is in a cluster with another CA than {of}'s, at the same address");
                node.findings.refusal("leftovers", message, reset);
            } else if !joined {
                let message = format!("has a CA certificate that is not {of}'s");
                node.findings.error("leftovers", "", message, reset);
            }
        } else if joined && none_begun && ours(node) {
            let message =
                "is joined to an earlier cluster at this endpoint: no control plane has begun one".to_owned();
            node.findings.refusal("leftovers", message, reset);
        }
    }
}

fn architectures(nodes: &mut [Node<'_>]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes.iter().filter(|node| !node.facts.arch.is_empty()) {
        *counts.entry(&node.facts.arch).or_default() += 1;
    }
    let Some(most) = counts.iter().max_by_key(|(_, count)| **count).map(|(arch, _)| (*arch).to_owned())
    else {
        return;
    };
    if counts.len() < 2 {
        return;
    }
    for node in nodes.iter_mut().filter(|node| !node.facts.arch.is_empty() && node.facts.arch != most) {
        let message =
            format!("{}, where most nodes are {most}: images must be there for both", node.facts.arch);
        node.findings.note("runtime", message);
    }
}
