//! Nodes that come, go, or change.

use crate::ids::NodeName;
use crate::inventory::model::{Host, Inventory};

use super::used::Used;
use super::{Fate, Revision};

/// Phases that take over what a node is registered with.
const REGISTERED: [&str; 4] = [
    "init/kubelet-start",
    "init/mark-control-plane",
    "join/kubelet-start",
    "join/control-plane-join/mark-control-plane",
];

pub(super) fn hosts(revision: &mut Revision, used: &Used<'_>, old: &Inventory, new: &Inventory) {
    for host in &new.hosts {
        if let Some(was) = old.host(&host.name) {
            changed(revision, used, was, host);
            continue;
        }
        let what = format!("{} comes to the run, a {} at {}", host.name, host.role, host.ssh.address);
        let note = "it is connected to and checked first".to_owned();
        revision.note(what, "", "", Fate::Applies(Some(note)));
        revision.added.push(host.name.clone());
    }
    for (at, host) in old.hosts.iter().enumerate().filter(|(_, host)| new.host(&host.name).is_none()) {
        let what = format!("{} goes out of the run", host.name);
        if used.has_begun(&host.name) {
            let why = format!("something was begun there; {}", used.remedy(&host.name));
            revision.note(what, "", "", Fate::Stays(why));
            let hosts = &mut revision.inventory.hosts;
            hosts.insert(at.min(hosts.len()), host.clone());
        } else {
            revision.note(what, "", "", Fate::Applies(Some("nothing was begun there".to_owned())));
            revision.removed.push(host.name.clone());
        }
    }
}

fn changed(revision: &mut Revision, used: &Used<'_>, was: &Host, host: &Host) {
    let name = &host.name;
    let begun = used.has_begun(name);
    let mut own = host.clone();
    let mut again = false;
    let stays = || Fate::Stays(format!("something was begun there; {}", used.remedy(name)));
    if was.role != host.role {
        let fate = if begun { stays() } else { Fate::Applies(None) };
        again |= !begun;
        own.role = if begun { was.role } else { host.role };
        revision.note(format!("{name}.role"), &was.role.to_string(), &host.role.to_string(), fate);
    }
    if was.private_address != host.private_address {
        let shown = |host: &Host| host.private_address.map(|address| address.to_string()).unwrap_or_default();
        let fate = if begun { stays() } else { Fate::Applies(None) };
        again |= !begun;
        own.private_address = if begun { was.private_address } else { host.private_address };
        revision.note(format!("{name}.privateAddress"), &shown(was), &shown(host), fate);
    }
    if was.ssh != host.ssh || was.r#become != host.r#become {
        let keeps = used.is_connected(name) && (begun || used.changed());
        let fate = if keeps {
            Fate::Stays("the run is logged in there already; it counts from the next run on".to_owned())
        } else {
            Fate::Applies(Some("the node is connected to anew".to_owned()))
        };
        again |= !keeps;
        if keeps {
            own.ssh.clone_from(&was.ssh);
            own.r#become.clone_from(&was.r#become);
        }
        let login = |host: &Host| match &host.ssh.user {
            Some(user) => format!("{user}@{}", host.ssh.address),
            None => host.ssh.address.clone(),
        };
        if login(was) == login(host) {
            revision.note(format!("{name}: how to log in"), "", "", fate);
        } else {
            revision.note(format!("{name}.ssh"), &login(was), &login(host), fate);
        }
    }
    if was.rack != host.rack {
        let shown = |host: &Host| host.rack.clone().unwrap_or_default();
        revision.note(format!("{name}.rack"), &shown(was), &shown(host), Fate::Applies(None));
    }
    registered(revision, used, was, host, &mut own);
    if again {
        revision.again.push(name.clone());
    }
    put(revision, name, own);
}

/// Labels and taints.
fn registered(revision: &mut Revision, used: &Used<'_>, was: &Host, host: &Host, own: &mut Host) {
    let name = &host.name;
    if (was.schedulable, &was.taints) != (host.schedulable, &host.taints) {
        let shown = |host: &Host| match &host.taints {
            Some(taints) if taints.is_empty() => "none".to_owned(),
            Some(taints) => taints.join(", "),
            None if host.schedulable => "none".to_owned(),
            None => "kubeadm's own".to_owned(),
        };
        let fate = if used.on(name, &REGISTERED).is_empty() {
            Fate::Applies(None)
        } else {
            (own.schedulable, own.taints) = (was.schedulable, was.taints.clone());
            Fate::Stays(format!("the node has them already; `kubectl taint node {name}` changes them"))
        };
        revision.note(format!("{name}: taints"), &shown(was), &shown(host), fate);
    }
    if was.labels != host.labels {
        let shown = |host: &Host| {
            host.labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
        };
        let fate = if used.on(name, &["label"]).is_empty() {
            Fate::Applies(None)
        } else {
            own.labels.clone_from(&was.labels);
            Fate::Stays(format!("they were set; `kubectl label node {name}` changes them"))
        };
        revision.note(format!("{name}.labels"), &shown(was), &shown(host), fate);
    }
}

fn put(revision: &mut Revision, name: &NodeName, host: Host) {
    if let Some(place) = revision.inventory.hosts.iter_mut().find(|other| other.name == *name) {
        *place = host;
    }
}
