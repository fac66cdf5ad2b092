//! kubectl: as much of it as a bring-up needs.

use std::fmt::Write as _;

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{config_maps, failed, said};
use crate::sim::model::objects::{CLUSTER_ADMINS, NodeObject, Objects};
use crate::sim::model::{World, kubeconfig, paths};
use crate::transport::request::Reply;

pub(crate) fn run(world: &mut World, node: &str, args: &[String], stdin: Option<&str>) -> Reply {
    let parsed = Parsed::of(args);
    let conf = world
        .nodes
        .get(node)
        .and_then(|machine| machine.disk.text(&parsed.kubeconfig))
        .and_then(kubeconfig::parse);
    let Some(conf) = conf else {
        return failed(1, format!("error: stat {}: no such file or directory\n", parsed.kubeconfig));
    };
    let cluster = match world.api(node, &conf.server, Some(&conf.ca)) {
        Ok(cluster) => cluster,
        Err(words) if words.ends_with("refused") => {
            let host = conf.server.trim_start_matches("https://");
            return failed(
                1,
                format!(
                    "The connection to the server {host} was refused - did you specify the right host or port?\n"
                ),
            );
        }
        Err(words) => return failed(1, format!("Unable to connect to the server: {words}\n")),
    };
    let now = world.now;
    let Some(objects) = world.clusters.get_mut(&cluster).map(|found| &mut found.objects) else {
        return failed(1, "Unable to connect to the server: EOF\n");
    };
    let groups = conf.card.map(|card| card.organizations).unwrap_or_default();
    let admin = groups.iter().any(|group| group == "system:masters")
        || groups.iter().any(|group| group == "kubeadm:cluster-admins")
            && objects.others.contains(CLUSTER_ADMINS);
    if !admin {
        return failed(
            1,
            "Error from server (Forbidden): User \"kubernetes-admin\" cannot list resource in API group \"\" at the cluster scope\n",
        );
    }
    let words: Vec<&str> = parsed.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["get", "nodes" | "node" | "no", names @ ..] => get_nodes(objects, names, &parsed, now),
        ["label", "node" | "nodes", name, labels @ ..] => label(objects, name, labels),
        ["delete", "node" | "nodes", names @ ..] => delete(objects, names, parsed.ignore_not_found),
        ["delete", kind, names @ ..] if !names.is_empty() => {
            super::objects::delete(objects, kind, names, &parsed.namespace, parsed.ignore_not_found)
        }
        ["apply"] if !parsed.files.is_empty() => apply(objects, &parsed.files, stdin, now),
        ["describe", "node" | "nodes", names @ ..] => super::objects::describe_nodes(objects, names, now),
        ["get", kind, names @ ..] if super::objects::lists(kind, names, &parsed.output) => {
            super::objects::get(objects, kind, names, &parsed.namespace, &parsed.output, now)
        }
        ["get", "configmap" | "cm", name] if parsed.output.starts_with('y') => {
            super::objects::yaml(objects, &parsed.namespace, name)
        }
        ["get", "configmap" | "cm", name] => config_maps::get(objects, &parsed.namespace, name),
        ["patch", "configmap" | "cm", name] => {
            config_maps::patch(objects, &parsed.namespace, name, &parsed.patch)
        }
        ["cluster-info"] => said(format!("Kubernetes control plane is running at {}\n", conf.server)),
        _ => failed(1, format!("error: the simulation's kubectl has no `{}`\n", words.join(" "))),
    }
}

#[derive(Default)]
struct Parsed {
    words: Vec<String>,
    output: String,
    files: Vec<String>,
    kubeconfig: String,
    namespace: String,
    patch: String,
    ignore_not_found: bool,
    no_headers: bool,
}

impl Parsed {
    fn of(args: &[String]) -> Self {
        let mut parsed = Self { kubeconfig: paths::ADMIN.into(), ..Self::default() };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let (name, value) = arg
                .split_once('=')
                .map_or((arg.as_str(), None), |(name, value)| (name, Some(value.to_owned())));
            let is_flag = name.starts_with('-') && name != "-";
            if !is_flag {
                parsed.words.push(arg.clone());
                continue;
            }
            match name {
                "--ignore-not-found" => parsed.ignore_not_found = value.as_deref() != Some("false"),
                "--no-headers" => parsed.no_headers = true,
                "--overwrite" | "--wait" | "--server-side" | "--force-conflicts" | "-A"
                | "--all-namespaces" => {}
                _ => {
                    let value = value.or_else(|| rest.next().cloned()).unwrap_or_default();
                    match name {
                        "-o" | "--output" => parsed.output = value,
                        "-f" | "--filename" => parsed.files.push(value),
                        "--kubeconfig" => parsed.kubeconfig = value,
                        "-n" | "--namespace" => parsed.namespace = value,
                        "-p" | "--patch" => parsed.patch = value,
                        _ => {}
                    }
                }
            }
        }
        parsed
    }
}

