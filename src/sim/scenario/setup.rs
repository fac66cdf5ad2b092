//! How the rack is set up before anything happens.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::duration::milliseconds;
use crate::version::Version;

/// How the load balancer stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct BalancerSetup {
    /// It runs.
    pub up: bool,
    /// It passes connections on to the control planes.
    pub forwards: bool,
}

impl Default for BalancerSetup {
    fn default() -> Self {
        Self { up: true, forwards: true }
    }
}

/// What is special about a node.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct NodeSetup {
    /// Its kubeadm.
    pub kubeadm: Option<Version>,
    /// Its kubelet.
    pub kubelet: Option<Version>,
    /// One way, in milliseconds.
    #[serde(deserialize_with = "milliseconds")]
    pub latency: Option<u64>,
    /// Processors.
    pub cpus: Option<u32>,
    /// MiB.
    pub memory: Option<u64>,
    /// MiB free under /var/lib.
    pub free: Option<u64>,
    /// cgroup version, 1 or 2.
    pub cgroup: Option<u8>,
    /// The memory controller is on.
    pub cgroup_memory: Option<bool>,
    /// The kernel's host name, if it is not the node's name.
    pub hostname: Option<String>,
    /// `/etc/machine-id`.
    pub machine_id: Option<String>,
    /// DMI's UUID.
    pub product_uuid: Option<String>,
    /// The MAC address.
    pub mac: Option<String>,
    /// Swap devices in use.
    pub swap: Option<Vec<String>>,
    /// Its clock minus true time; may begin with `-`.
    pub clock_offset: Option<String>,
    /// Programs that are missing.
    pub missing: Option<Vec<String>>,
    /// Kernel settings; empty ones are unknown to its kernel.
    pub sysctls: BTreeMap<String, String>,
    /// Whether the container runtime answers.
    pub cri: Option<bool>,
    /// Whether images can be pulled.
    pub images: Option<bool>,
    /// Whether its own name has an address.
    pub name_resolves: Option<bool>,
    /// Folders that can't be written.
    pub not_writable: Option<Vec<String>>,
    /// Ports that other programs hold.
    pub ports: BTreeSet<u16>,
    /// Services of systemd's that run there, by name.
    pub units: BTreeMap<String, UnitSetup>,
    /// Its addresses, where they are not those that the inventory gives it.
    pub addresses: Option<Vec<String>>,
    /// Files, with their text.
    pub files: BTreeMap<String, String>,
    /// Rules of its firewall, as `iptables -S` writes them.
    pub firewall: Vec<String>,
    /// The kubelet's unit is masked.
    pub kubelet_masked: bool,
    /// Static pods take so many times longer to start.
    pub pods_slow: Option<f64>,
    /// Files of an earlier kubeadm lie about.
    pub leftovers: bool,
    /// What `sh` answers to the operator's commands: text and exit status 0.
    pub shell: Option<String>,
}

/// A service that has nothing to do with Kubernetes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct UnitSetup {
    /// Where it listens.
    pub ports: BTreeSet<u16>,
}
