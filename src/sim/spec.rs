//! From an inventory and a scenario to the machines of a rack.

use std::collections::BTreeSet;

use super::fault::Plot;
use super::model::network::Balancer;
use super::model::units::{
    CONTAINERD, CONTAINERD_CONFIG, CONTAINERD_PACKAGED, HAPROXY, HAPROXY_CONFIG, KUBELET, Order, Unit,
    containerd_made_ready,
};
use super::model::{Hardware, Node, World, paths};
use super::scenario::{BalancerSetup, Fault, FaultKind, NodeSetup, Scenario};
use crate::ids::NodeName;
use crate::inventory::model::{Inventory, Role};
use crate::sim::kubeadm::config::go_duration;
use crate::version::Version;

/// What the load balancer's machine is called.
const BALANCER: &str = "lb";

/// A machine to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeSpec {
    /// Its name in Kubernetes and, unless the scenario says otherwise, its host name.
    pub name: NodeName,
    /// What it is to become.
    pub role: Role,
    /// Where others reach it.
    pub address: String,
    /// Its further names and addresses.
    pub aliases: Vec<String>,
}

/// A rack to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct RackSpec {
    /// The machines.
    pub nodes: Vec<NodeSpec>,
    /// Host and port of the load balancer before the control planes; none where the endpoint is a node's own.
    pub balancer: Option<(String, u16)>,
    /// kubeadm and kubelet, unless the scenario says otherwise.
    pub kubeadm: Version,
    /// The container runtime's socket.
    pub cri_socket: String,
    /// A manifest of the inventory brings the network; otherwise every node has a plug-in's configuration already.
    pub network_by_manifest: bool,
    /// What is unusual.
    pub scenario: Scenario,
}

impl RackSpec {
    /// The machines of `inventory`, with kubeadm in this version, and nothing unusual about them.
    pub fn from_inventory(inventory: &Inventory, kubeadm: Version) -> Self {
        let nodes: Vec<NodeSpec> = inventory
            .hosts
            .iter()
            .enumerate()
            .map(|(index, host)| {
                let address = host.private_address.map_or_else(
                    || {
                        let given = host.ssh.address.parse::<std::net::IpAddr>().is_ok();
                        if given { host.ssh.address.clone() } else { made_up(index) }
                    },
                    |address| address.to_string(),
                );
                let aliases =
                    vec![host.ssh.address.clone()].into_iter().filter(|alias| !alias.is_empty()).collect();
                NodeSpec { name: host.name.clone(), role: host.role, address, aliases }
            })
            .collect();
        let endpoint = inventory.kubernetes.control_plane_endpoint.as_ref();
        let of_a_node = |host: &str| {
            nodes.iter().any(|node| {
                node.address == host
                    || node.name.as_str() == host
                    || node.aliases.iter().any(|alias| alias == host)
            })
        };
        Self {
            balancer: endpoint
                .filter(|endpoint| !of_a_node(&endpoint.host))
                .map(|endpoint| (endpoint.host.clone(), endpoint.port)),
            nodes,
            kubeadm,
            cri_socket: inventory.kubernetes.cri_socket.clone(),
            network_by_manifest: !inventory.kubernetes.manifests.is_empty(),
            scenario: Scenario::uneventful(),
        }
    }

    /// The same rack in `scenario`.
    #[must_use]
    pub fn with_scenario(mut self, scenario: Scenario) -> Self {
        if let Some(version) = &scenario.kubeadm {
            self.kubeadm = version.clone();
        }
        self.scenario = scenario;
        self
    }

    pub(crate) fn world(&self, seed: u64, pace: f64, now: i64) -> World {
        let mut world = World::new(seed, pace, now);
        for spec in &self.nodes {
            world.add(self.machine(spec, seed));
            for alias in &spec.aliases {
                world.hosts.entry(alias.clone()).or_insert_with(|| spec.name.to_string());
            }
        }
        let planes = || self.nodes.iter().filter(|node| node.role == Role::ControlPlane);
        if let Some((host, port)) = &self.balancer
            && self.nodes.iter().all(|node| node.name.as_str() != BALANCER)
        {
            let planes: Vec<&NodeSpec> = planes().collect();
            world.add(balancer(host, *port, &planes, &self.scenario.balancer, seed));
        }
        let planes: Vec<String> = planes().map(|node| node.name.to_string()).collect();
        world.titles =
            self.nodes.iter().map(|node| (node.name.to_string(), self.titles(node.name.as_str()))).collect();
        world.balancer = self.balancer.as_ref().map(|(host, port)| Balancer {
            hosts: vec![host.clone()],
            port: *port,
            up: self.scenario.balancer.up,
            up_again: None,
            forwards: self.scenario.balancer.forwards,
            backends: planes,
        });
        world
    }

