//! What kubeadm keeps in the cluster, told as `artifact/objects.sh` does it: of Secrets only names, lengths and times.

use std::fmt::Write as _;

use super::said;
use crate::artifact::Objects;
use crate::sim::model::objects::{CLUSTER_INFO, KUBEADM_CERTS, KUBEADM_CONFIG, SecretObject};
use crate::sim::model::{World, kubeconfig, paths};
use crate::transport::request::Reply;

pub(super) fn tell(world: &World, node: &str, which: Objects) -> Reply {
    let conf =
        world.nodes.get(node).and_then(|node| node.disk.text(paths::ADMIN)).and_then(kubeconfig::parse);
    let cluster = conf.and_then(|conf| world.api(node, &conf.server, Some(&conf.ca)).ok());
    let Some(cluster) = cluster.and_then(|id| world.clusters.get(&id)) else { return said("=end\n") };
    let objects = &cluster.objects;
    let mut out = String::new();
    let all = which == Objects::All;
    for (name, data) in &objects.config_maps {
        let wanted = match name.as_str() {
            CLUSTER_INFO => all || which == Objects::Invitation,
            KUBEADM_CONFIG => all || which == Objects::Configuration,
            _ => (all || which == Objects::Configuration) && name.contains("/kubelet-config"),
        };
        if wanted {
            let _ = writeln!(out, "=configmap {name}");
            let _ = writeln!(out, "|{}", serde_json::json!({ "kind": "ConfigMap", "data": data }));
        }
    }
    for (name, object) in &objects.secrets {
        let is_token = name.contains("/bootstrap-token-");
        let wanted = all
            || (which == Objects::Keys && name == KUBEADM_CERTS)
            || (which == Objects::Invitation && is_token);
        if wanted && (is_token || name == KUBEADM_CERTS) {
            secret(&mut out, name, object, is_token);
        }
    }
    said(out + "=end\n")
}

fn secret(out: &mut String, name: &str, object: &SecretObject, is_token: bool) {
    let kind = if is_token { "bootstrap.kubernetes.io/token" } else { "Opaque" };
    let _ = writeln!(out, "=secret {name}\n|type {kind}");
    for (key, value) in &object.data {
        let _ = writeln!(out, "|key {key} {}", value.len());
    }
    if let Some(expires) = object.expires.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
        let _ = writeln!(out, "|expires {expires:.0}");
    }
    if is_token {
        out.push_str("|use let a node log in for the first time\n|use sign cluster-info\n");
    }
}
