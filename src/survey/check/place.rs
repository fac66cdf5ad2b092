//! The node's place in the cluster: what it already is, its ports, its name and address.

use std::net::IpAddr;

use crate::inventory::model::{Host, Inventory, Role};
use crate::survey::facts::{Facts, Membership};

use super::extra;
use super::findings::{Findings, belongs_here};

const RESET: &str = "`kubestep reset` this node, then run again";

pub(super) fn check(inv: &Inventory, host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    match facts.membership() {
        Membership::Fresh => {}
        Membership::Partial => leftovers(inv, host, facts, findings),
        joined => membership(inv, host, facts, joined, findings),
    }
    if !findings.member {
        ports(inv, host, facts, findings);
        name(host, facts, findings);
    }
    address(host, facts, findings);
}

fn membership(inv: &Inventory, host: &Host, facts: &Facts, joined: Membership, findings: &mut Findings<'_>) {
    let is = if joined == Membership::ControlPlane { "a control plane" } else { "a worker" };
    let wanted = if host.role == Role::ControlPlane { "a control plane" } else { "a worker" };
    let server = facts.server.as_deref().unwrap_or("an unknown address");
    if belongs_here(inv, facts) == Some(false) {
        findings.refusal(
            "leftovers",
            format!("already {is} of another cluster, at {server}"),
            "if that is this cluster under another address, write that address as controlPlaneEndpoint; else `kubestep reset` this node",
        );
    } else if is == wanted {
        findings.note("leftovers", format!("already {is} of this cluster, nothing to do"));
    } else {
        findings.refusal(
            "leftovers",
            format!("already {is} of this cluster, and the inventory wants {wanted}"),
            RESET,
        );
    }
}

fn leftovers(inv: &Inventory, host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    let inits = inv.control_planes().next().is_some_and(|first| first.name == host.name);
    let mut stops = Vec::new();
    let mut ignored = Vec::new();
    let mut stays = Vec::new();
    for path in &facts.leftovers {
        match preflight_name(path, host.role, inits, extra::external_etcd(inv), findings.before(23)) {
            Some(name) if findings.ignores(&name) || findings.ignores("leftovers") => {
                ignored.push(path.as_str());
            }
            Some(_) => stops.push(path.as_str()),
            None => stays.push(path.as_str()),
        }
    }
    let credentials = facts.has("/etc/kubernetes/kubelet.conf")
        && facts.has("/var/lib/kubelet/pki/kubelet-client-current.pem");
    if credentials && facts.kubelet_state != "active" {
        let state = if facts.kubelet_state.is_empty() { "not running" } else { &facts.kubelet_state };
        let server = facts.server.as_deref().unwrap_or("an unknown address");
        findings.error(
            "leftovers",
            "",
            format!("was joined to the cluster at {server}, but its kubelet is {state}"),
            "`systemctl restart kubelet` if it belongs there, and look at `journalctl -u kubelet`; else `kubestep reset` this node",
        );
        return;
    }
    if !stops.is_empty() {
        findings.error(
            "leftovers",
            "",
            format!("an earlier kubeadm stopped half-way and left {}", stops.join(", ")),
            "`kubestep run --resume` goes on with an interrupted run; to begin anew, `kubestep reset` this node, or there `kubeadm reset -f` and `rm -rf /var/lib/etcd/member`",
        );
    }
    if !ignored.is_empty() {
        let message =
            format!("left by an earlier kubeadm: {} (ignored by the inventory)", ignored.join(", "));
        findings.warning("leftovers", message, "");
    }
    if !stays.is_empty() && stops.is_empty() {
        findings.warning(
            "leftovers",
            format!("left by an earlier kubeadm, and taken as it is: {}", stays.join(", ")),
            "fine if they are meant to be there; else `kubestep reset` this node",
        );
    }
}

/// kubeadm's name for its refusal of `path` on this node; none where it minds not. kubeadm.md §2.5.
fn preflight_name(path: &str, role: Role, inits: bool, external_etcd: bool, to_1_22: bool) -> Option<String> {
    let control_plane = role == Role::ControlPlane;
    let stops = match path {
        "/var/lib/etcd" => {
            return (control_plane && !external_etcd).then(|| "DirAvailable--var-lib-etcd".to_owned());
        }
        "/etc/kubernetes/kubelet.conf" | "/etc/kubernetes/bootstrap-kubelet.conf" => !inits,
        "/etc/kubernetes/pki/ca.crt" => !control_plane,
        _ if path.starts_with("/etc/kubernetes/manifests/") => control_plane || to_1_22,
        _ => false,
    };
    stops.then(|| format!("FileAvailable-{}", path.replace('/', "-")))
}

fn ports(inv: &Inventory, host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    let api = extra::api_port(inv);
    let mut wanted = vec![(10250, "the kubelet")];
    if host.role == Role::ControlPlane {
        wanted.extend([(api, "the API server"), (10257, "the controller manager"), (10259, "the scheduler")]);
        if !extra::external_etcd(inv) {
            wanted.extend([(2379, "etcd"), (2380, "etcd")]);
        }
    }
    for (port, what) in wanted {
        if facts.listening.contains(&port) {
            findings.error(
                "ports",
                &format!("Port-{port}"),
                format!("port {port}, which {what} needs, is taken"),
                &format!("see who has it with `ss -ltnp sport = :{port}`, and stop it or reset what an earlier kubeadm left"),
            );
        }
    }
}

fn name(host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    if !facts.hostname.is_empty() && facts.hostname != host.name.as_str() {
        findings
            .note("name", format!("calls itself {}; in Kubernetes it will be {}", facts.hostname, host.name));
    }
    if !facts.name_resolves && !facts.hostname.is_empty() {
        findings.warning(
            "name",
            format!("finds no address for its own name {}", facts.hostname),
            "put the name into /etc/hosts or DNS",
        );
    }
}

fn address(host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    if facts.addresses.is_empty() {
        return;
    }
    let has = |address: IpAddr| facts.addresses.iter().any(|own| own.parse() == Ok(address));
    let own: Vec<&str> =
        facts.addresses.iter().map(String::as_str).filter(|a| !a.starts_with("fe80")).collect();
    let own = own.join(", ");
    match (host.private_address, host.ssh.address.parse::<IpAddr>()) {
        (Some(address), _) if !has(address) => findings.error(
            "address",
            "",
            format!("privateAddress {address} is not an address of the node, which has {own}"),
            "set privateAddress to one of them, or give the node that address (`ip address add ADDRESS/BITS dev eth0`); etcd and the API server can't listen on any other",
        ),
        (None, Ok(address)) if !has(address) => findings.warning(
            "address",
            format!("reached at {address}, which is not an address of the node (it has {own})"),
            "set privateAddress, so that the cluster uses an address that the other nodes reach",
        ),
        _ => {}
    }
}
