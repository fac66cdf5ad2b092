//! `ClusterConfiguration`.

use serde_yaml::{Mapping, Value};

use super::paths::{get, set, take, texts};
use super::{ApiVersion, RenderError, RunValues, lower, node};
use crate::inventory::model::Inventory;

const KIND: &str = "ClusterConfiguration";
const WAIT: &str = "apiServer.timeoutForControlPlane";
const WAIT_V4: &str = "timeouts.controlPlaneComponentHealthCheck";

/// The cluster's settings, the operator's under ours.
pub(super) fn document(inventory: &Inventory, values: &RunValues<'_>) -> Result<Mapping, RenderError> {
    let kubernetes = &inventory.kubernetes;
    let mut theirs = lower::theirs(&kubernetes.extra, KIND);
    let mut ours = Mapping::new();
    set(&mut ours, "kubernetesVersion", values.version.to_string());
    if let Some(endpoint) = &kubernetes.control_plane_endpoint {
        set(&mut ours, "controlPlaneEndpoint", endpoint.to_string());
    }
    for (path, value) in [
        ("imageRepository", &kubernetes.image_repository),
        ("networking.podSubnet", &kubernetes.pod_subnet),
        ("networking.serviceSubnet", &kubernetes.service_subnet),
        ("networking.dnsDomain", &kubernetes.dns_domain),
    ] {
        if let Some(value) = value {
            set(&mut ours, path, value.as_str());
        }
    }
    let mut names = kubernetes.cert_sans.clone();
    names.extend(texts(take(&mut theirs, "apiServer.certSANs").as_ref()));
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    if !names.is_empty() {
        set(&mut ours, "apiServer.certSANs", names.into_iter().map(Value::from).collect::<Vec<_>>());
    }
    take(&mut theirs, WAIT);
    if ApiVersion::of(values.kubeadm)? < ApiVersion::V1Beta4 {
        set(&mut ours, WAIT, control_plane_wait(inventory));
    }
    lower::document(KIND, ours, theirs, values)
}

/// How long kubeadm waits for the control plane: the operator's own word in either form, or the inventory's.
pub(super) fn control_plane_wait(inventory: &Inventory) -> String {
    let theirs = |kind: &str, path: &str| {
        let document = lower::theirs(&inventory.kubernetes.extra, kind);
        get(&document, path).and_then(Value::as_str).map(str::to_owned)
    };
    theirs("InitConfiguration", WAIT_V4)
        .or_else(|| theirs(KIND, WAIT))
        .unwrap_or_else(|| node::go_duration(inventory.options.control_plane_timeout))
}
