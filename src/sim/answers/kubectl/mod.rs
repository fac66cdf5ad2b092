//! kubectl: as much of it as bringing up, looking around and repairing need.

mod apply;
mod args;
mod kept;
pub(crate) mod listing;
mod nodes;
pub(crate) mod pods;

use std::fmt::Write as _;

use self::args::Parsed;
use self::listing::Listing;
use super::{config_maps, failed, said};
use crate::sim::model::World;
use crate::sim::model::kubeconfig::{self, Parsed as Conf};
use crate::sim::model::objects::{CLUSTER_ADMINS, Objects};
use crate::transport::request::Reply;

/// Runs kubectl on `node`; files that it names are the node's.
pub(crate) fn run(world: &mut World, node: &str, args: &[String], stdin: Option<&str>) -> Reply {
    let parsed = Parsed::of(args);
    let words: Vec<&str> = parsed.words.iter().map(String::as_str).collect();
    let verb = words.first().copied().unwrap_or_default();
    if matches!(verb, "run" | "expose" | "scale" | "rollout" | "edit" | "exec" | "port-forward" | "top")
        || verb == "create" && parsed.files.is_empty()
    {
        return failed(
            1,
            format!(
                "error: the simulation's kubectl has no `{verb}`: nothing runs in this cluster but what kubeadm puts there; \
                 `get`, `describe` and `logs` look around\n"
            ),
        );
    }
    if let Some(unknown) = &parsed.unknown {
        return failed(1, format!("error: the simulation's kubectl has no flag {unknown}\n"));
    }
    let version =
        world.nodes.get(node).map(|machine| machine.kubelet_version.to_string()).unwrap_or_default();
    if words.first() == Some(&"version") && parsed.switches.iter().any(|switch| switch == "--client") {
        return said(format!("Client Version: {version}\n"));
    }
    let conf = world
        .nodes
        .get(node)
        .and_then(|machine| machine.disk.text(&parsed.kubeconfig))
        .and_then(kubeconfig::parse);
    let Some(conf) = conf else {
        return failed(1, format!("error: stat {}: no such file or directory\n", parsed.kubeconfig));
    };
    let cluster = match reach(world, node, &conf) {
        Ok(cluster) => cluster,
        Err(reply) => return reply,
    };
    match words.as_slice() {
        ["get", what, names @ ..] => get(world, &cluster, what, names, &parsed),
        ["describe", what, names @ ..] => describe(world, &cluster, what, names, &parsed),
        ["logs", pod] => logs(world, &cluster, pod.strip_prefix("pod/").unwrap_or(pod), &parsed),
        ["version"] => {
            said(format!("Client Version: {version}\nServer Version: {}\n", server_version(world, &cluster)))
        }
        ["cluster-info"] => said(format!("Kubernetes control plane is running at {}\n", conf.server)),
        _ => change(world, node, &cluster, &words, &parsed, stdin),
    }
}

/// The cluster that answers, or kubectl's words.
fn reach(world: &World, node: &str, conf: &Conf) -> Result<String, Reply> {
    let cluster = match world.api(node, &conf.server, Some(&conf.ca)) {
        Ok(cluster) => cluster,
        Err(words) if words.ends_with("refused") => {
            let host = conf.server.trim_start_matches("https://");
            return Err(failed(
                1,
                format!(
                    "The connection to the server {host} was refused - did you specify the right host or port?\n"
                ),
            ));
        }
        Err(words) => return Err(failed(1, format!("Unable to connect to the server: {words}\n"))),
    };
    let Some(objects) = world.clusters.get(&cluster).map(|found| &found.objects) else {
        return Err(failed(1, "Unable to connect to the server: EOF\n"));
    };
    let groups = conf.card.as_ref().map(|card| card.organizations.as_slice()).unwrap_or_default();
    let admin = groups.iter().any(|group| group == "system:masters")
        || groups.iter().any(|group| group == "kubeadm:cluster-admins")
            && objects.others.contains(CLUSTER_ADMINS);
    if admin {
        return Ok(cluster);
    }
    let user = conf.card.as_ref().map_or(conf.user.as_str(), |card| card.common_name.as_str());
    Err(failed(
        1,
        format!(
            "Error from server (Forbidden): User \"{user}\" cannot list resource in API group \"\" at the cluster scope\n"
        ),
    ))
}

fn server_version(world: &World, cluster: &str) -> String {
    let member =
        |node: &&crate::sim::model::Node| world.membership(&node.name).is_some_and(|(of, _)| of == cluster);
    world.nodes.values().find(member).map(|node| node.kubeadm.to_string()).unwrap_or_default()
}

