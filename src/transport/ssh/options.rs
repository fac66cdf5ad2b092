//! What a fleet is made of, and what it says of its links.

use std::path::PathBuf;
use std::time::Duration;

use crate::ids::NodeName;
use crate::inventory::model::{Become, Ssh};
use crate::secret::Secret;

/// A node to reach.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name in Kubernetes.
    pub name: NodeName,
    /// How to log in.
    pub ssh: Ssh,
    /// How to become root.
    pub r#become: Become,
    /// sudo's password, if one is known.
    pub password: Option<Secret>,
}

/// How connections are made.
#[derive(Debug, Clone)]
pub struct SshOptions {
    /// Take the host key of a node that is not known yet; a changed key is always refused.
    pub accept_new_host_keys: bool,
    /// For one node's connection, its retries included.
    pub connect_timeout: Duration,
    /// Connections being made at once. Eight never meet sshd's `MaxStartups 10:30:100`.
    pub handshakes: usize,
    /// Commands at once on one node's connection. sshd allows ten (`MaxSessions`); fewer are found out.
    pub sessions: usize,
    /// In place of `~/.ssh/known_hosts`.
    pub known_hosts: Option<PathBuf>,
    /// Where a node keeps remote runs; a tmpfs, so that a reboot clears it.
    pub base_dir: String,
    /// Random text of this run. From it come the words that set our lines apart from a node's output.
    pub seed: Secret,
}

impl SshOptions {
    /// The usual ones: strict host keys, 10 s to connect.
    pub fn new(seed: Secret) -> Self {
        Self {
            accept_new_host_keys: false,
            connect_timeout: Duration::from_secs(10),
            handshakes: 8,
            sessions: 8,
            known_hosts: None,
            base_dir: "/run/kubestep".to_owned(),
            seed,
        }
    }
}

/// A change of a node's link after its first connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// The link broke; what runs on the node goes on.
    Lost {
        /// Whose.
        node: NodeName,
        /// What ssh said.
        reason: String,
    },
    /// The link is back.
    Restored {
        /// Whose.
        node: NodeName,
        /// For how long it was gone.
        away: Duration,
    },
}

/// Why a fleet can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnfitTarget {
    /// A value that ssh would take for something else.
    #[error("{node}: {field} `{value}` can't be given to ssh: {why}")]
    Value {
        /// Whose.
        node: NodeName,
        /// The inventory's name for it.
        field: String,
        /// As it stands in the inventory.
        value: String,
        /// The rule it breaks.
        why: &'static str,
    },
    /// No folder for the control sockets.
    #[error(
        "no folder for ssh's control sockets ({detail}): set XDG_RUNTIME_DIR or TMPDIR to a writable folder with a short path"
    )]
    Folder {
        /// What the system said.
        detail: String,
    },
}
