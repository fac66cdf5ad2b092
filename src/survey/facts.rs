//! What a node says of itself before anything is changed.

use serde::{Deserialize, Serialize};

use crate::ids::PhaseId;
use crate::version::Version;

/// One node's answers to the probe. What could not be learnt is none or empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// `PRETTY_NAME` of os-release.
    pub os: String,
    /// `uname -r`.
    pub kernel: String,
    /// `uname -m`.
    pub arch: String,
    /// Online processors.
    pub cpus: u32,
    /// In MiB.
    pub memory_mib: u64,
    /// 1 or 2; 0 unknown.
    pub cgroup: u8,
    /// The memory controller is on (Raspberry Pis ship without it).
    pub cgroup_memory: bool,
    /// As the kernel says it.
    pub hostname: String,
    /// `/etc/machine-id`.
    pub machine_id: String,
    /// DMI product UUID, empty where there is no DMI.
    pub product_uuid: String,
    /// Of physical interfaces, lower case.
    pub macs: Vec<String>,
    /// Without prefix length, loopback left out.
    pub addresses: Vec<String>,
    /// The uid that our commands run as: 0 when becoming root works.
    pub uid: Option<u32>,
    /// `kubeadm version -o short`.
    pub kubeadm: Option<Version>,
    /// `kubelet --version`.
    pub kubelet: Option<Version>,
    /// Whether kubectl is there.
    pub kubectl: bool,
    /// What the node's own kubeadm offers, read from its help.
    pub phases: Phases,
    /// Sockets of container runtimes that exist, with `unix://`.
    pub cri_sockets: Vec<String>,
    /// Whether the runtime on the configured socket answers; none when crictl is missing.
    pub cri_answers: Option<bool>,
    /// Swap devices in use.
    pub swap: Vec<String>,
    /// The node's clock minus ours, in milliseconds, to about a round trip.
    pub clock_offset_ms: i64,
    /// TCP ports that something listens on.
    pub listening: Vec<u16>,
    /// Free MiB under /var/lib.
    pub free_mib: Option<u64>,
    /// Directories we need to write that we can't: `/run`, `/etc/kubernetes`, `/var/lib/kubelet`.
    pub not_writable: Vec<String>,
    /// Programs of kubeadm's list that are missing: `conntrack`, `iptables` …
    pub missing_programs: Vec<String>,
    /// Kernel settings kubeadm wants at 1: `net.ipv4.ip_forward`, `net.bridge.bridge-nf-call-iptables`; (name, value or empty).
    pub sysctls: Vec<(String, String)>,
    /// `active`, `inactive`, `activating`, `failed`, or empty.
    pub kubelet_state: String,
    /// `enabled`, `disabled`, or empty.
    pub kubelet_enabled: String,
    /// Files that an earlier kubeadm wrote.
    pub leftovers: Vec<String>,
    /// The address in the node's kubelet.conf, `https://10.4.0.10:6443`: the cluster it belongs to.
    pub server: Option<String>,
    /// `sha256:…` of the node's /etc/kubernetes/pki/ca.crt.
    pub ca_hash: Option<String>,
    /// Whether the endpoint's TCP port answers from the node.
    pub endpoint_answers: Option<bool>,
    /// Answers of `getent hosts` for the node's own name.
    pub name_resolves: bool,
}

/// Phases that a kubeadm lists, in its order, groups before their children.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Phases {
    /// `init/…`.
    pub init: Vec<PhaseId>,
    /// `join/…`.
    pub join: Vec<PhaseId>,
    /// `reset/…`.
    pub reset: Vec<PhaseId>,
}

impl Facts {
    /// Whether an earlier kubeadm left `path` here.
    pub fn has(&self, path: &str) -> bool {
        self.leftovers.iter().any(|left| left == path)
    }

    /// What the node already is: its kubelet has credentials of a cluster and runs.
    pub fn membership(&self) -> Membership {
        let kubelet = self.has("/etc/kubernetes/kubelet.conf");
        let running = self.kubelet_state == "active";
        let static_pods = self.leftovers.iter().any(|left| left.starts_with("/etc/kubernetes/manifests/"));
        // No worker has these; an administrator may have put admin.conf on one.
        let identities = ["controller-manager", "scheduler"];
        let begun = identities.iter().any(|name| self.has(&format!("/etc/kubernetes/{name}.conf")));
        match kubelet && running {
            true if static_pods => Membership::ControlPlane,
            true if begun => Membership::Partial,
            true => Membership::Worker,
            false if self.leftovers.is_empty() => Membership::Fresh,
            false => Membership::Partial,
        }
    }
}

/// What a node is before the run, as far as its own files say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Membership {
    /// kubeadm was never here, or a reset removed all.
    Fresh,
    /// An earlier kubeadm stopped half-way.
    Partial,
    /// A kubelet with credentials, and nothing of a control plane.
    Worker,
    /// A kubelet with credentials, and the manifest of a static pod: also where one of them was taken away.
    ControlPlane,
}
