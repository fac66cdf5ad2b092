//! Hosts next to each other: what is there twice, and who is missing.

use std::collections::HashMap;
use std::hash::Hash;

use crate::inventory::model::{BecomeMethod, Host, Inventory, Role};
use crate::inventory::read::{HostPlaces, Places};
use crate::inventory::yaml::{Report, Span};

pub(super) fn check(inventory: &Inventory, places: &Places, report: &mut Report<'_>) {
    let hosts: Vec<(&Host, &HostPlaces)> = inventory.hosts.iter().zip(&places.hosts).collect();
    roles(inventory, places, report);
    let names = hosts.iter().map(|(host, at)| (host.name.as_str(), at.name, host));
    twice(names, report, |name, _| format!("the name {name} is given twice"));
    // One address may lead to several machines by port or through a bastion.
    let addresses = hosts.iter().map(|(host, at)| {
        let ssh = &host.ssh;
        ((ssh.address.as_str(), ssh.port, ssh.bastion.as_deref()), at.address.unwrap_or(at.name), host)
    });
    twice(addresses, report, |(address, ..), first| format!("the address {address} is {first}'s already"));
    let private = hosts
        .iter()
        .filter_map(|(host, at)| Some((host.private_address?, at.private.unwrap_or(at.name), host)));
    twice(private, report, |address, first| format!("the private address {address} is {first}'s already"));
    for (host, at) in hosts {
        login(host, at, report);
        control_plane_taints(host, at, report);
    }
}

fn roles(inventory: &Inventory, places: &Places, report: &mut Report<'_>) {
    let control_planes = inventory.control_planes().count();
    if control_planes == 0 && !places.hosts_missing {
        report.error(places.hosts_at, "there is no control plane", "give one host `role: control-plane`");
    }
    if control_planes > 0 && control_planes.is_multiple_of(2) && !places.hosts_missing {
        let message =
            format!("{control_planes} control planes bear no more failures than {}", control_planes - 1);
        report.warning(places.hosts_at, message, "etcd needs a majority: use an odd number");
    }
    for (host, at) in inventory.hosts.iter().zip(&places.hosts) {
        if at.leader && host.role == Role::Worker {
            report.error(
                at.name,
                format!("{} leads, but is a worker", host.name),
                "the leader is the first control plane",
            );
        }
    }
}

/// Reports every value that an earlier host has too.
fn twice<'h, K: Eq + Hash + Copy>(
    values: impl Iterator<Item = (K, Span, &'h &'h Host)>,
    report: &mut Report<'_>,
    message: impl Fn(K, &str) -> String,
) {
    let mut seen: HashMap<K, (Span, &str)> = HashMap::new();
    for (key, at, host) in values {
        if let Some((first_at, first)) = seen.get(&key) {
            let help = if at == *first_at {
                "a range needs `{n}` or `{name}` in its addresses".to_owned()
            } else {
                format!("first in line {}", first_at.line)
            };
            report.error(at, message(key, first), help);
        } else {
            seen.insert(key, (at, host.name.as_str()));
        }
    }
}

fn login(host: &Host, at: &HostPlaces, report: &mut Report<'_>) {
    if let (BecomeMethod::None, Some(user), Some(place)) = (host.r#become.method, &host.ssh.user, at.method)
        && user != "root"
    {
        let message = format!("{user} is not root, and nothing makes them root");
        report.error(place, message, "write `method: sudo`, or log in as root");
    }
}

/// A list of taints takes the place of kubeadm's own: kubeadm.md §3.
fn control_plane_taints(host: &Host, at: &HostPlaces, report: &mut Report<'_>) {
    let (Some(taints), Some(place), Role::ControlPlane) = (&host.taints, at.taints, host.role) else {
        return;
    };
    let kept = taints.iter().any(|taint| taint.starts_with("node-role.kubernetes.io/"));
    if !host.schedulable && !kept {
        let help = "add node-role.kubernetes.io/control-plane:NoSchedule, or say `schedulable: true`";
        report.warning(
            place,
            "these taints replace the control plane's own, so workloads may run there",
            help,
        );
    }
}
