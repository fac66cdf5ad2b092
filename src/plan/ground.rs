//! What a plan is made from.

use std::collections::BTreeMap;

use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::survey::facts::Facts;
use crate::version::Version;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What the operator has.
    pub inventory: &'a Inventory,
    /// What the nodes said; a node that is not here is not in the plan.
    pub facts: &'a BTreeMap<NodeName, Facts>,
    /// The cluster's version.
    pub version: &'a Version,
    /// Where `init` runs or has run.
    pub leader: &'a NodeName,
    /// An earlier run is gone on with: nodes it had begun with are not taken for finished.
    pub resuming: bool,
    /// kubeadm's configuration for `init` on the node.
    pub init_config: &'a str,
    /// kubeadm's configuration for `join` on the nodes.
    pub join_config: &'a str,
}
