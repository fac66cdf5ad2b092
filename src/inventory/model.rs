//! A cluster as the operator describes it, after defaults are merged and ranges expanded.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::ids::NodeName;
use crate::version::Version;

/// A whole inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// The file it came from, as the operator named it.
    pub file: PathBuf,
    /// `metadata.name`.
    pub cluster: String,
    /// `spec.kubernetes`.
    pub kubernetes: Kubernetes,
    /// Every host, in the order of the file.
    pub hosts: Vec<Host>,
    /// `spec.options`.
    pub options: Options,
    /// Commands of the operator's own.
    pub hooks: Vec<Hook>,
}

/// `spec.kubernetes`: kubeadm's settings under kubeadm's own names.
#[derive(Debug, Clone, PartialEq)]
pub struct Kubernetes {
    /// None: the version of the kubeadm on the first control plane.
    pub version: Option<Version>,
    /// `host:port`; none with a single control plane.
    pub control_plane_endpoint: Option<Endpoint>,
    /// CIDRs, comma-separated when dual-stack.
    pub pod_subnet: Option<String>,
    /// CIDRs, comma-separated when dual-stack.
    pub service_subnet: Option<String>,
    /// `cluster.local` by default.
    pub dns_domain: Option<String>,
    /// With its scheme: `unix:///run/containerd/containerd.sock`.
    pub cri_socket: String,
    /// Further names in the API server's certificate.
    pub cert_sans: Vec<String>,
    /// Where images come from, if not kubeadm's default.
    pub image_repository: Option<String>,
    /// Preflight checks the operator accepts as they are.
    pub ignore_preflight_errors: Vec<String>,
    /// A CNI or other manifest applied as soon as the API server answers: path or URL.
    pub manifests: Vec<String>,
    /// Raw kubeadm, kubelet and kube-proxy documents merged under the fields above.
    pub extra: Vec<serde_yaml::Value>,
}

/// `host:port` of the API server that all nodes use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// A DNS name or an address without brackets.
    pub host: String,
    /// 6443 by default.
    pub port: u16,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// What a host becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the API server, etcd, scheduler and controller manager.
    ControlPlane,
    /// Runs workloads only.
    Worker,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::ControlPlane => "control-plane",
            Self::Worker => "worker",
        })
    }
}

/// One machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Host {
    /// The node's name in Kubernetes.
    pub name: NodeName,
    /// What it becomes. The first control plane of the file is where `kubeadm init` runs.
    pub role: Role,
    /// How to log in.
    pub ssh: Ssh,
    /// How to become root.
    pub r#become: Become,
    /// Where other nodes reach it; the kubelet's and etcd's address.
    pub private_address: Option<IpAddr>,
    /// Where it stands, for people.
    pub rack: Option<String>,
    /// Control planes only: no control-plane taint.
    pub schedulable: bool,
    /// Labels set on the node once it is in the cluster.
    pub labels: BTreeMap<String, String>,
    /// `key=value:Effect`; none leaves kubeadm's own default.
    pub taints: Option<Vec<String>>,
}

/// How to log in. What is not set is OpenSSH's own default or `~/.ssh/config`'s.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ssh {
    /// A DNS name, an address, or an alias of `~/.ssh/config`; the node's name by default.
    pub address: String,
    /// Login user.
    pub user: Option<String>,
    /// TCP port.
    pub port: Option<u16>,
    /// Private key; `~` is expanded.
    pub key_path: Option<PathBuf>,
    /// `ssh -F`, in place of `~/.ssh/config`.
    pub config_path: Option<PathBuf>,
    /// `user@host:port`, several separated by commas: `ssh -J`.
    pub bastion: Option<String>,
    /// Further `ssh -o` options by name.
    pub options: BTreeMap<String, String>,
}

/// How to become root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Become {
    /// The way.
    pub method: BecomeMethod,
    /// Where the password comes from, if one is asked for.
    pub password: PasswordSource,
}

/// The way to root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BecomeMethod {
    /// `sudo`, unless the login user is root already.
    Sudo,
    /// The login user is root.
    None,
}

/// Where a sudo password comes from. Never from the inventory itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PasswordSource {
    /// sudo asks for nothing.
    None,
    /// Asked at the terminal, once for each distinct need.
    Prompt,
    /// `env:NAME`.
    Env(String),
    /// `cmd:…`, run by `sh -c` on the operator's machine; its first line of output.
    Command(String),
}

/// `spec.options`.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Nodes worked on at once.
    pub concurrency: usize,
    /// Nodes joining at once.
    pub joins: usize,
    /// To a connection.
    pub connect_timeout: Duration,
    /// Until the first API server answers.
    pub control_plane_timeout: Duration,
    /// For a node's kubelet-start in a join.
    pub join_timeout: Duration,
    /// Until every node is Ready at the end.
    pub node_ready_timeout: Duration,
    /// Whether the others go on when a worker fails.
    pub workers_continue: bool,
    /// How many workers may fail and the run still counts as done.
    pub max_failed_workers: Allowance,
}

/// A number of nodes, absolute or as a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowance {
    /// So many nodes.
    Count(usize),
    /// A share between 0 and 1, rounded down.
    Share(f64),
}

/// A command of the operator's own, run by `sh` on nodes at a point of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// When.
    pub at: HookPoint,
    /// Only on hosts of this role; none: on all. `after-api` runs on the first control plane alone.
    pub role: Option<Role>,
    /// What `sh -c` is given on the node.
    pub run: String,
}

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookPoint {
    /// Before kubeadm touches the node.
    BeforeNode,
    /// As soon as the first API server answers, on the first control plane.
    AfterApi,
    /// When the node has joined.
    AfterNode,
}

impl Inventory {
    /// Hosts that become control planes, the first one first.
    pub fn control_planes(&self) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(|host| host.role == Role::ControlPlane)
    }

    /// Hosts that become workers.
    pub fn workers(&self) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(|host| host.role == Role::Worker)
    }

    /// Whether the operator's own documents name an etcd outside the cluster: then no member is made or joined.
    pub fn has_external_etcd(&self) -> bool {
        self.kubernetes.extra.iter().any(|document| {
            document
                .get("etcd")
                .and_then(|etcd| etcd.get("external"))
                .is_some_and(|external| !external.is_null())
        })
    }

    /// The host of that name.
    pub fn host(&self, name: &NodeName) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == *name)
    }

    /// How many workers may fail.
    pub fn worker_allowance(&self) -> usize {
        let workers = self.workers().count();
        match self.options.max_failed_workers {
            Allowance::Count(count) => count.min(workers),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a share of at most a few thousand nodes"
            )]
            Allowance::Share(share) => (workers as f64 * share.clamp(0.0, 1.0)) as usize,
        }
    }
}
