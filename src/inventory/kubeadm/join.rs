//! What `kubeadm join` reads.

use serde_yaml::{Mapping, Value};

use super::paths::{get, set, take};
use super::{ApiVersion, RenderError, RunValues, cluster, emit, endpoint, init, lower, node};
use crate::inventory::model::{Host, Inventory, Role};

const KIND: &str = "JoinConfiguration";

pub(super) fn render(
    inventory: &Inventory,
    host: &Host,
    values: &RunValues<'_>,
    ca_hash: &str,
) -> Result<String, RenderError> {
    let api = ApiVersion::of(values.kubeadm)?;
    let mut theirs = lower::theirs(&inventory.kubernetes.extra, KIND);
    let mut ours = Mapping::new();
    let hash = if ca_hash.starts_with("sha256:") { ca_hash.to_owned() } else { format!("sha256:{ca_hash}") };
    set(&mut ours, "discovery.bootstrapToken.token", values.token.expose());
    let server = endpoint(inventory, values.first_control_plane).to_string();
    set(&mut ours, "discovery.bootstrapToken.apiServerEndpoint", server);
    set(&mut ours, "discovery.bootstrapToken.caCertHashes", vec![Value::from(hash)]);
    // Discovery is ours alone: another token, a file, or no check of the CA would undo what was pinned.
    let discovery =
        take(&mut theirs, "discovery.timeout").or_else(|| take(&mut theirs, "timeouts.discovery"));
    take(&mut theirs, "discovery");
    if let Some(time) = discovery {
        let path = if api < ApiVersion::V1Beta4 { "discovery.timeout" } else { "timeouts.discovery" };
        set(&mut ours, path, time);
    }
    let control_plane = take(&mut theirs, "controlPlane");
    if host.role == Role::ControlPlane {
        let theirs = control_plane.as_ref().and_then(Value::as_mapping);
        let port = theirs.and_then(|map| get(map, "localAPIEndpoint.bindPort")).cloned();
        set(&mut ours, "controlPlane.localAPIEndpoint.advertiseAddress", values.advertise.to_string());
        let port = port.unwrap_or_else(|| Value::from(init::bind_port(inventory)));
        set(&mut ours, "controlPlane.localAPIEndpoint.bindPort", port);
        set(&mut ours, "controlPlane.certificateKey", values.certificate_key.expose());
    }
    node::registration(&mut ours, &mut theirs, inventory, host, values)?;
    if api >= ApiVersion::V1Beta4 {
        let wait = "timeouts.controlPlaneComponentHealthCheck";
        for (path, time) in [
            (wait, cluster::control_plane_wait(inventory)),
            ("timeouts.tlsBootstrap", node::go_duration(inventory.options.join_timeout)),
        ] {
            let time = take(&mut theirs, path).unwrap_or_else(|| Value::from(time));
            set(&mut ours, path, time);
        }
    }
    Ok(emit::emit(&[lower::document(KIND, ours, theirs, values)?]))
}