/// Kinds of which only names are kept: as `others` has them, in the plural, and whether they have a namespace.
const NAMED: [(&str, &str, bool, &[&str]); 9] = [
    ("clusterrole", "clusterroles", false, &[]),
    ("clusterrolebinding", "clusterrolebindings", false, &[]),
    ("role", "roles", true, &[]),
    ("rolebinding", "rolebindings", true, &[]),
    ("deployment", "deployments", true, &["deploy"]),
    ("daemonset", "daemonsets", true, &["ds"]),
    ("service", "services", true, &["svc"]),
    ("serviceaccount", "serviceaccounts", true, &["sa"]),
    ("customresourcedefinition", "customresourcedefinitions", false, &["crd"]),
];

fn listing(world: &World, cluster: &str, objects: &Objects, what: &str) -> Option<Listing> {
    let what = what.split('.').next().unwrap_or(what);
    Some(match what {
        "node" | "nodes" | "no" => nodes::listing(world, objects),
        "pod" | "pods" | "po" => pods::listing(world, cluster),
        "configmap" | "configmaps" | "cm" => kept::config_maps(world, objects),
        "secret" | "secrets" => kept::secrets(world, objects),
        "csr" | "certificatesigningrequest" | "certificatesigningrequests" => kept::requests(world, objects),
        "namespace" | "namespaces" | "ns" => kept::namespaces(world, objects),
        _ => {
            let named = |(kind, plural, _, short): &&(&str, &str, bool, &[&str])| {
                *kind == what || *plural == what || short.contains(&what)
            };
            let (kind, plural, namespaced, _) = NAMED.iter().find(named)?;
            kept::others(world, objects, kind, plural, *namespaced)
        }
    })
}

fn get(world: &World, cluster: &str, what: &str, names: &[&str], parsed: &Parsed) -> Reply {
    let Some(objects) = world.clusters.get(cluster).map(|found| &found.objects) else { return failed(1, "") };
    if matches!(what, "events" | "event" | "ev") {
        return Reply {
            rc: 0,
            stdout: String::new(),
            stderr: "No resources found: the simulation keeps no events.\n".into(),
        };
    }
    if what.contains(',') && names.is_empty() {
        let mut all = said("");
        for part in what.split(',') {
            let one = get(world, cluster, part, &[], parsed);
            if !all.stdout.is_empty() && !one.stdout.is_empty() {
                all.stdout.push('\n');
            }
            all.stdout += &one.stdout;
            all.stderr += &one.stderr;
            all.rc = all.rc.max(one.rc);
        }
        return all;
    }
    // `node/bettley`.
    let (what, names) = match (what.split_once('/'), names) {
        (Some((what, name)), []) => (what, vec![name]),
        _ => (what, names.to_vec()),
    };
    match listing(world, cluster, objects, what) {
        Some(listing) => listing.show(&names, parsed),
        None => failed(1, format!("error: the simulation's kubectl has no resource type \"{what}\"\n")),
    }
}

fn describe(world: &World, cluster: &str, what: &str, names: &[&str], parsed: &Parsed) -> Reply {
    let Some(objects) = world.clusters.get(cluster).map(|found| &found.objects) else { return failed(1, "") };
    let (what, names) = match (what.split_once('/'), names) {
        (Some((what, name)), []) => (what, vec![name]),
        _ => (what, names.to_vec()),
    };
    match what {
        "node" | "nodes" | "no" => nodes::describe(world, cluster, objects, &names),
        "pod" | "pods" | "po" => {
            let all: Vec<pods::Pod> = pods::all(world, cluster)
                .into_iter()
                .filter(|pod| parsed.all_namespaces || pod.namespace == parsed.namespace())
                .collect();
            // A begin of a name is enough for kubectl.
            let wanted =
                |pod: &&pods::Pod| names.is_empty() || names.iter().any(|name| pod.name.starts_with(name));
            let texts: Vec<String> =
                all.iter().filter(wanted).map(|pod| pods::describe(world, pod)).collect();
            match (texts.is_empty(), names.first()) {
                (true, Some(name)) => failed(1, listing::not_found("pods", name)),
                (true, None) => Reply {
                    rc: 0,
                    stdout: String::new(),
                    stderr: format!("No resources found in {} namespace.\n", parsed.namespace()),
                },
                (false, _) => said(texts.join("\n\n")),
            }
        }
        _ => failed(
            1,
            format!(
                "error: the simulation's kubectl describes nodes and pods, not \"{what}\"; try get -o yaml\n"
            ),
        ),
    }
}

