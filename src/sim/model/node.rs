//! One simulated machine.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::journal::Journal;
use super::kubelet::Kubelet;
use super::noting::Noted;
use super::paths;
use super::pods::Pod;
use super::units::Unit;
use crate::sim::jitter;
use crate::version::Version;

/// What the machine is made of and how its system is set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the machine")]
pub(crate) struct Hardware {
    pub(crate) os: String,
    pub(crate) kernel: String,
    pub(crate) arch: String,
    pub(crate) cpus: u32,
    pub(crate) memory_mib: u64,
    pub(crate) cgroup: u8,
    pub(crate) cgroup_memory: bool,
    pub(crate) hostname: String,
    pub(crate) machine_id: String,
    pub(crate) product_uuid: String,
    pub(crate) macs: Vec<String>,
    pub(crate) swap: Vec<String>,
    pub(crate) clock_offset_ms: i64,
    pub(crate) free_mib: u64,
    pub(crate) missing_programs: Vec<String>,
    pub(crate) sysctls: BTreeMap<String, String>,
    pub(crate) name_resolves: bool,
    pub(crate) cri_sockets: Vec<String>,
    pub(crate) cri_answers: bool,
    /// The runtime puts containers into cgroups of systemd's.
    #[serde(default)]
    pub(crate) systemd_cgroup: bool,
    pub(crate) images_reachable: bool,
    pub(crate) not_writable: Vec<String>,
    /// Static pods take so many times longer to start.
    pub(crate) pods_slow: f64,
}

impl Hardware {
    /// A Raspberry Pi 4 with Debian 12, as on the goldentooth rack.
    pub(crate) fn pi(seed: u64, name: &str) -> Self {
        let mac = jitter::hex(seed, &format!("mac {name}"), 3);
        let mac = format!("dc:a6:32:{}:{}:{}", &mac[0..2], &mac[2..4], &mac[4..6]);
        let sysctls = [
            "net.ipv4.ip_forward",
            "net.bridge.bridge-nf-call-iptables",
            "net.bridge.bridge-nf-call-ip6tables",
        ];
        Self {
            os: "Debian GNU/Linux 12 (bookworm)".into(),
            kernel: "6.6.51+rpt-rpi-v8".into(),
            arch: "aarch64".into(),
            cpus: 4,
            memory_mib: 7_810,
            cgroup: 2,
            cgroup_memory: true,
            hostname: name.to_owned(),
            machine_id: jitter::hex(seed, &format!("machine-id {name}"), 16),
            product_uuid: String::new(),
            macs: vec![mac],
            swap: Vec::new(),
            clock_offset_ms: jitter::between(seed, &format!("clock {name}"), -18, 18),
            free_mib: 94_000 + jitter::between(seed, &format!("disk {name}"), 0, 9_000).unsigned_abs(),
            missing_programs: Vec::new(),
            sysctls: sysctls.into_iter().map(|name| (name.to_owned(), "1".to_owned())).collect(),
            name_resolves: true,
            cri_sockets: vec!["unix:///run/containerd/containerd.sock".into()],
            cri_answers: true,
            systemd_cgroup: true,
            images_reachable: true,
            not_writable: Vec::new(),
            pods_slow: 1.0,
        }
    }
}

/// A machine and everything on it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) addresses: Vec<String>,
    pub(crate) hardware: Hardware,
    pub(crate) kubeadm: Version,
    pub(crate) kubelet_version: Version,
    #[serde(skip)]
    pub(crate) disk: Disk,
    /// Of the disk when it was last saved to a folder.
    #[serde(default)]
    pub(crate) disk_generation: u64,
    #[serde(default)]
    pub(crate) disk_fingerprint: u64,
    pub(crate) kubelet: Kubelet,
    pub(crate) pods: BTreeMap<String, Pod>,
    /// Ports that programs other than Kubernetes listen on.
    pub(crate) occupied: BTreeSet<u16>,
    /// systemd's units, but for the kubelet's.
    #[serde(default)]
    pub(crate) units: BTreeMap<String, Unit>,
    /// What `iptables -S INPUT` says after its policy.
    #[serde(default)]
    pub(crate) firewall: Vec<String>,
    /// What services said.
    #[serde(default)]
    pub(crate) journal: Journal,
    #[serde(default)]
    pub(crate) noted: Noted,
    /// Images are here already.
    pub(crate) images: bool,
    /// How often it was booted.
    pub(crate) boots: u32,
    pub(crate) up: bool,
    /// When it will be up again.
    pub(crate) boots_at: Option<i64>,
    pub(crate) next_pid: u32,
}

impl Node {
    pub(crate) fn new(name: &str, addresses: Vec<String>, version: Version, hardware: Hardware) -> Self {
        Self {
            name: name.to_owned(),
            addresses,
            hardware,
            kubeadm: version.clone(),
            kubelet_version: version,
            disk: Disk::default(),
            disk_generation: 0,
            disk_fingerprint: 0,
            kubelet: Kubelet::default(),
            pods: BTreeMap::new(),
            occupied: BTreeSet::from([22]),
            units: BTreeMap::new(),
            firewall: Vec::new(),
            journal: Journal::default(),
            noted: Noted::default(),
            images: false,
            boots: 1,
            up: true,
            boots_at: None,
            next_pid: 1_100,
        }
    }

    /// The address that others know it by.
    pub(crate) fn address(&self) -> &str {
        self.addresses.first().map_or("127.0.0.1", String::as_str)
    }

    /// A pid for a new process.
    pub(crate) fn pid(&mut self) -> u32 {
        self.next_pid += 37;
        self.next_pid
    }

    /// Changes with every boot.
    pub(crate) fn boot_id(&self, seed: u64) -> String {
        let hex = jitter::hex(seed, &format!("boot {} {}", self.name, self.boots), 16);
        format!("{}-{}-{}-{}-{}", &hex[0..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
    }

    pub(crate) fn pod_ready(&self, component: &str, now: i64) -> bool {
        self.up && self.pods.get(component).is_some_and(|pod| pod.is_ready(now))
    }

    /// TCP ports that something listens on.
    pub(crate) fn listening(&self, now: i64) -> BTreeSet<u16> {
        let mut ports = self.occupied.clone();
        if !self.up {
            return BTreeSet::new();
        }
        ports.extend(self.units.values().filter(|unit| unit.active).flat_map(|unit| &unit.ports));
        if self.kubelet.is_healthy(now) {
            ports.extend([10_248, 10_250]);
        }
        for (component, pod) in &self.pods {
            if pod.is_running() {
                ports.extend(pod.ports(component));
            }
        }
        ports
    }

    /// Whether a CNI plug-in has put its configuration here.
    pub(crate) fn has_cni(&self) -> bool {
        !self.disk.is_empty_dir(paths::CNI)
    }

    /// Loses power: everything in memory is gone.
    pub(crate) fn power_off(&mut self, boots_at: Option<i64>) {
        self.up = false;
        self.boots_at = boots_at;
        self.pods.clear();
        self.kubelet.forget();
        self.disk.remove("/run");
        self.disk.remove("/tmp");
    }

    /// Comes up again.
    pub(crate) fn boot(&mut self, now: i64) {
        self.up = true;
        self.boots_at = None;
        self.boots += 1;
        self.start_units();
        if self.kubelet.enabled {
            self.kubelet.start(now);
        }
    }
}
