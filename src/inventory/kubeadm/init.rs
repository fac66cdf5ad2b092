//! What `kubeadm init` reads.

use serde_yaml::{Mapping, Value};

use super::paths::{get, set, take};
use super::{ApiVersion, RenderError, RunValues, cluster, emit, lower, node};
use crate::inventory::model::{Host, Inventory};

const KIND: &str = "InitConfiguration";
const WAIT: &str = "timeouts.controlPlaneComponentHealthCheck";
const PORT: &str = "localAPIEndpoint.bindPort";

/// kubeadm's default; long enough for a run that is stepped through by hand.
const TOKEN_LIFETIME: &str = "24h0m0s";

pub(super) fn render(
    inventory: &Inventory,
    host: &Host,
    values: &RunValues<'_>,
) -> Result<String, RenderError> {
    let extra = &inventory.kubernetes.extra;
    let mut theirs = lower::theirs(extra, KIND);
    let mut ours = Mapping::new();
    let mut token = Mapping::new();
    set(&mut token, "token", values.token.expose());
    set(&mut token, "ttl", TOKEN_LIFETIME);
    set(&mut token, "description", "kubestep");
    set(&mut ours, "bootstrapTokens", vec![Value::Mapping(token)]);
    set(&mut ours, "certificateKey", values.certificate_key.expose());
    set(&mut ours, "localAPIEndpoint.advertiseAddress", values.advertise.to_string());
    set(&mut ours, PORT, bind_port(inventory));
    node::registration(&mut ours, &mut theirs, inventory, host, values)?;
    take(&mut theirs, WAIT);
    if ApiVersion::of(values.kubeadm)? >= ApiVersion::V1Beta4 {
        set(&mut ours, WAIT, cluster::control_plane_wait(inventory));
    }
    let mut documents =
        vec![lower::document(KIND, ours, theirs, values)?, cluster::document(inventory, values)?];
    for kind in ["KubeletConfiguration", "KubeProxyConfiguration"] {
        let found = extra.iter().find(|document| document.get("kind").and_then(Value::as_str) == Some(kind));
        documents.extend(found.and_then(Value::as_mapping).cloned());
    }
    Ok(emit::emit(&documents))
}

/// The API server's port on the first control plane.
pub(super) fn bind_port(inventory: &Inventory) -> u16 {
    let theirs = lower::theirs(&inventory.kubernetes.extra, KIND);
    get(&theirs, PORT).and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()).unwrap_or(6443)
}