fn logs(world: &World, cluster: &str, name: &str, parsed: &Parsed) -> Reply {
    let pod = pods::all(world, cluster)
        .into_iter()
        .find(|pod| pod.name == name && pod.namespace == parsed.namespace());
    let Some(pod) = pod else { return failed(1, listing::not_found("pods", name)) };
    let machine = world.nodes.get(&pod.machine);
    if machine.is_none_or(|machine| !machine.listening(world.now).contains(&10_250)) {
        let address = machine.map_or("", crate::sim::model::Node::address);
        return failed(
            1,
            format!(
                "Error from server: Get \"https://{address}:10250/containerLogs/{}/{name}/{}\": dial tcp {address}:10250: connect: connection refused\n",
                pod.namespace, pod.container
            ),
        );
    }
    let words = machine
        .and_then(|machine| machine.pods.get(&pod.container))
        .map_or("", |found| found.last_words.as_str());
    let all = super::components::log(world, &pod.machine, &pod.container, pod.created, words);
    let skipped = all.len().saturating_sub(parsed.tail.unwrap_or(usize::MAX));
    said(all[skipped..].iter().fold(String::new(), |out, line| out + line + "\n"))
}

/// What changes something.
fn change(
    world: &mut World,
    node: &str,
    cluster: &str,
    words: &[&str],
    parsed: &Parsed,
    stdin: Option<&str>,
) -> Reply {
    let now = world.now;
    let given = apply::given(world.nodes.get(node), &parsed.files, stdin);
    let Some(objects) = world.clusters.get_mut(cluster).map(|found| &mut found.objects) else {
        return failed(1, "");
    };
    match words {
        ["label", "node" | "nodes" | "no", name, labels @ ..] => nodes::label(objects, name, labels),
        ["taint", "node" | "nodes" | "no", name, taints @ ..] => nodes::taint(objects, name, taints),
        ["cordon", names @ ..] => nodes::cordon(objects, names, true),
        ["uncordon", names @ ..] => nodes::cordon(objects, names, false),
        ["drain", names @ ..] => {
            let mut reply = nodes::cordon(objects, names, true);
            for name in names.iter().filter(|_| reply.rc == 0) {
                let _ = writeln!(reply.stdout, "node/{name} drained");
            }
            reply
        }
        ["delete", "node" | "nodes" | "no", names @ ..] => {
            nodes::delete(objects, names, parsed.ignore_not_found)
        }
        ["delete", "secret" | "secrets", names @ ..] => {
            delete(names, parsed, "secret", |id| objects.secrets.remove(id).is_some())
        }
        ["delete", "configmap" | "cm" | "configmaps", names @ ..] => {
            delete(names, parsed, "configmap", |id| objects.config_maps.remove(id).is_some())
        }
        ["delete", kind, names @ ..]
            if NAMED
                .iter()
                .any(|(one, many, _, short)| one == kind || many == kind || short.contains(kind)) =>
        {
            let found = NAMED
                .iter()
                .find(|(one, many, _, short)| one == kind || many == kind || short.contains(kind));
            let Some((kind, _, namespaced, _)) = found else { return failed(1, "") };
            delete(names, parsed, kind, |id| {
                let name = if *namespaced { id } else { id.split_once('/').map_or(id, |(_, name)| name) };
                objects.others.remove(&format!("{kind}/{name}"))
            })
        }
        ["certificate", "approve", names @ ..] => {
            let mut reply = said("");
            for name in names {
                if let Some(csr) = objects.csrs.iter_mut().find(|csr| csr.name == *name) {
                    csr.approved = true;
                    let _ = writeln!(
                        reply.stdout,
                        "certificatesigningrequest.certificates.k8s.io/{name} approved"
                    );
                } else {
                    reply.rc = 1;
                    reply.stderr +=
                        &listing::not_found("certificatesigningrequests.certificates.k8s.io", name);
                }
            }
            reply
        }
        ["apply" | "create"] if !parsed.files.is_empty() => match given {
            Ok(text) => apply::apply(objects, &text, now),
            Err(words) => failed(1, words),
        },
        ["patch", "configmap" | "cm", name] => {
            config_maps::patch(objects, parsed.namespace(), name, &parsed.patch)
        }
        _ => failed(1, format!("error: the simulation's kubectl has no `{}`\n", words.join(" "))),
    }
}

fn delete(names: &[&str], parsed: &Parsed, kind: &str, mut remove: impl FnMut(&str) -> bool) -> Reply {
    let group = match kind {
        "clusterrole" | "clusterrolebinding" | "role" | "rolebinding" => ".rbac.authorization.k8s.io",
        "deployment" | "daemonset" => ".apps",
        _ => "",
    };
    let mut reply = said("");
    for name in names {
        if remove(&format!("{}/{name}", parsed.namespace())) {
            let _ = writeln!(reply.stdout, "{kind}{group} \"{name}\" deleted");
        } else if !parsed.ignore_not_found {
            reply.rc = 1;
            reply.stderr += &listing::not_found(&format!("{kind}s{group}"), name);
        }
    }
    reply
}
