//! What the API server keeps: the kinds of objects that a bring-up makes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A Node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct NodeObject {
    pub(crate) uid: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) taints: Vec<Taint>,
    pub(crate) address: String,
    pub(crate) version: String,
    pub(crate) created: i64,
    /// When the kubelet last spoke.
    pub(crate) heartbeat: i64,
    pub(crate) ready: bool,
    /// Since when it is what `ready` says.
    pub(crate) since: i64,
    /// Why it is not ready.
    pub(crate) reason: String,
    /// No pods are to be put on it.
    #[serde(default)]
    pub(crate) unschedulable: bool,
}

/// A taint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Taint {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
    pub(crate) effect: String,
}

impl Taint {
    /// As kubeadm prints it: `key:effect` or `key=value:effect`.
    pub(crate) fn text(&self) -> String {
        if self.value.is_empty() {
            format!("{}:{}", self.key, self.effect)
        } else {
            format!("{}={}:{}", self.key, self.value, self.effect)
        }
    }
}

/// A Secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecretObject {
    pub(crate) data: BTreeMap<String, String>,
    /// When the token cleaner removes it.
    pub(crate) expires: Option<i64>,
}

/// A `CertificateSigningRequest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Csr {
    pub(crate) name: String,
    pub(crate) requestor: String,
    pub(crate) approved: bool,
    pub(crate) created: i64,
    /// The machine that asks.
    #[serde(default)]
    pub(crate) node: String,
}

/// Everything in the API.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Objects {
    pub(crate) nodes: BTreeMap<String, NodeObject>,
    /// By `namespace/name`.
    pub(crate) config_maps: BTreeMap<String, BTreeMap<String, String>>,
    /// By `namespace/name`.
    pub(crate) secrets: BTreeMap<String, SecretObject>,
    pub(crate) csrs: Vec<Csr>,
    /// By `kind/namespace/name`, or `kind/name` for what has no namespace.
    pub(crate) others: BTreeSet<String>,
    /// When a manifest that brings a network was applied.
    pub(crate) network_since: Option<i64>,
}

/// Where upload-certs puts the control plane's certificates.
pub(crate) const KUBEADM_CERTS: &str = "kube-system/kubeadm-certs";
/// kubeadm's own configuration.
pub(crate) const KUBEADM_CONFIG: &str = "kube-system/kubeadm-config";
/// What a joining node reads without credentials.
pub(crate) const CLUSTER_INFO: &str = "kube-public/cluster-info";
/// Lets bootstrap tokens ask for certificates.
pub(crate) const NODE_BOOTSTRAPPER: &str = "clusterrolebinding/kubeadm:kubelet-bootstrap";
/// Has their requests approved.
pub(crate) const AUTO_APPROVE: &str = "clusterrolebinding/kubeadm:node-autoapprove-bootstrap";
/// Gives admin.conf its rights since 1.29.
pub(crate) const CLUSTER_ADMINS: &str = "clusterrolebinding/kubeadm:cluster-admins";

impl Objects {
    /// Whether `id.secret` is a bootstrap token of this cluster.
    pub(crate) fn accepts_token(&self, token: &str) -> bool {
        let Some((id, secret)) = token.split_once('.') else { return false };
        self.secrets
            .get(&format!("kube-system/bootstrap-token-{id}"))
            .is_some_and(|found| found.data.get("token-secret").is_some_and(|known| known == secret))
    }

    /// Creates or updates a bootstrap token.
    pub(crate) fn put_token(&mut self, token: &str, expires: Option<i64>, description: &str) {
        let Some((id, secret)) = token.split_once('.') else { return };
        let data = [
            ("token-id", id),
            ("token-secret", secret),
            ("description", description),
            ("usage-bootstrap-authentication", "true"),
            ("usage-bootstrap-signing", "true"),
            ("auth-extra-groups", "system:bootstrappers:kubeadm:default-node-token"),
        ];
        let data = data.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        self.secrets.insert(format!("kube-system/bootstrap-token-{id}"), SecretObject { data, expires });
    }

    /// Removes what has run out, as the controller manager's token cleaner does.
    pub(crate) fn clean_up(&mut self, now: i64) {
        self.secrets.retain(|_, secret| secret.expires.is_none_or(|expires| expires > now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_held_against_their_secret_and_run_out() {
        let mut objects = Objects::default();
        objects.put_token("abcdef.0123456789abcdef", Some(100), "");
        assert!(objects.accepts_token("abcdef.0123456789abcdef"));
        assert!(!objects.accepts_token("abcdef.0123456789abcdee"));
        assert!(!objects.accepts_token("abcdef"));
        objects.clean_up(100);
        assert!(!objects.accepts_token("abcdef.0123456789abcdef"));
    }
}
