//! Kubeconfigs: where somebody logs in, as whom, and what that means.

use base64::Engine as _;
use serde_yaml::Value;

use super::cards::Block;
use super::certificate::{self, Certificate};

fn decoded(value: Option<&Value>) -> Option<String> {
    let text: String = value?.as_str()?.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    String::from_utf8(bytes).ok()
}

fn entries<'a>(config: &'a Value, list: &str, what: &'static str) -> Vec<(&'a str, &'a Value)> {
    let items = config.get(list).and_then(Value::as_sequence).into_iter().flatten();
    items
        .filter_map(|item| {
            let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
            Some((name, item.get(what)?))
        })
        .collect()
}

/// The certificates within a kubeconfig.
pub(super) fn certificates(text: &str) -> Vec<Certificate> {
    let Ok(config) = serde_yaml::from_str::<Value>(text) else { return Vec::new() };
    let authorities = entries(&config, "clusters", "cluster");
    let users = entries(&config, "users", "user");
    let data = authorities.iter().map(|(_, value)| value.get("certificate-authority-data"));
    data.chain(users.iter().map(|(_, value)| value.get("client-certificate-data")))
        .filter_map(decoded)
        .flat_map(|pem| certificate::certificates(&pem))
        .collect()
}

/// All of it, to be read.
pub(super) fn blocks(name: &str, text: &str, now: Option<i64>) -> Option<Vec<Block>> {
    let config = serde_yaml::from_str::<Value>(text).ok()?;
    let mut blocks = Vec::new();
    if let Some(purpose) = purpose(name) {
        blocks.push(Block::Say(purpose.to_owned()));
    }
    for (_, cluster) in entries(&config, "clusters", "cluster") {
        if let Some(server) = cluster.get("server").and_then(Value::as_str) {
            blocks.push(Block::field("server", server));
        }
        for authority in decoded(cluster.get("certificate-authority-data"))
            .iter()
            .flat_map(|pem| certificate::certificates(pem))
        {
            let pin = format!("{}, {}", authority.subject, authority.key_hash);
            blocks.push(Block::field("trusts", pin));
        }
        if let Some(file) = cluster.get("certificate-authority").and_then(Value::as_str) {
            blocks.push(Block::field("trusts", file));
        }
    }
    for (_, user) in entries(&config, "users", "user") {
        blocks.extend(who(user, now));
    }
    if let Some(context) =
        config.get("current-context").and_then(Value::as_str).filter(|name| !name.is_empty())
    {
        blocks.push(Block::field("context", context));
    }
    Some(blocks)
}

fn who(user: &Value, now: Option<i64>) -> Vec<Block> {
    let mut blocks = Vec::new();
    for certificate in
        decoded(user.get("client-certificate-data")).iter().flat_map(|pem| certificate::certificates(pem))
    {
        blocks.push(Block::field("user", certificate.name.clone()));
        let groups =
            if certificate.groups.is_empty() { "none".to_owned() } else { certificate.groups.join(", ") };
        blocks.push(Block::field("groups", groups));
        blocks.extend(
            certificate
                .groups
                .iter()
                .filter_map(|group| group_means(group))
                .map(|means| Block::Say(means.to_owned())),
        );
        blocks.push(Block::Head("its certificate".to_owned()));
        blocks.extend(certificate.blocks(now));
    }
    if let Some(file) = user.get("client-certificate").and_then(Value::as_str) {
        blocks.push(Block::field("logs in", format!("with {file}, certificate and key in one file")));
        blocks.push(Block::Say(
            "The kubelet renews that file by itself before it expires; the kubeconfig stays as it is."
                .to_owned(),
        ));
    }
    if user.get("token").is_some() {
        blocks.push(Block::field("logs in", "with a token, which is not shown"));
    }
    blocks
}

fn purpose(name: &str) -> Option<&'static str> {
    Some(match name {
        "admin.conf" => "With this file an administrator logs in to the cluster.",
        "super-admin.conf" => {
            "The way in that no access rule can close. kubeadm needs it once, to give admin.conf its rights; after that it is for emergencies: keep it off the machine, somewhere safe."
        }
        "kubelet.conf" => "With this file the node's kubelet logs in to the API server.",
        "bootstrap-kubelet.conf" => {
            "With this file a kubelet that has no certificate yet asks for one. It is gone once it has got it."
        }
        "controller-manager.conf" => "With this file the controller manager logs in to the API server.",
        "scheduler.conf" => "With this file the scheduler logs in to the API server.",
        _ => return None,
    })
}

/// What being in a group comes to.
fn group_means(group: &str) -> Option<&'static str> {
    Some(match group {
        "system:masters" => {
            "system:masters is let through before any access rule is asked: its rights can't be taken away, only the certificate can be left to expire."
        }
        "kubeadm:cluster-admins" => {
            "kubeadm:cluster-admins has its rights from a binding in the cluster (ClusterRoleBinding kubeadm:cluster-admins): an administrator can take them away again. This is what sets admin.conf apart from super-admin.conf since 1.29."
        }
        "system:nodes" => {
            "system:nodes is the group of kubelets: with the user system:node:NAME, a kubelet may only touch its own node and the pods on it."
        }
        _ => return None,
    })
}
