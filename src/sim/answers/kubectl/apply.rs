//! Manifests: what they name is kept by name, and a `DaemonSet` brings the network.

use std::fmt::Write as _;

use serde::Deserialize as _;

use super::super::{failed, said};
use crate::sim::model::Node;
use crate::sim::model::objects::Objects;
use crate::transport::request::Reply;

/// The text of `files`: the input, files of the node, or what lies somewhere in the internet.
pub(super) fn given(node: Option<&Node>, files: &[String], stdin: Option<&str>) -> Result<String, String> {
    let mut text = String::new();
    for file in files {
        if file == "-" {
            text.push_str(stdin.unwrap_or_default());
        } else if file.starts_with("http://") || file.starts_with("https://") {
            // The simulation has no internet: what lies there is taken to be a network plug-in.
            text.push_str("---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: network, namespace: kube-system }\n");
        } else {
            let content = node.and_then(|node| node.disk.text(file));
            text.push_str("---\n");
            text.push_str(content.ok_or_else(|| format!("error: the path \"{file}\" does not exist\n"))?);
        }
    }
    Ok(text)
}

pub(super) fn apply(objects: &mut Objects, text: &str, now: i64) -> Reply {
    let mut reply = said("");
    for part in serde_yaml::Deserializer::from_str(text) {
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
