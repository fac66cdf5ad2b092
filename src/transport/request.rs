//! What a node can be asked to do.

use std::time::Duration;

use crate::artifact::Objects;
use crate::inventory::model::Endpoint;
use crate::plan::step::Awaited;
use crate::secret::Secret;

/// One thing for a node to do, as root.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Everything the probe wants to know, in one script; see [`crate::survey::probe`].
    Probe {
        /// Tried from the node, if the cluster has one.
        endpoint: Option<Endpoint>,
        /// The configured runtime socket, with its scheme.
        cri_socket: String,
        /// Ours, milliseconds since 1970, when the request was made.
        now_ms: i64,
    },
    /// Run kubeadm.
    Kubeadm {
        /// Everything after `kubeadm`.
        args: Vec<String>,
    },
    /// Write a file, atomically, owner root.
    Put {
        /// Absolute.
        path: String,
        /// Such as 0o600.
        mode: u32,
        /// Kept out of argv and logs.
        content: Secret,
    },
    /// Print a file; rc 1 when it is not there.
    Read {
        /// Absolute.
        path: String,
    },
    /// Remove files or folders, if they exist.
    Remove {
        /// Absolute.
        paths: Vec<String>,
    },
    /// Run kubectl with the node's own admin.conf.
    Kubectl {
        /// Everything after `kubectl`.
        args: Vec<String>,
        /// Its standard input: a manifest.
        stdin: Option<Secret>,
    },
    /// What a wait looks at: prints `key=value` facts, `ready=yes` among them once it is there.
    Look {
        /// What is waited for.
        what: Awaited,
        /// The control-plane endpoint, and the node's own API server's address.
        endpoint: Option<Endpoint>,
        /// Where the node's own API server listens.
        advertise: String,
    },
    /// What every node is in the cluster, asked on a control plane; see [`crate::survey::verify`].
    Standing,
    /// etcdctl against the node's own member, with its certificates.
    Etcdctl {
        /// Everything after `etcdctl`.
        args: Vec<String>,
    },
    /// A command of the operator's.
    Shell {
        /// What `sh` is given.
        text: String,
    },
    /// A command of our own tables that only looks, for ten seconds at most; its errors come with its output.
    Inspect {
        /// As in a diagnosis.
        command: String,
    },
    /// What a run changed in the node's files, or without one every file that Kubernetes keeps there; see
    /// [`crate::artifact::told`]. Status 3 when nothing is known of the run.
    Files {
        /// Which run.
        of: Option<RunKey>,
    },
    /// What kubeadm keeps in the cluster, asked on a control plane; see [`crate::artifact::objects`].
    Objects {
        /// Which of it.
        which: Objects,
    },
    /// Remove what `kubeadm reset` leaves behind: CNI configuration, iptables rules, interfaces, mounts, kubeconfig.
    Sweep,
}

impl Request {
    /// Whether the node's files are held against each other before and after it, when it is run.
    pub const fn is_watched(&self) -> bool {
        matches!(self, Self::Kubeadm { .. } | Self::Shell { .. })
    }
}

/// The name of a remote run: the same key never starts twice on a node. Letters, digits, `.` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunKey(String);

impl RunKey {
    /// A key made of `text`; every other character becomes `-`.
    pub fn new(text: &str) -> Self {
        Self(text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a remote run is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Start it unless it was started before; then follow.
    Run,
    /// Follow only.
    Attach,
}

/// How a remote run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With this exit status; 128 + N for signal N.
    Exited(i32),
    /// It was started, and its runner is gone without a status.
    Lost,
    /// The node knows nothing of it: never started, or the node was rebooted since.
    Unknown,
    /// The node was rebooted since the connection was made; nothing was started.
    Rebooted,
}

/// The answer to a short request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Exit status.
    pub rc: i32,
    /// At most 1 MiB, lossily decoded.
    pub stdout: String,
    /// At most 64 KiB, lossily decoded.
    pub stderr: String,
}

/// Log-in to a node worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Changes with every boot of the node.
    pub boot: String,
    /// The host key's fingerprint, when it was accepted for the first time just now.
    pub new_host_key: Option<String>,
    /// How long the round trip took.
    pub round_trip: Duration,
}
