//! Settings of the cluster and of the run.

use std::fmt::Display;

use serde_yaml::Value;

use crate::inventory::model::{Allowance, Inventory, Kubernetes, Options};
use crate::text::duration;

use super::used::Used;
use super::{Fate, Revision};

/// A setting of `spec.kubernetes`.
struct Setting {
    name: &'static str,
    shown: fn(&Kubernetes) -> String,
    take: fn(&mut Kubernetes, &Kubernetes),
    /// Phases of `init` that write it down; kubeadm.md §2, §6.
    used_by: &'static [&'static str],
}

macro_rules! setting {
    ($name:literal, $field:ident, $shown:ident($as:ident), $used_by:expr) => {
        Setting {
            name: concat!("kubernetes.", $name),
            shown: |of| $shown(of.$field.$as()),
            take: |to, from| to.$field.clone_from(&from.$field),
            used_by: $used_by,
        }
    };
}

const SETTINGS: [Setting; 7] = [
    setting!(
        "version",
        version,
        optional(as_ref),
        &["init/kubelet-start", "init/control-plane", "init/etcd", "init/upload-config", "init/addon"]
    ),
    setting!(
        "controlPlaneEndpoint",
        control_plane_endpoint,
        optional(as_ref),
        &["init/certs", "init/kubeconfig", "init/upload-config", "init/addon"]
    ),
    setting!(
        "podSubnet",
        pod_subnet,
        optional(as_ref),
        &["init/control-plane", "init/upload-config", "init/addon"]
    ),
    setting!(
        "serviceSubnet",
        service_subnet,
        optional(as_ref),
        &["init/certs", "init/kubelet-start", "init/control-plane", "init/upload-config", "init/addon"]
    ),
    setting!(
        "dnsDomain",
        dns_domain,
        optional(as_ref),
        &["init/certs", "init/kubelet-start", "init/upload-config", "init/addon"]
    ),
    setting!("certSANs", cert_sans, listed(as_slice), &["init/certs", "init/upload-config"]),
    setting!(
        "imageRepository",
        image_repository,
        optional(as_ref),
        &["init/control-plane", "init/etcd", "init/upload-config", "init/addon"]
    ),
];

/// kubeadm's documents, and the phases of `init` that go by them; none: only the joins do.
const DOCUMENTS: [(&str, Option<&[&str]>); 5] = [
    (
        "ClusterConfiguration",
        Some(&[
            "init/certs",
            "init/kubeconfig",
            "init/etcd",
            "init/control-plane",
            "init/upload-config",
            "init/addon",
        ]),
    ),
    (
        "InitConfiguration",
        Some(&[
            "init/certs",
            "init/kubelet-start",
            "init/etcd",
            "init/control-plane",
            "init/mark-control-plane",
        ]),
    ),
    ("KubeletConfiguration", Some(&["init/kubelet-start", "init/upload-config"])),
    ("KubeProxyConfiguration", Some(&["init/addon"])),
    ("JoinConfiguration", None),
];

fn optional<T: Display>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn listed(values: &[String]) -> String {
    values.join(", ")
}

pub(super) fn kubernetes(revision: &mut Revision, used: &Used<'_>, old: &Inventory, new: &Inventory) {
    for setting in &SETTINGS {
        let (was, becomes) = ((setting.shown)(&old.kubernetes), (setting.shown)(&new.kubernetes));
        if was == becomes {
            continue;
        }
        let fate = used.by_cluster(setting.used_by);
        if !matches!(fate, Fate::Applies(_)) {
            (setting.take)(&mut revision.inventory.kubernetes, &old.kubernetes);
        }
        revision.note(setting.name, &was, &becomes, fate);
    }
    let (was, becomes) = (&old.kubernetes.cri_socket, &new.kubernetes.cri_socket);
    if was != becomes {
        let fate = used.by_any(&["init/kubelet-start", "join/kubelet-start"]);
        if !matches!(fate, Fate::Applies(_)) {
            revision.inventory.kubernetes.cri_socket.clone_from(was);
        }
        revision.note("kubernetes.criSocket", was, becomes, fate);
    }
    let (was, becomes) =
        (listed(&old.kubernetes.ignore_preflight_errors), listed(&new.kubernetes.ignore_preflight_errors));
    if was != becomes {
        let note = "for the preflight phases that have not run".to_owned();
        revision.note("kubernetes.ignorePreflightErrors", &was, &becomes, Fate::Applies(Some(note)));
    }
    documents(revision, used, old, new);
}

