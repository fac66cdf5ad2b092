//! What a word that is being typed could become: programs, their words, paths on the node.

use super::Session;
use super::program;
use crate::sim::model::World;

/// What could stand in place of the word before the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where that word begins, in characters.
    pub from: usize,
    /// In order; whole words. Folders end with `/`.
    pub candidates: Vec<String>,
}

/// More is of no use to anybody.
const MOST: usize = 1_000;

/// What may follow these words.
const WORDS: &[(&[&str], &[&str])] = &[
    (
        &["kubectl"],
        &[
            "apply",
            "cluster-info",
            "cordon",
            "delete",
            "describe",
            "drain",
            "get",
            "label",
            "logs",
            "patch",
            "taint",
            "uncordon",
            "version",
        ],
    ),
    (
        &["kubectl", "get"],
        &[
            "clusterrolebindings",
            "cm",
            "configmaps",
            "csr",
            "daemonsets",
            "deployments",
            "events",
            "namespaces",
            "nodes",
            "pods",
            "secrets",
            "services",
        ],
    ),
    (&["kubectl", "describe"], &["node", "nodes", "pod", "pods"]),
    (&["kubectl", "delete"], &["node", "pod", "secret"]),
    (&["kubeadm"], &["certs", "config", "init", "join", "reset", "token", "version"]),
    (&["kubeadm", "init"], &["phase"]),
    (&["kubeadm", "join"], &["phase"]),
    (
        &["kubeadm", "init", "phase"],
        &[
            "addon",
            "bootstrap-token",
            "certs",
            "control-plane",
            "etcd",
            "kubeconfig",
            "kubelet-finalize",
            "kubelet-start",
            "mark-control-plane",
            "preflight",
            "upload-certs",
            "upload-config",
        ],
    ),
    (
        &["kubeadm", "join", "phase"],
        &["control-plane-join", "control-plane-prepare", "kubelet-start", "preflight"],
    ),
    (&["kubeadm", "token"], &["create", "delete", "generate", "list"]),
    (&["kubeadm", "certs"], &["certificate-key", "check-expiration"]),
    (&["kubeadm", "config"], &["images"]),
    (&["kubeadm", "config", "images"], &["list", "pull"]),
    (
        &["systemctl"],
        &[
            "cat",
            "daemon-reload",
            "disable",
            "enable",
            "is-active",
            "is-enabled",
            "list-units",
            "restart",
            "show",
            "start",
            "status",
            "stop",
        ],
    ),
    (&["crictl"], &["exec", "images", "info", "inspect", "logs", "pods", "ps", "pull", "version"]),
    (&["etcdctl"], &["endpoint", "member"]),
    (&["etcdctl", "member"], &["list", "remove"]),
    (&["etcdctl", "endpoint"], &["health", "status"]),
    (&["ip"], &["addr", "link", "route"]),
    (&["openssl"], &["pkey", "x509"]),
    (&["timedatectl"], &["set-ntp", "status"]),
];
const UNITS: &[&str] = &["containerd", "kubelet", "ssh"];

pub(super) fn complete(world: &World, node: &str, session: &Session, before: &str) -> Completion {
    // Within the last command of the line, back to the last blank.
    let command = before.rfind([';', '|', '&', '(', '`']).map_or(0, |at| at + 1);
    let begin = before
        .rfind(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | '`' | '<' | '>' | '='))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let typed = &before[begin..];
    let words: Vec<&str> = before[command..begin.max(command)]
        .split_whitespace()
        .filter(|word| !word.starts_with('-') && *word != "sudo" && !word.contains('='))
        .collect();
    let mut candidates: Vec<String> = match words.as_slice() {
        [] if !typed.contains('/') => program::names().map(str::to_owned).collect(),
        words => known(world, node, words, &before[command..begin.max(command)]),
    };
    candidates.retain(|candidate| candidate.starts_with(typed));
    if candidates.is_empty() {
        candidates = paths(world, node, session, typed);
    }
    candidates.sort();
    candidates.dedup();
    candidates.truncate(MOST);
    Completion { from: before[..begin].chars().count(), candidates }
}

fn known(world: &World, node: &str, words: &[&str], text: &str) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let flag = text.split_whitespace().next_back().unwrap_or_default();
    match words {
        ["kubectl", ..] if matches!(flag, "-n" | "--namespace") => {
            return owned(&["default", "kube-node-lease", "kube-public", "kube-system"]);
        }
        ["journalctl", ..] if matches!(flag, "-u" | "--unit") => return owned(UNITS),
        [
            "systemctl",
            "status" | "start" | "stop" | "restart" | "cat" | "show" | "enable" | "disable" | "is-active"
            | "is-enabled",
        ] => {
            return owned(UNITS);
        }
        [
            "kubectl",
            "describe" | "delete" | "get" | "cordon" | "uncordon" | "label" | "drain" | "taint",
            rest @ ..,
        ] if matches!(rest, [] | ["node" | "nodes" | "no"])
            && (rest.len() == 1 || !matches!(words[1], "describe" | "delete" | "get")) =>
        {
            // Only what this node could know: the objects of its own cluster.
            let cluster = world.membership(node).and_then(|(cluster, _)| world.clusters.get(&cluster));
            return cluster
                .map(|cluster| cluster.objects.nodes.keys().cloned().collect())
                .unwrap_or_default();
        }
        ["help", ..] => return program::names().map(str::to_owned).collect(),
        ["ping" | "nc", ..] => return world.nodes.keys().cloned().collect(),
        _ => {}
    }
    WORDS.iter().find(|(before, _)| *before == words).map(|(_, after)| owned(after)).unwrap_or_default()
}

fn paths(world: &World, node: &str, session: &Session, typed: &str) -> Vec<String> {
    let Some(node) = world.nodes.get(node) else { return Vec::new() };
    let (folder, start) = typed.rsplit_once('/').map_or(("", typed), |(folder, start)| (folder, start));
    let shown = if typed.contains('/') { format!("{folder}/") } else { String::new() };
    let place = match (typed.contains('/'), folder.strip_prefix('~')) {
        (_, Some(rest)) => session.absolute(&format!("/root{rest}")),
        (true, None) => session.absolute(&shown),
        (false, None) => session.absolute("."),
    };
    let mut found = Vec::new();
    for name in node.names_in(&place).unwrap_or_default() {
        let hidden = name.starts_with('.') && !start.starts_with('.');
        if name.starts_with(start) && !hidden {
            let folder = node.is_folder(&format!("{}/{name}", place.trim_end_matches('/')));
            found.push(format!("{shown}{name}{}", if folder { "/" } else { "" }));
        }
    }
    found
}