    /// Takes in the hosts of `inventory` that are no machine yet, and says which those are. A host that is to become
    /// something else counts as that from now on.
    pub(crate) fn admit(&mut self, inventory: &Inventory) -> Vec<NodeName> {
        let mut added = Vec::new();
        for (place, node) in
            Self::from_inventory(inventory, self.kubeadm.clone()).nodes.into_iter().enumerate()
        {
            if let Some(known) = self.nodes.iter_mut().find(|known| known.name == node.name) {
                known.role = node.role;
                continue;
            }
            let mut node = node;
            let mut free = place;
            while self.nodes.iter().any(|known| known.address == node.address)
                && node.address == made_up(free)
            {
                free += 1;
                node.address = made_up(free);
            }
            added.push(node.name.clone());
            self.nodes.push(node);
        }
        added
    }

    /// Puts up the machines of `added`, and lets the load balancer know of them.
    pub(crate) fn settle(&self, world: &mut World, added: &[NodeName]) {
        let seed = world.seed;
        for spec in self.nodes.iter().filter(|spec| added.contains(&spec.name)) {
            world.add(self.machine(spec, seed));
            for alias in &spec.aliases {
                world.hosts.entry(alias.clone()).or_insert_with(|| spec.name.to_string());
            }
        }
        world.titles =
            self.nodes.iter().map(|node| (node.name.to_string(), self.titles(node.name.as_str()))).collect();
        if let Some(balancer) = &mut world.balancer {
            let planes = self.nodes.iter().filter(|node| node.role == Role::ControlPlane);
            balancer.backends = planes.map(|node| node.name.to_string()).collect();
        }
    }

    fn machine(&self, spec: &NodeSpec, seed: u64) -> Node {
        let name = spec.name.as_str();
        let mut node =
            Node::new(name, vec![spec.address.clone()], self.kubeadm.clone(), Hardware::pi(seed, name));
        node.hardware.cri_sockets = vec![self.cri_socket.clone()];
        equip(&mut node);
        node.kubelet.enabled = true;
        // The package starts the unit; it crash-loops until kubeadm writes its configuration.
        node.kubelet.wanted = true;
        if !self.network_by_manifest && !self.scenario.without_cni {
            node.disk.write(
                &format!("{}/10-rack.conflist", paths::CNI),
                0o644,
                "{\"cniVersion\":\"1.0.0\",\"name\":\"rack\"}\n",
            );
        }
        for title in self.titles(name) {
            if let Some(setup) = self.scenario.nodes.get(&title) {
                apply(&mut node, setup);
            }
        }
        node
    }

    /// What the scenario may call node `name`, from the general to the special: `*`, `worker`, `worker.2`, `jast`.
    pub(crate) fn titles(&self, name: &str) -> Vec<String> {
        let Some(role) = self.nodes.iter().find(|node| node.name.as_str() == name).map(|node| node.role)
        else {
            return Vec::new();
        };
        let peers = self.nodes.iter().filter(|node| node.role == role);
        let number = peers.take_while(|node| node.name.as_str() != name).count() + 1;
        vec!["*".into(), role.to_string(), format!("{role}.{number}"), name.to_owned()]
    }

    /// The first node that a scenario may call so.
    pub fn called(&self, title: &str) -> Option<&NodeName> {
        self.nodes
            .iter()
            .map(|node| &node.name)
            .find(|name| self.titles(name.as_str()).iter().any(|own| own == title))
    }

    /// What the scenario says of `name` last and so most specially.
    fn own<T>(&self, name: &str, pick: impl Fn(&NodeSetup) -> Option<T>) -> Option<T> {
        self.titles(name).iter().rev().find_map(|title| pick(self.scenario.nodes.get(title)?))
    }

    /// One way to `name`, in milliseconds.
    pub(crate) fn latency(&self, name: &str) -> u64 {
        self.own(name, |setup| setup.latency).or(self.scenario.latency).unwrap_or(4)
    }

    /// What `sh` answers on `name`, if the scenario says.
    pub(crate) fn shell(&self, name: &str) -> Option<String> {
        self.own(name, |setup| setup.shell.clone())
    }

    /// Brings the scenario's standing faults onto the machines; those of links and power are given back.
    pub(crate) fn afflict(&self, world: &mut World, plot: &Plot) -> Vec<(String, Fault)> {
        let mut pending = Vec::new();
        for spec in &self.nodes {
            let name = spec.name.as_str();
            for fault in plot.standing(name) {
                if matches!(fault.kind, FaultKind::CutLink | FaultKind::PowerOff) {
                    pending.push((name.to_owned(), fault));
                } else {
                    super::fault::afflict(world, name, &fault);
                }
            }
        }
        pending
    }
}

fn made_up(index: usize) -> String {
    format!("10.4.{}.{}", index / 200, 11 + index % 200)
}

