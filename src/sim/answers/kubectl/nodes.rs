//! Nodes, as kubectl shows and changes them.

use std::fmt::Write as _;

use serde_json::json;

use super::super::{failed, said};
use super::listing::{Item, Listing, age, not_found, time};
use super::pods;
use crate::sim::model::World;
use crate::sim::model::objects::{NodeObject, Objects, Taint};
use crate::transport::request::Reply;

const RUNTIME: &str = "containerd://1.7.22";

pub(super) fn listing(world: &World, objects: &Objects) -> Listing {
    let now = world.now;
    let item = |(name, node): (&String, &NodeObject)| {
        let machine = world.nodes.values().find(|machine| machine.node_name() == *name);
        let hardware = machine.map(|machine| &machine.hardware);
        Item {
            namespace: String::new(),
            name: name.clone(),
            labels: node.labels.clone(),
            cells: (
                vec![status(node), roles(node), age(now - node.created), node.version.clone()],
                vec![
                    node.address.clone(),
                    "<none>".into(),
                    hardware.map_or_else(|| "<unknown>".into(), |hardware| hardware.os.clone()),
                    hardware.map_or_else(|| "<unknown>".into(), |hardware| hardware.kernel.clone()),
                    RUNTIME.into(),
                ],
            ),
            object: as_json(name, node),
        }
    };
    Listing {
        kind: "node",
        plural: "nodes",
        namespaced: false,
        headings: (
            &["STATUS", "ROLES", "AGE", "VERSION"],
            &["INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"],
        ),
        items: objects.nodes.iter().map(item).collect(),
    }
}

fn status(node: &NodeObject) -> String {
    let ready = if node.ready { "Ready" } else { "NotReady" };
    format!("{ready}{}", if node.unschedulable { ",SchedulingDisabled" } else { "" })
}

fn roles(node: &NodeObject) -> String {
    let roles: Vec<&str> =
        node.labels.keys().filter_map(|key| key.strip_prefix("node-role.kubernetes.io/")).collect();
    if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") }
}

/// Status, reason and message of the condition Ready.
fn condition(node: &NodeObject) -> (&'static str, &'static str, &str) {
    match (node.ready, node.reason.starts_with("Kubelet stopped")) {
        (true, _) => ("True", "KubeletReady", "kubelet is posting ready status"),
        (false, true) => ("Unknown", "NodeStatusUnknown", &node.reason),
        (false, false) => ("False", "KubeletNotReady", &node.reason),
    }
}

fn as_json(name: &str, node: &NodeObject) -> serde_json::Value {
    let (status, reason) = if node.ready { ("True", "KubeletReady") } else { ("False", "KubeletNotReady") };
    let taints = node
        .taints
        .iter()
        .map(|taint| json!({ "key": taint.key, "value": taint.value, "effect": taint.effect }));
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": node.uid,
            "labels": node.labels,
            "annotations": node.annotations,
            "creationTimestamp": time(node.created),
        },
        "spec": { "taints": taints.collect::<Vec<_>>() },
        "status": {
            "addresses": [{ "type": "InternalIP", "address": node.address }, { "type": "Hostname", "address": name }],
            "conditions": [{
                "type": "Ready",
                "status": status,
                "reason": reason,
                "message": node.reason,
                "lastHeartbeatTime": time(node.heartbeat),
                "lastTransitionTime": time(node.since),
            }],
            "nodeInfo": { "kubeletVersion": node.version, "operatingSystem": "linux" },
        },
    });
    if node.unschedulable {
        object["spec"]["unschedulable"] = true.into();
    }
    object
}

pub(super) fn describe(world: &World, cluster: &str, objects: &Objects, names: &[&str]) -> Reply {
    if let Some(missing) = names.iter().find(|name| !objects.nodes.contains_key(**name)) {
        return failed(1, not_found("nodes", missing));
    }
    let mut texts = Vec::new();
    for (name, node) in
        objects.nodes.iter().filter(|(name, _)| names.is_empty() || names.contains(&name.as_str()))
    {
        texts.push(card(world, cluster, name, node));
    }
    said(texts.join("\n\n"))
}

/// `key=value` below one another.
fn pairs<'a>(title: &str, pairs: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let rows: Vec<String> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
    let text =
        if rows.is_empty() { "<none>".to_owned() } else { rows.join(&format!("\n{}", " ".repeat(20))) };
    format!("{title:<20}{text}\n")
}

