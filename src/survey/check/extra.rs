//! What the operator's raw kubeadm and kubelet documents say that changes a check.

use serde_yaml::Value;

use crate::inventory::model::Inventory;

/// The value at `path` in the raw document of `kind`.
fn value<'a>(inv: &'a Inventory, kind: &str, path: &[&str]) -> Option<&'a Value> {
    let document = inv
        .kubernetes
        .extra
        .iter()
        .find(|document| document.get("kind").and_then(Value::as_str) == Some(kind))?;
    path.iter().try_fold(document, |value, key| value.get(key))
}

/// The kubelet is told to start with swap on.
pub(super) fn swap_allowed(inv: &Inventory) -> bool {
    value(inv, "KubeletConfiguration", &["failSwapOn"]).and_then(Value::as_bool) == Some(false)
}

/// The kubelet is told to start on cgroup v1.
pub(super) fn cgroup_v1_allowed(inv: &Inventory) -> bool {
    value(inv, "KubeletConfiguration", &["failCgroupV1"]).and_then(Value::as_bool) == Some(false)
}

/// etcd runs outside the cluster.
pub(super) fn external_etcd(inv: &Inventory) -> bool {
    value(inv, "ClusterConfiguration", &["etcd", "external"]).is_some()
}

/// The port of the API servers.
pub(super) fn api_port(inv: &Inventory) -> u16 {
    let port = value(inv, "InitConfiguration", &["localAPIEndpoint", "bindPort"]).and_then(Value::as_u64);
    port.and_then(|port| u16::try_from(port).ok()).unwrap_or(6443)
}
