//! The configuration files of a plan, with secrets masked.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::ids::NodeName;
use crate::inventory::kubeadm::{RunValues, init_config_shown, join_config_shown};
use crate::inventory::model::{Host, Inventory};
use crate::plan::step::{Step, Work};
use crate::secret::Secret;
use crate::survey::facts::Facts;
use crate::version::Version;

use super::{INIT_CONFIG, JOIN_CONFIG};

/// What every [`Work::WriteConfig`] of `steps` would write: path, and text with secrets masked.
pub fn shown_configs(
    inventory: &Inventory,
    facts: &BTreeMap<NodeName, Facts>,
    version: &Version,
    leader: &NodeName,
    steps: &[Step],
) -> BTreeMap<NodeName, (String, String)> {
    steps
        .iter()
        .filter(|step| step.work == Work::WriteConfig)
        .filter_map(|step| {
            let node = &step.id.node;
            let (path, text) = shown_config(inventory, facts, version, leader, node)?;
            Some((node.clone(), (path.to_owned(), text)))
        })
        .collect()
}

/// One node's configuration with secrets masked, and its path.
fn shown_config(
    inventory: &Inventory,
    facts: &BTreeMap<NodeName, Facts>,
    version: &Version,
    leader: &NodeName,
    node: &NodeName,
) -> Option<(&'static str, String)> {
    let first = inventory.host(leader).and_then(|host| address(host, facts.get(leader)));
    let host = inventory.host(node)?;
    let own = facts.get(node);
    let advertise = address(host, own)?;
    let mask = Secret::new(crate::secret::MASK);
    let values = RunValues {
        version,
        kubeadm: own.and_then(|facts| facts.kubeadm.as_ref()).unwrap_or(version),
        token: &mask,
        certificate_key: &mask,
        ca_hash: None,
        advertise,
        first_control_plane: first.unwrap_or(advertise),
        ignore_preflight: &[],
    };
    let (path, text) = if node == leader {
        (INIT_CONFIG, init_config_shown(inventory, host, &values))
    } else {
        (JOIN_CONFIG, join_config_shown(inventory, host, &values))
    };
    Some((path, text.unwrap_or_else(|error| format!("can't be rendered: {error}\n"))))
}

/// Where a host's own API server is, or would be: its private address, else its ssh address if it is one, else
/// what the node says of itself.
pub(super) fn address(host: &Host, facts: Option<&Facts>) -> Option<IpAddr> {
    host.private_address
        .or_else(|| host.ssh.address.parse().ok())
        .or_else(|| facts?.addresses.iter().find_map(|address| address.parse().ok()))
}