/// Raw documents, kind by kind.
fn documents(revision: &mut Revision, used: &Used<'_>, old: &Inventory, new: &Inventory) {
    let kind = |document: &Value| document.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let of = |inventory: &Inventory, wanted: &str| -> Vec<Value> {
        inventory.kubernetes.extra.iter().filter(|document| kind(document) == wanted).cloned().collect()
    };
    let known = |document: &&Value| DOCUMENTS.iter().any(|(name, _)| kind(document) == *name);
    // kubeadm would refuse any other kind; it goes wherever the file says.
    let mut extra: Vec<Value> =
        new.kubernetes.extra.iter().filter(|document| !known(document)).cloned().collect();
    for (name, phases) in DOCUMENTS {
        let (was, becomes) = (of(old, name), of(new, name));
        if was == becomes {
            extra.extend(becomes);
            continue;
        }
        let fate = match phases {
            Some(phases) => used.by_cluster(phases),
            None => Fate::Applies(Some("for the nodes that have not joined".to_owned())),
        };
        let what = match (was.is_empty(), becomes.is_empty()) {
            (true, _) => format!("kubernetes.config: a {name}"),
            (_, true) => format!("kubernetes.config: no {name}"),
            _ => format!("kubernetes.config: another {name}"),
        };
        extra.extend(if matches!(fate, Fate::Applies(_)) { becomes } else { was });
        revision.note(what, "", "", fate);
    }
    revision.inventory.kubernetes.extra = extra;
}

/// An option of the run, as it is shown, and what is to be known of it.
struct Choice(&'static str, fn(&Options) -> String, Option<&'static str>);

const BUDGETS: &str = "for the steps that have not begun";

const OPTIONS: [Choice; 7] = [
    Choice("options.concurrency.limit", |of| of.concurrency.to_string(), None),
    Choice("options.concurrency.joins", |of| of.joins.to_string(), None),
    Choice("options.timeouts.controlPlane", |of| duration(of.control_plane_timeout), Some(BUDGETS)),
    Choice("options.timeouts.join", |of| duration(of.join_timeout), Some(BUDGETS)),
    Choice("options.timeouts.nodeReady", |of| duration(of.node_ready_timeout), Some(BUDGETS)),
    Choice(
        "options.onFailure.workers",
        |of| (if of.workers_continue { "continue" } else { "stop" }).to_owned(),
        None,
    ),
    Choice("options.onFailure.maxFailedWorkers", |of| allowance(of.max_failed_workers), None),
];

fn allowance(allowance: Allowance) -> String {
    match allowance {
        Allowance::Count(count) => count.to_string(),
        Allowance::Share(share) => format!("{}%", share * 100.0),
    }
}

pub(super) fn options(revision: &mut Revision, old: &Inventory, new: &Inventory) {
    for Choice(name, shown, note) in &OPTIONS {
        let (was, becomes) = (shown(&old.options), shown(&new.options));
        if was != becomes {
            revision.note(*name, &was, &becomes, Fate::Applies(note.map(str::to_owned)));
        }
    }
    let (was, becomes) = (old.options.connect_timeout, new.options.connect_timeout);
    if was != becomes {
        let why = "connections of this run are made with the former one; it counts from the next run on";
        let fate = Fate::Stays(why.to_owned());
        revision.note("options.timeouts.connect", &duration(was), &duration(becomes), fate);
        revision.inventory.options.connect_timeout = was;
    }
}
