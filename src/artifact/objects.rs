//! What kubeadm keeps in the cluster: its configuration, `cluster-info`, the shared keys, the bootstrap token.
//!
//! Of `ConfigMaps` the node tells all; of `Secrets` only the names of what is in them, how long each is, and when they
//! expire: the values never leave the node.

use std::fmt::Write as _;

use serde_json::Value;
use serde_yaml::{Mapping, Value as Yaml};

use super::cards::Block;
use super::change::{Artifact, Change, Withheld};
use super::{kubeconfig, kubelet, sanitize};

/// Which objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Objects {
    /// kubeadm's and the kubelet's configuration.
    Configuration,
    /// The shared keys.
    Keys,
    /// What joining nodes see, and the tokens.
    Invitation,
    /// All of these.
    All,
}

impl Objects {
    /// What a phase of init stores in the cluster.
    pub fn of_phase(phase: &str) -> Option<Self> {
        Some(match phase {
            "init/upload-config" | "init/upload-config/kubeadm" | "init/upload-config/kubelet" => {
                Self::Configuration
            }
            "init/upload-certs" => Self::Keys,
            "init/bootstrap-token" => Self::Invitation,
            _ => return None,
        })
    }

    /// The script that a control plane is asked with; [`read`] reads what it prints.
    pub fn script(self) -> String {
        let part = |on: bool| if on { "1" } else { "" };
        format!(
            "k_config={} k_keys={} k_invitation={}\n{}",
            part(matches!(self, Self::Configuration | Self::All)),
            part(matches!(self, Self::Keys | Self::All)),
            part(matches!(self, Self::Invitation | Self::All)),
            include_str!("objects.sh")
        )
    }
}

/// Reads what a control plane told; none when it is not whole.
pub fn read(text: &str) -> Option<Vec<Artifact>> {
    let mut objects = Vec::new();
    let mut open: Option<(String, String)> = None;
    let mut whole = false;
    for line in text.lines() {
        if let Some(line) = line.strip_prefix('|') {
            if let Some((_, text)) = &mut open {
                text.push_str(line);
                text.push('\n');
            }
            continue;
        }
        let Some(head) = line.strip_prefix('=') else { continue };
        objects.extend(open.take().and_then(|(path, text)| object(&path, &text)));
        if head == "end" {
            whole = true;
        } else {
            open = Some((crate::text::sanitize(head), String::new()));
        }
    }
    objects.sort_by(|a, b| a.path.cmp(&b.path));
    whole.then_some(objects)
}

fn object(path: &str, text: &str) -> Option<Artifact> {
    let raw = if path.starts_with("configmap ") { config_map(text)? } else { text.to_owned() };
    let content = sanitize(path, &raw);
    Some(Artifact {
        size: raw.len() as u64,
        withheld: content.is_none().then_some(Withheld::Unclear),
        content,
        ..Artifact::new(path, Change::Found)
    })
}

/// The data of a `ConfigMap` as YAML, values of several lines as they are.
fn config_map(json: &str) -> Option<String> {
    let map: Value = serde_json::from_str(json).ok()?;
    let mut data = Mapping::new();
    for (key, value) in map.get("data").and_then(Value::as_object).into_iter().flatten() {
        data.insert(Yaml::from(key.as_str()), Yaml::from(value.as_str().unwrap_or_default()));
    }
    serde_yaml::to_string(&Yaml::Mapping(data)).ok()
}

/// An object, to be read.
pub(super) fn blocks(path: &str, content: &str, now: Option<i64>) -> Vec<Block> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.starts_with("secret ") {
        return secret(name, content);
    }
    let data: Mapping = serde_yaml::from_str(content).unwrap_or_default();
    let value = |key: &str| data.get(key).and_then(Yaml::as_str).unwrap_or_default();
    let mut blocks = Vec::new();
    if name == "kubeadm-config" {
        blocks.push(Block::Say(
            "kubeadm's configuration of the cluster. Each node that joins reads it, and so does an upgrade."
                .to_owned(),
        ));
        blocks.extend(kubelet::settings(value("ClusterConfiguration")));
        if data.contains_key("ClusterStatus") {
            blocks.push(Block::Head("ClusterStatus: where each control plane's API server is".to_owned()));
            blocks.extend(kubelet::settings(value("ClusterStatus")));
        }
    } else if name == "cluster-info" {
        blocks.push(Block::Say("What a node may know that is not in the cluster yet: anybody may read it. A token proves that it is true, for each token signs it.".to_owned()));
        blocks.extend(kubeconfig::blocks("cluster-info", value("kubeconfig"), now).unwrap_or_default());
        let signed: Vec<&str> =
            data.keys().filter_map(|key| key.as_str()?.strip_prefix("jws-kubeconfig-")).collect();
        if signed.is_empty() {
            blocks.push(Block::Warn("No token has signed it yet: nobody can join by token.".to_owned()));
        } else {
            blocks.push(Block::field("signed", format!("by the tokens {}", signed.join(", "))));
        }
    } else {
        if name.starts_with("kubelet-config") {
            blocks.push(Block::Say("The kubelet's configuration, the same for all nodes: each that joins writes it to /var/lib/kubelet/config.yaml.".to_owned()));
        }
        for (key, text) in &data {
            blocks.push(Block::Head(key.as_str().unwrap_or_default().to_owned()));
            let own = kubelet::settings(text.as_str().unwrap_or_default());
            blocks.extend(own);
        }
    }
    blocks
}

fn secret(name: &str, content: &str) -> Vec<Block> {
    let says = if name == "kubeadm-certs" {
        "The keys and certificates that all control planes share, each encrypted with the certificate key, which only the operator has. It goes when the token that owns it expires."
    } else if name.starts_with("bootstrap-token-") {
        "A token with which nodes join. Its first half is a name and stands here; the second half is the secret."
    } else {
        "A Secret."
    };
    let mut blocks = vec![Block::Say(says.to_owned())];
    for line in content.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "type" => blocks.push(Block::field("type", rest)),
            "created" => blocks.push(Block::field("created", rest)),
            "expires" => blocks.push(Block::field("expires", rest)),
            "owner" => blocks.push(Block::field("goes with", rest)),
            "says" => blocks.push(Block::field("says", rest)),
            "use" => blocks.push(Block::field("may", rest)),
            "key" => {
                let (key, size) = rest.rsplit_once(' ').unwrap_or((rest, "?"));
                let mut text = String::new();
                let _ = write!(text, "{key}  {size} bytes");
                blocks.push(Block::line(text, ""));
            }
            _ => {}
        }
    }
    blocks
}
