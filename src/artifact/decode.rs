//! Something to read of a file.

use super::cards::Block;
use super::change::{Artifact, Withheld};
use super::place::{Place, place};
use super::{certificate, kubeconfig, kubelet, manifest, objects};

/// What is in the file, explained; `now` in seconds since 1970, to say whether certificates count.
pub fn decode(file: &Artifact, now: Option<i64>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(target) = &file.target {
        blocks.push(Block::field("leads to", target.clone()));
    }
    let kind = place(&file.path);
    match &file.content {
        Some(content) => {
            if let Some(read) = read(kind, file, content, now) {
                blocks.extend(read);
            } else {
                blocks.push(Block::Warn(format!("It can't be read as what its name says ({}).", kind.as_str())));
                blocks.extend(plain(content));
            }
        }
        None if kind == Place::EtcdData => blocks.push(Block::Say(
            "The folder of etcd's data: everything the API server knows. It is not looked into; an etcd member fills it once it has started.".to_owned(),
        )),
        None => {
            let why = file.withheld.map_or("Its text is not known here.", Withheld::as_str);
            blocks.push(Block::Say(why.to_owned()));
        }
    }
    if let Some(says) = purpose(&file.path) {
        blocks.insert(0, Block::Say(says.to_owned()));
    }
    blocks
}

fn plain(content: &str) -> impl Iterator<Item = Block> {
    content.lines().map(|line| Block::line(line, ""))
}

fn read(kind: Place, file: &Artifact, content: &str, now: Option<i64>) -> Option<Vec<Block>> {
    match kind {
        Place::Certificate => {
            let all = certificate::certificates(content);
            if all.is_empty() {
                return None;
            }
            let several = all.len() > 1;
            let mut blocks = Vec::new();
            for (number, certificate) in all.iter().enumerate() {
                if several {
                    blocks.push(Block::Head(format!("certificate {}", number + 1)));
                }
                blocks.extend(certificate.blocks(now));
            }
            Some(blocks)
        }
        Place::Kubeconfig => kubeconfig::blocks(file.name(), content, now),
        Place::Manifest => manifest::blocks(content),
        Place::KubeletConfig => kubelet::config(content),
        Place::KubeletFlags => Some(kubelet::flags(content)),
        Place::ConfigMap | Place::Secret => Some(objects::blocks(&file.path, content, now)),
        _ => Some(plain(content).collect()),
    }
}

/// What kubeadm's keys and certificates are for.
fn purpose(path: &str) -> Option<&'static str> {
    let name =
        path.strip_prefix("/etc/kubernetes/pki/").or_else(|| path.strip_prefix("/var/lib/kubelet/pki/"))?;
    Some(match name {
        "ca.crt" => {
            "The cluster's authority. Who has a certificate of it is known to the API server; its public half is on every node."
        }
        "ca.key" => {
            "The key of the cluster's authority: whoever has it can make anybody an administrator. Only control planes have it."
        }
        "apiserver.crt" | "apiserver.key" => {
            "What the API server shows to everybody who connects. Its names must hold whatever they connect to: the endpoint, the node, the first address of the Services."
        }
        "apiserver-kubelet-client.crt" | "apiserver-kubelet-client.key" => {
            "With this the API server logs in to kubelets, for logs, exec and port-forward."
        }
        "apiserver-etcd-client.crt" | "apiserver-etcd-client.key" => {
            "With this the API server logs in to etcd. It is signed by etcd's authority, not by the cluster's."
        }
        "front-proxy-ca.crt" | "front-proxy-ca.key" => {
            "A third authority, only for API extensions: it keeps what the API server says of a user apart from what anybody else could say."
        }
        "front-proxy-client.crt" | "front-proxy-client.key" => {
            "With this the API server passes requests on to API extensions."
        }
        "sa.key" => {
            "With this key the tokens of service accounts are signed. All control planes have the same."
        }
        "sa.pub" => "With this key the tokens of service accounts are checked.",
        "etcd/ca.crt" | "etcd/ca.key" => {
            "etcd's own authority: a certificate of the cluster's is worth nothing to etcd."
        }
        "etcd/server.crt" | "etcd/server.key" => "What etcd shows to its clients.",
        "etcd/peer.crt" | "etcd/peer.key" => "What etcd's members show to each other, in both directions.",
        "etcd/healthcheck-client.crt" | "etcd/healthcheck-client.key" => {
            "With this kubeadm asks etcd for its members and its health."
        }
        "kubelet-client-current.pem" => {
            "The kubelet's own certificate and key, in one file. The link leads to the newest."
        }
        "kubelet.crt" | "kubelet.key" => {
            "What the kubelet shows to those who connect to it. It has made this by itself; no authority has signed it."
        }
        _ if name.starts_with("kubelet-client-") => {
            "A certificate of the kubelet's, with its key in the same file. The cluster has signed it."
        }
        _ => return None,
    })
}
