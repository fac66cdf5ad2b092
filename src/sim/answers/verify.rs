//! The look at the end, in the lines of [`crate::survey::verify`].

use super::Lines;
use super::look::kubelet_answer;
use crate::sim::model::cluster::Cluster;
use crate::sim::model::objects::Taint;
use crate::sim::model::{World, kubeconfig, paths};
use crate::transport::request::Reply;

/// A control plane about every node.
pub(super) fn all(world: &World, asked: &str) -> Reply {
    let Some(node) = world.nodes.get(asked) else { return super::failed(1, "") };
    let mut lines = Lines::default();
    lines.say("kubelet", node.kubelet.state());
    lines.say("healthz", kubelet_answer(node, world.now));
    let conf = node.disk.text(paths::ADMIN).and_then(kubeconfig::parse);
    match conf
        .map(|conf| world.api(asked, &conf.server, Some(&conf.ca)).map_err(|words| (conf.server, words)))
    {
        None => {
            lines.yes("api", false);
            lines.say("api.error", "there is no /etc/kubernetes/admin.conf");
        }
        Some(Err((server, words))) => {
            lines.yes("api", false);
            lines.say("api.error", format!("Unable to connect to the server at {server}: {words}"));
        }
        Some(Ok(id)) => {
            lines.yes("api", true);
            if let Some(found) = world.clusters.get(&id) {
                nodes(&mut lines, found);
                pods(&mut lines, world, &id);
            }
        }
    }
    members(&mut lines, world, asked);
    lines.end()
}

fn nodes(lines: &mut Lines, cluster: &Cluster) {
    for (name, node) in &cluster.objects.nodes {
        let (ready, reason) = match (node.ready, node.reason.starts_with("Kubelet stopped")) {
            (true, _) => ("True", "KubeletReady"),
            (false, true) => ("Unknown", "NodeStatusUnknown"),
            (false, false) => ("False", "KubeletNotReady"),
        };
        lines.say("node", format!("{name} {ready} {reason}"));
        if !node.ready {
            lines.say("node.message", format!("{name} {}", node.reason));
        }
        for (key, value) in &node.labels {
            lines.say("node.label", format!("{name} {key}={value}"));
        }
        for taint in node.taints.iter().map(Taint::text) {
            lines.say("node.taint", format!("{name} {taint}"));
        }
    }
}

/// The mirror pods of control planes that belong to the cluster.
fn pods(lines: &mut Lines, world: &World, id: &str) {
    for node in world.nodes.values() {
        let name = node.node_name();
        let member = world.membership(&node.name).is_some_and(|(cluster, _)| cluster == id);
        if !member {
            continue;
        }
        for (component, pod) in &node.pods {
            let phase = if pod.is_running() || pod.restarts > 0 { "Running" } else { "Pending" };
            let ready = if pod.is_ready(world.now) { "True" } else { "False" };
            lines.say("pod", format!("{name} {component} {phase} {ready} {}", pod.restarts));
        }
    }
}

fn members(lines: &mut Lines, world: &World, asked: &str) {
    let manifest =
        world.nodes.get(asked).is_some_and(|node| node.disk.has("/etc/kubernetes/manifests/etcd.yaml"));
    lines.yes("etcd", manifest);
    if !manifest {
        return;
    }
    match super::etcdctl::members(world, asked) {
        Ok(list) => list.iter().for_each(|member| lines.say("member", member)),
        Err(words) => lines.say("etcd.error", words),
    }
}
