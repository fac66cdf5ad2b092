//! The kubelet's configuration and arguments.

use serde_yaml::Value;

use super::arguments;
use super::cards::Block;

/// What the keys mean that kubeadm sets.
const KEYS: &[(&str, &str)] = &[
    ("authentication.anonymous.enabled", "Nobody may ask the kubelet without saying who they are."),
    ("authentication.webhook.enabled", "Whoever shows a token is looked up at the API server."),
    (
        "authentication.x509.clientCAFile",
        "Whoever shows a certificate of this authority is let in: the API server does.",
    ),
    ("authorization.mode", "Whether they may is asked of the API server."),
    (
        "cgroupDriver",
        "Who makes control groups. It must be the container runtime's too, else pods die for no visible reason.",
    ),
    ("clusterDNS", "The name server that pods are told: the address of the Service kube-dns."),
    ("clusterDomain", "The end of all names of Services."),
    ("containerRuntimeEndpoint", "The socket of the container runtime."),
    ("healthzBindAddress", "Where it says whether it is healthy: for this node only."),
    ("healthzPort", "On which port."),
    ("rotateCertificates", "It renews its own certificate before that expires."),
    (
        "serverTLSBootstrap",
        "It has the cluster sign the certificate it serves with; somebody must approve that.",
    ),
    (
        "staticPodPath",
        "Whatever lies in this folder it runs, without asking anybody: the control plane starts so.",
    ),
    ("resolvConf", "The name servers that the node's own name lookups and pods with the node's rules use."),
    ("failSwapOn", "Whether it refuses to start while the node swaps."),
    ("maxPods", "How many pods it takes."),
    ("podCIDR", "The addresses of its pods, where no controller gives them out."),
];

/// The configuration, key by key.
pub(super) fn config(content: &str) -> Option<Vec<Block>> {
    let config: Value = serde_yaml::from_str(content).ok()?;
    let map = config.as_mapping()?;
    let mut known = Vec::new();
    let mut rest = Vec::new();
    for (path, value) in flat(&Value::Mapping(map.clone()), "") {
        if matches!(path.as_str(), "apiVersion" | "kind") {
            continue;
        }
        let line = format!("{path}: {value}");
        match KEYS.iter().find(|(key, _)| *key == path) {
            Some((_, says)) => known.push(Block::line(line, *says)),
            // A duration of nothing, written because the field has no other way to be empty.
            None if value == "0s" => {}
            None => rest.push(Block::line(line, "")),
        }
    }
    let mut blocks = vec![Block::Say(
        "How the kubelet of this node works. kubeadm takes it from the cluster's ConfigMap kubelet-config, so that it is the same on every node; what differs is in kubeadm-flags.env.".to_owned(),
    )];
    blocks.extend(known);
    if !rest.is_empty() {
        blocks.push(Block::Head("further settings".to_owned()));
        blocks.extend(rest);
    }
    Some(blocks)
}

fn flat(value: &Value, path: &str) -> Vec<(String, String)> {
    match value {
        Value::Mapping(map) => map
            .iter()
            .flat_map(|(key, value)| {
                let key = key.as_str().unwrap_or("?");
                flat(value, &if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") })
            })
            .collect(),
        Value::Sequence(items) => {
            let items: Vec<String> = items
                .iter()
                .flat_map(|item| flat(item, ""))
                .map(|(key, text)| if key.is_empty() { text } else { format!("{key}: {text}") })
                .collect();
            vec![(path.to_owned(), items.join(", "))]
        }
        Value::String(text) => vec![(path.to_owned(), text.clone())],
        Value::Number(number) => vec![(path.to_owned(), number.to_string())],
        Value::Bool(yes) => vec![(path.to_owned(), yes.to_string())],
        _ => Vec::new(),
    }
}

/// `kubeadm-flags.env`, argument by argument.
pub(super) fn flags(content: &str) -> Vec<Block> {
    let mut blocks = vec![Block::Say(
        "Arguments that the kubelet of this node is started with, beside its configuration. systemd reads them from here.".to_owned(),
    )];
    let value = content.split_once('=').map_or("", |(_, value)| value).trim().trim_matches('"');
    let arguments: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
    blocks.extend(arguments::grouped("kubelet", &arguments));
    blocks
}

/// Settings of any configuration in YAML, as `key: value` lines.
pub(super) fn settings(content: &str) -> Vec<Block> {
    let Ok(value) = serde_yaml::from_str::<Value>(content) else { return Vec::new() };
    flat(&value, "").into_iter().map(|(key, value)| Block::line(format!("{key}: {value}"), "")).collect()
}
