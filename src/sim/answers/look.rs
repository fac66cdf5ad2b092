//! What a wait sees, in the lines of [`crate::survey::look`].

use super::Lines;
use crate::inventory::model::Endpoint;
use crate::sim::model::network::{Met, host_port};
use crate::sim::model::{Node, World, paths};
use crate::survey::awaited::Awaited;
use crate::transport::request::Reply;

pub(super) fn answer(
    world: &World,
    name: &str,
    what: Awaited,
    endpoint: Option<&Endpoint>,
    advertise: &str,
) -> Reply {
    let Some(node) = world.nodes.get(name) else { return super::failed(1, "") };
    let mut lines = Lines::default();
    match what {
        Awaited::Kubelet => {
            lines.say("what", "kubelet");
            kubelet(&mut lines, node, world.now);
            lines.yes("ready", node.kubelet.is_healthy(world.now));
            ports(&mut lines, node, world.now);
        }
        Awaited::ApiServer => {
            let (host, port) = host_port(advertise).unwrap_or((advertise, 6443));
            lines.say("what", "api-server");
            lines.say("target", format!("https://{}", Endpoint { host: host.into(), port }));
            kubelet(&mut lines, node, world.now);
            let answer = health(world, name, host, port);
            lines.say("api.answer", answer);
            if answer == "http 500" {
                lines.say("api.failing", "poststarthook/rbac/bootstrap-roles");
            }
            lines.yes("ready", answer == "ok");
            pods(&mut lines, node);
            ports(&mut lines, node, world.now);
        }
        Awaited::Endpoint => {
            lines.say("what", "endpoint");
            let answer = match endpoint {
                Some(endpoint) => {
                    lines.say("target", format!("https://{endpoint}"));
                    health(world, name, &endpoint.host, endpoint.port)
                }
                None => "unknown",
            };
            lines.say("endpoint.answer", answer);
            lines.yes("ready", answer == "ok");
        }
    }
    lines.end()
}

/// What `/livez` at `host:port` says.
fn health(world: &World, from: &str, host: &str, port: u16) -> &'static str {
    match world.dial(from, host, port) {
        Met::Node(node)
            if world.nodes.get(&node).is_some_and(|node| node.pod_ready("kube-apiserver", world.now)) =>
        {
            "ok"
        }
        Met::Node(_) => "http 500",
        Met::Closed => "closed",
        Met::Refused => "refused",
        Met::Silence | Met::NoRoute => "timeout",
        Met::NoSuchHost => "no-name",
    }
}

pub(super) fn kubelet_answer(node: &Node, now: i64) -> &'static str {
    if node.kubelet.is_healthy(now) { "ok" } else { "refused" }
}

fn kubelet(lines: &mut Lines, node: &Node, now: i64) {
    lines.say("kubelet.state", node.kubelet.state());
    lines.say("kubelet.restarts", node.kubelet.restarts);
    lines.say("kubelet.healthz", kubelet_answer(node, now));
    lines.yes("kubelet.config", node.disk.has(paths::KUBELET_CONFIG));
    if let Some(line) = node.kubelet.last_line() {
        lines.say("kubelet.log", line);
    }
}

fn ports(lines: &mut Lines, node: &Node, now: i64) {
    for port in node.listening(now) {
        if matches!(port, 2379 | 6443 | 10_250) {
            lines.say("listening", port);
        }
    }
}

fn pods(lines: &mut Lines, node: &Node) {
    for (path, _) in node.disk.under(paths::MANIFESTS) {
        let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml"));
        if let Some(stem) = stem {
            lines.say("manifest", stem);
        }
    }
    for (component, pod) in node.pods.iter().filter(|(_, pod)| !pod.no_sandbox) {
        let state = match (pod.is_running(), pod.restarts) {
            (true, _) => "Running",
            (false, 0) => "Created",
            (false, _) => "Exited",
        };
        lines.say("container", format!("{component} {state} {}", pod.restarts));
        if !pod.last_words.is_empty() {
            lines.say("container.log", format!("{component} {}", pod.last_words));
        }
    }
}