fn not_found(name: &str) -> String {
    format!("Error from server (NotFound): nodes \"{name}\" not found\n")
}

fn get_nodes(objects: &Objects, names: &[&str], parsed: &Parsed, now: i64) -> Reply {
    if let Some(missing) = names.iter().find(|name| !objects.nodes.contains_key(**name)) {
        return if parsed.ignore_not_found { said("") } else { failed(1, not_found(missing)) };
    }
    let chosen: Vec<(&String, &NodeObject)> =
        objects.nodes.iter().filter(|(name, _)| names.is_empty() || names.contains(&name.as_str())).collect();
    match parsed.output.as_str() {
        "json" => {
            let items: Vec<Value> = chosen.iter().map(|(name, node)| as_json(name, node)).collect();
            let value = match (names, items.as_slice()) {
                ([_], [one]) => one.clone(),
                _ => json!({ "apiVersion": "v1", "kind": "List", "items": items }),
            };
            said(format!("{value:#}\n"))
        }
        "name" => said(chosen.iter().map(|(name, _)| format!("node/{name}\n")).collect::<Vec<_>>().concat()),
        _ => {
            let mut text = String::new();
            let wide = parsed.output == "wide";
            if !parsed.no_headers {
                text.push_str("NAME                 STATUS     ROLES           AGE     VERSION");
                text.push_str(if wide { "   INTERNAL-IP\n" } else { "\n" });
            }
            for (name, node) in chosen {
                let status = if node.ready { "Ready" } else { "NotReady" };
                let roles: Vec<&str> = node
                    .labels
                    .keys()
                    .filter_map(|key| key.strip_prefix("node-role.kubernetes.io/"))
                    .collect();
                let roles = if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") };
                let age = (now - node.created) / 1_000;
                let age = if age < 120 { format!("{age}s") } else { format!("{}m{}s", age / 60, age % 60) };
                let address = if wide { format!("   {}", node.address) } else { String::new() };
                let _ = writeln!(text, "{name:<21}{status:<11}{roles:<16}{age:<8}{}{address}", node.version);
            }
            said(text)
        }
    }
}

fn as_json(name: &str, node: &NodeObject) -> Value {
    let (status, reason) = if node.ready { ("True", "KubeletReady") } else { ("False", "KubeletNotReady") };
    let time = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms - ms.rem_euclid(1_000)).unwrap_or_default().to_string()
    };
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": node.uid,
            "labels": node.labels,
            "annotations": node.annotations,
            "creationTimestamp": time(node.created),
        },
        "spec": { "taints": node.taints.iter().map(|taint| json!({ "key": taint.key, "value": taint.value, "effect": taint.effect })).collect::<Vec<_>>() },
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
    })
}

fn label(objects: &mut Objects, name: &str, labels: &[&str]) -> Reply {
    let Some(node) = objects.nodes.get_mut(name) else { return failed(1, not_found(name)) };
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

fn delete(objects: &mut Objects, names: &[&str], ignore_not_found: bool) -> Reply {
    let mut reply = said("");
    for name in names {
        if objects.nodes.remove(*name).is_some() {
            let _ = writeln!(reply.stdout, "node \"{name}\" deleted");
        } else if !ignore_not_found {
            reply.rc = 1;
            reply.stderr.push_str(&not_found(name));
        }
    }
    reply
}

fn apply(objects: &mut Objects, files: &[String], stdin: Option<&str>, now: i64) -> Reply {
    let mut text = String::new();
    for file in files {
        if file == "-" {
            text.push_str(stdin.unwrap_or_default());
        } else {
            // The simulation has no internet: what lies there is taken to be a network plug-in.
            text.push_str("---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: network, namespace: kube-system }\n");
        }
    }
    let mut reply = said("");
    for part in serde_yaml::Deserializer::from_str(&text) {
        let value = match serde_yaml::Value::deserialize(part) {
            Ok(value) if value.is_null() => continue,
            Ok(value) => value,
            Err(error) => {
                return failed(
                    1,
                    format!("error: error parsing STDIN: error converting YAML to JSON: yaml: {error}\n"),
                );
            }
        };
        let kind =
            value.get("kind").and_then(serde_yaml::Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let meta = |key: &str| {
            value.get("metadata").and_then(|meta| meta.get(key)).and_then(serde_yaml::Value::as_str)
        };
        let name = meta("name").unwrap_or_default();
        if kind.is_empty() || name.is_empty() {
            return failed(
                1,
                "error: error validating \"STDIN\": error validating data: [apiVersion not set, kind not set]\n",
            );
        }
        let id = meta("namespace")
            .map_or(format!("{kind}/{name}"), |namespace| format!("{kind}/{namespace}/{name}"));
        let word = if objects.others.insert(id) { "created" } else { "configured" };
        let _ = writeln!(reply.stdout, "{kind}/{name} {word}");
        if kind == "daemonset" {
            objects.network_since.get_or_insert(now);
        }
    }
    if reply.stdout.is_empty() { failed(1, "error: no objects passed to apply\n") } else { reply }
}