fn apply(node: &mut Node, setup: &NodeSetup) {
    let hardware = &mut node.hardware;
    macro_rules! take {
        ($($from:ident => $to:ident),* $(,)?) => {
            $(if let Some(value) = &setup.$from { hardware.$to = value.clone(); })*
        };
    }
    take!(
        cpus => cpus, memory => memory_mib, free => free_mib, cgroup => cgroup, cgroup_memory => cgroup_memory,
        hostname => hostname, machine_id => machine_id, product_uuid => product_uuid, swap => swap,
        missing => missing_programs, images => images_reachable, name_resolves => name_resolves,
        not_writable => not_writable, pods_slow => pods_slow,
    );
    if let Some(mac) = &setup.mac {
        hardware.macs = vec![mac.clone()];
    }
    if let Some(offset) = &setup.clock_offset {
        let (sign, text) = offset.strip_prefix('-').map_or((1, offset.as_str()), |text| (-1, text));
        hardware.clock_offset_ms = sign * go_duration(text).unwrap_or(0);
    }
    hardware.sysctls.extend(setup.sysctls.clone());
    node.occupied.extend(&setup.ports);
    node.firewall.extend(setup.firewall.iter().cloned());
    if let Some(addresses) = &setup.addresses {
        node.addresses.clone_from(addresses);
    }
    for (path, text) in &setup.files {
        node.disk.write(path, 0o644, text.as_str());
    }
    for (name, unit) in &setup.units {
        start(node, name, &unit.ports);
    }
    if let Some(swap) = &setup.swap {
        let known = node.disk.text("/etc/fstab").unwrap_or_default();
        let lines: Vec<String> = swap.iter().map(|device| format!("{device} none swap sw 0 0\n")).collect();
        let fstab = known.to_owned() + &lines.concat();
        node.disk.write("/etc/fstab", 0o644, fstab);
    }
    if setup.cri == Some(false) {
        node.disk.write(CONTAINERD_CONFIG, 0o644, CONTAINERD_PACKAGED);
    }
    node.read_containerd();
    if setup.kubelet_masked {
        node.order(Order::Mask, KUBELET, 0);
    }
    if let Some(version) = &setup.kubeadm {
        node.kubeadm = version.clone();
    }
    if let Some(version) = setup.kubelet.as_ref().or(setup.kubeadm.as_ref()) {
        node.kubelet_version = version.clone();
    }
    if setup.leftovers {
        litter(node);
    }
}

/// What every machine of the rack has: a runtime made ready for Kubernetes, and the files that people look at.
pub(crate) fn equip(node: &mut Node) {
    let name = node.name.clone();
    node.disk.write(CONTAINERD_CONFIG, 0o644, containerd_made_ready());
    node.disk.write("/etc/fstab", 0o644, "PARTUUID=5f1c2d3e-02 / ext4 defaults,noatime 0 1\n");
    node.disk.write("/etc/hosts", 0o644, format!("127.0.0.1 localhost\n127.0.1.1 {name}\n"));
    let system = format!("PRETTY_NAME=\"{0}\"\n", node.hardware.os);
    node.disk.write("/etc/os-release", 0o644, system);
    start(node, CONTAINERD, &BTreeSet::new());
    start(node, "ssh", &BTreeSet::from([22]));
}

/// A service of systemd's that runs.
fn start(node: &mut Node, name: &str, ports: &BTreeSet<u16>) {
    let pid = node.pid();
    let program = if name == "ssh" { "sshd" } else { name };
    let unit = Unit { program: program.into(), ports: ports.clone(), active: true, enabled: true, pid };
    node.units.insert(name.to_owned(), unit);
}

/// The machine with the load balancer: none of the inventory's, but people get to it by ssh from any node.
fn balancer(host: &str, port: u16, planes: &[&NodeSpec], setup: &BalancerSetup, seed: u64) -> Node {
    let version = Version::new(1, 29, 6);
    let mut node = Node::new(BALANCER, vec![host.to_owned()], version, Hardware::pi(seed, BALANCER));
    let mark = if setup.forwards { "" } else { "#" };
    let servers: Vec<String> = planes
        .iter()
        .map(|plane| format!("    {mark}server {} {}:6443 check\n", plane.name, plane.address))
        .collect();
    let servers = servers.concat();
    let config = format!(
        "frontend kubernetes\n    bind *:{port}\n    mode tcp\n    default_backend control-planes\n\nbackend control-planes\n    mode tcp\n    option tcp-check\n{servers}"
    );
    node.disk.write(HAPROXY_CONFIG, 0o644, config);
    start(&mut node, HAPROXY, &BTreeSet::from([port]));
    start(&mut node, "ssh", &BTreeSet::from([22]));
    if !setup.up {
        node.order(Order::Stop, HAPROXY, 0);
    }
    node
}

/// Leaves the files of a kubeadm that stopped half-way.
pub(crate) fn litter(node: &mut Node) {
    for component in ["kube-apiserver", "etcd"] {
        node.disk.write(
            &format!("{}/{component}.yaml", paths::MANIFESTS),
            0o600,
            "# of an earlier kubeadm\n",
        );
    }
    node.disk.write("/var/lib/etcd/member/wal/0.wal", 0o600, "earlier");
}
