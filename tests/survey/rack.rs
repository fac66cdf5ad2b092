//! An inventory like the lab's, and facts of nodes with nothing wrong.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use kubestep::ids::NodeName;
use kubestep::inventory::model::{
    Allowance, Become, BecomeMethod, Endpoint, Host, Inventory, Kubernetes, Options, PasswordSource, Role,
    Ssh,
};
use kubestep::survey::facts::Facts;
use kubestep::version::Version;

pub(crate) const NODES: [(&str, Role, &str); 5] = [
    ("bettley", Role::ControlPlane, "10.4.0.11"),
    ("fenn", Role::ControlPlane, "10.4.0.15"),
    ("gardener", Role::ControlPlane, "10.4.0.16"),
    ("cargyll", Role::Worker, "10.4.0.12"),
    ("dalt", Role::Worker, "10.4.0.13"),
];

pub(crate) fn name(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

pub(crate) fn inventory() -> Inventory {
    let hosts = NODES
        .iter()
        .map(|(node, role, address)| Host {
            name: name(node),
            role: *role,
            ssh: Ssh { address: (*address).to_owned(), ..Ssh::default() },
            r#become: Become { method: BecomeMethod::Sudo, password: PasswordSource::None },
            private_address: Some(address.parse().unwrap()),
            rack: None,
            schedulable: false,
            labels: BTreeMap::new(),
            taints: None,
        })
        .collect();
    Inventory {
        file: PathBuf::from("rack.yaml"),
        cluster: "lab".to_owned(),
        kubernetes: Kubernetes {
            version: None,
            control_plane_endpoint: Some(Endpoint { host: "10.4.0.10".to_owned(), port: 6443 }),
            pod_subnet: Some("192.168.0.0/16".to_owned()),
            service_subnet: None,
            dns_domain: None,
            cri_socket: "unix:///run/containerd/containerd.sock".to_owned(),
            cert_sans: Vec::new(),
            image_repository: None,
            ignore_preflight_errors: Vec::new(),
            manifests: Vec::new(),
            extra: Vec::new(),
        },
        hosts,
        options: Options {
            concurrency: 30,
            joins: 10,
            connect_timeout: Duration::from_secs(10),
            control_plane_timeout: Duration::from_secs(600),
            join_timeout: Duration::from_secs(600),
            node_ready_timeout: Duration::from_secs(300),
            workers_continue: true,
            max_failed_workers: Allowance::Count(0),
        },
        hooks: Vec::new(),
    }
}

/// A fresh node of the lab with this kubeadm.
pub(crate) fn facts(node: &str, version: &str) -> Facts {
    let at = NODES.iter().position(|(name, _, _)| *name == node).unwrap();
    let version: Version = version.parse().unwrap();
    Facts {
        os: "Debian GNU/Linux 12 (bookworm)".to_owned(),
        kernel: "6.1.0-18-amd64".to_owned(),
        arch: "x86_64".to_owned(),
        cpus: 2,
        memory_mib: 4096,
        cgroup: 2,
        cgroup_memory: true,
        hostname: node.to_owned(),
        machine_id: format!("{at:032x}"),
        product_uuid: format!("00000000-0000-0000-0000-{at:012x}"),
        macs: vec![format!("02:00:00:00:00:{at:02x}")],
        addresses: vec![NODES[at].2.to_owned(), format!("fe80::{at}")],
        uid: Some(0),
        kubeadm: Some(version.clone()),
        kubelet: Some(version),
        kubectl: true,
        cri_sockets: vec!["unix:///run/containerd/containerd.sock".to_owned()],
        cri_answers: Some(true),
        listening: vec![22],
        free_mib: Some(70_000),
        sysctls: vec![
            ("net.ipv4.ip_forward".to_owned(), "1".to_owned()),
            ("net.ipv6.conf.default.forwarding".to_owned(), "0".to_owned()),
            ("net.bridge.bridge-nf-call-iptables".to_owned(), "1".to_owned()),
            ("net.bridge.bridge-nf-call-ip6tables".to_owned(), "0".to_owned()),
        ],
        kubelet_state: "activating".to_owned(),
        kubelet_enabled: "enabled".to_owned(),
        endpoint_answers: Some(true),
        name_resolves: true,
        ..Facts::default()
    }
}

/// The same node once it is in the cluster.
pub(crate) fn joined(node: &str, version: &str) -> Facts {
    let mut facts = facts(node, version);
    let (_, role, _) = NODES.iter().find(|(name, _, _)| *name == node).unwrap();
    let mut left =
        vec!["/etc/kubernetes/kubelet.conf", "/etc/kubernetes/pki/ca.crt", "/var/lib/kubelet/config.yaml"];
    facts.listening.push(10250);
    if *role == Role::ControlPlane {
        left.extend([
            "/etc/kubernetes/admin.conf",
            "/etc/kubernetes/manifests/kube-apiserver.yaml",
            "/var/lib/etcd",
        ]);
        facts.listening.extend([2379, 2380, 6443, 10257, 10259]);
    }
    facts.leftovers = left.into_iter().map(str::to_owned).collect();
    facts.kubelet_state = "active".to_owned();
    facts.server = Some("https://10.4.0.10:6443".to_owned());
    facts.ca_hash = Some(format!("sha256:{:064x}", 1));
    facts
}

pub(crate) fn everyone(of: impl Fn(&str) -> Facts) -> BTreeMap<NodeName, Facts> {
    NODES.iter().map(|(node, _, _)| (name(node), of(node))).collect()
}
