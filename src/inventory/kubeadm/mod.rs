//! kubeadm's own configuration, rendered for one node in the API version of that node's kubeadm.
//!
//! Everything that kubeadm would otherwise find out anew in each process is pinned (kubeadm.md §2.7). Documents of the
//! operator's own are merged under our fields. Nothing here is pasted together as text: documents are values until
//! `emit` writes them, with every doubtful text in quotes, so that no value of an inventory can become structure.

pub(crate) mod adopt;
mod api;
mod arguments;
mod cluster;
pub(crate) mod documents;
mod emit;
mod fields;
mod init;
mod join;
mod lower;
mod node;
mod paths;
mod taint;

use std::net::IpAddr;

use crate::secret::{MASK, Secret};
use crate::version::Version;

use super::model::{Endpoint, Host, Inventory};
pub use api::ApiVersion;

/// What the run decided, for one node.
#[derive(Debug, Clone, Copy)]
pub struct RunValues<'a> {
    /// The cluster's version, resolved once.
    pub version: &'a Version,
    /// The kubeadm of this node.
    pub kubeadm: &'a Version,
    /// The bootstrap token; only `*_shown` doesn't look at it.
    pub token: &'a Secret,
    /// The certificate key; only `*_shown` doesn't look at it.
    pub certificate_key: &'a Secret,
    /// `sha256:` and 64 hex digits; known once the CA is there. Joins need it.
    pub ca_hash: Option<&'a str>,
    /// This node's address: the API server's on control planes.
    pub advertise: IpAddr,
    /// The first control plane's address: where the API is if the inventory names no endpoint.
    pub first_control_plane: IpAddr,
    /// Preflight checks to ignore besides the inventory's.
    pub ignore_preflight: &'a [String],
}

/// Why a configuration can't be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Too old.
    #[error("{0} is too old: kubeadm 1.20 or later is needed")]
    TooOld(Version),
    /// A field of the operator's documents that this node's kubeadm doesn't have.
    #[error(
        "`{field}` of {kind} is not in {api}, the configuration of kubeadm {kubeadm}: remove it, or use another version"
    )]
    NoSuchField {
        /// `ClusterConfiguration` …
        kind: &'static str,
        /// Its path.
        field: String,
        /// What this node's kubeadm reads.
        api: ApiVersion,
        /// This node's kubeadm.
        kubeadm: Version,
    },
    /// Before v1beta4 arguments are a map.
    #[error("the argument `{argument}` of `{field}` is given twice: {api} can hold it only once")]
    RepeatedArgument {
        /// The field's path.
        field: String,
        /// The argument's name.
        argument: String,
        /// What this node's kubeadm reads.
        api: ApiVersion,
    },
    /// Arguments are neither a map nor a list of name and value.
    #[error("`{0}` is neither a map of arguments nor a list of `name` and `value`")]
    BadArguments(String),
    /// The host's taint has no `key=value:Effect` form.
    #[error("`{0}` is not a taint: write it as key=value:NoSchedule")]
    BadTaint(String),
    /// Nodes never join without checking the CA.
    #[error("the cluster's CA is not known yet: finish `init/certs/ca` first")]
    NoCaHash,
}

/// What `kubeadm init` reads: `InitConfiguration`, `ClusterConfiguration`, and the operator's kubelet and kube-proxy documents.
pub fn init_config(
    inventory: &Inventory,
    host: &Host,
    values: &RunValues<'_>,
) -> Result<Secret, RenderError> {
    init::render(inventory, host, values).map(Secret::new)
}

/// What `kubeadm join` reads, for a control plane or a worker.
pub fn join_config(
    inventory: &Inventory,
    host: &Host,
    values: &RunValues<'_>,
) -> Result<Secret, RenderError> {
    let hash = values.ca_hash.ok_or(RenderError::NoCaHash)?;
    join::render(inventory, host, values, hash).map(Secret::new)
}

/// [`init_config`] with [`MASK`] for secrets, to be shown.
pub fn init_config_shown(
    inventory: &Inventory,
    host: &Host,
    values: &RunValues<'_>,
) -> Result<String, RenderError> {
    let mask = Secret::new(MASK);
    init::render(inventory, host, &RunValues { token: &mask, certificate_key: &mask, ..*values })
}

/// [`join_config`] with [`MASK`] for secrets, to be shown; a CA that is not known yet is said to be.
pub fn join_config_shown(
    inventory: &Inventory,
    host: &Host,
    values: &RunValues<'_>,
) -> Result<String, RenderError> {
    let mask = Secret::new(MASK);
    let hash = values.ca_hash.unwrap_or("sha256:[known after init/certs/ca]");
    join::render(inventory, host, &RunValues { token: &mask, certificate_key: &mask, ..*values }, hash)
}

/// Where nodes reach the API: the inventory's endpoint, or else the first control plane itself.
pub fn endpoint(inventory: &Inventory, first_control_plane: IpAddr) -> Endpoint {
    inventory.kubernetes.control_plane_endpoint.clone().unwrap_or_else(|| Endpoint {
        host: first_control_plane.to_string(),
        port: init::bind_port(inventory),
    })
}

/// What has to go on kubeadm's command line, because the file can't hold it: `all` before 1.28, kubeadm.md §2.5.
pub fn ignore_preflight_flag(inventory: &Inventory, values: &RunValues<'_>) -> Option<&'static str> {
    node::ignores_all(inventory, values).then_some("all").filter(|_| !values.kubeadm.at_least(28))
}

/// Whether a manifest is fetched rather than read.
pub fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