fn card(world: &World, cluster: &str, name: &str, node: &NodeObject) -> String {
    let machine = world.nodes.values().find(|machine| machine.node_name() == name);
    let mut out = format!("{:<20}{name}\n{:<20}{}\n", "Name:", "Roles:", roles(node));
    out += &pairs("Labels:", node.labels.iter());
    out += &pairs("Annotations:", node.annotations.iter());
    let _ = writeln!(out, "{:<20}{}", "CreationTimestamp:", time(node.created));
    let taints: Vec<String> = node.taints.iter().map(Taint::text).collect();
    let taints =
        if taints.is_empty() { "<none>".to_owned() } else { taints.join(&format!("\n{}", " ".repeat(20))) };
    let _ = writeln!(out, "{:<20}{taints}\n{:<20}{}", "Taints:", "Unschedulable:", node.unschedulable);
    let (status, reason, message) = condition(node);
    let _ = writeln!(
        out,
        "Conditions:\n  {:<16} {:<8} {:<21} {:<21} {:<20} Message\n  {:<16} {:<8} {:<21} {:<21} {:<20} {}",
        "Type",
        "Status",
        "LastHeartbeatTime",
        "LastTransitionTime",
        "Reason",
        "Ready",
        status,
        time(node.heartbeat),
        time(node.since),
        reason,
        message
    );
    let _ = writeln!(out, "Addresses:\n  InternalIP:  {}\n  Hostname:    {name}", node.address);
    if let Some(machine) = machine {
        let hardware = &machine.hardware;
        let _ = writeln!(
            out,
            "Capacity:\n  cpu:     {}\n  memory:  {}Ki\n  pods:    110\nSystem Info:\n  Machine ID:                 {}\n  Kernel Version:             {}\n  OS Image:                   {}\n  Container Runtime Version:  {RUNTIME}\n  Kubelet Version:            {}",
            hardware.cpus,
            hardware.memory_mib * 1024,
            hardware.machine_id,
            hardware.kernel,
            hardware.os,
            node.version
        );
    }
    let here: Vec<_> = pods::all(world, cluster).into_iter().filter(|pod| pod.node == name).collect();
    let _ = writeln!(out, "Non-terminated Pods:  ({} in total)", here.len());
    for pod in here {
        let _ = writeln!(out, "  {:<14} {:<38} {}", pod.namespace, pod.name, age(world.now - pod.created));
    }
    out + "Events:  <none>\n"
}

pub(super) fn label(objects: &mut Objects, name: &str, labels: &[&str]) -> Reply {
    let Some(node) = objects.nodes.get_mut(name) else { return failed(1, not_found("nodes", name)) };
    for label in labels {
        match (label.split_once('='), label.strip_suffix('-')) {
            (Some((key, value)), _) => {
                node.labels.insert(key.to_owned(), value.to_owned());
            }
            (None, Some(key)) => {
                node.labels.remove(key);
            }
            (None, None) => return failed(1, format!("error: unknown command \"{label}\"\n")),
        }
    }
    said(format!("node/{name} labeled\n"))
}

pub(super) fn taint(objects: &mut Objects, name: &str, taints: &[&str]) -> Reply {
    let Some(node) = objects.nodes.get_mut(name) else { return failed(1, not_found("nodes", name)) };
    let mut words = "tainted";
    for given in taints {
        let (text, gone) = given.strip_suffix('-').map_or((*given, false), |text| (text, true));
        let (key, effect) = text.split_once(':').unwrap_or((text, ""));
        let (key, value) = key.split_once('=').unwrap_or((key, ""));
        if gone {
            let before = node.taints.len();
            node.taints.retain(|taint| taint.key != key || (!effect.is_empty() && taint.effect != effect));
            if node.taints.len() == before {
                return failed(1, format!("error: taint \"{text}\" not found\n"));
            }
            words = "untainted";
        } else if effect.is_empty() {
            return failed(1, format!("error: unknown taint spec: {given}\n"));
        } else {
            node.taints.retain(|taint| taint.key != key || taint.effect != effect);
            node.taints.push(Taint { key: key.into(), value: value.into(), effect: effect.into() });
        }
    }
    said(format!("node/{name} {words}\n"))
}

pub(super) fn cordon(objects: &mut Objects, names: &[&str], on: bool) -> Reply {
    let mut reply = said("");
    for name in names {
        let Some(node) = objects.nodes.get_mut(*name) else {
            reply.rc = 1;
            reply.stderr += &not_found("nodes", name);
            continue;
        };
        let word = if on { "cordoned" } else { "uncordoned" };
        let already = if node.unschedulable == on { "already " } else { "" };
        node.unschedulable = on;
        let _ = writeln!(reply.stdout, "node/{name} {already}{word}");
    }
    reply
}

pub(super) fn delete(objects: &mut Objects, names: &[&str], ignore_not_found: bool) -> Reply {
    let mut reply = said("");
    for name in names {
        if objects.nodes.remove(*name).is_some() {
            let _ = writeln!(reply.stdout, "node \"{name}\" deleted");
        } else if !ignore_not_found {
            reply.rc = 1;
            reply.stderr.push_str(&not_found("nodes", name));
        }
    }
    reply
}
