//! Why a node could not be reached or asked.

use crate::ids::NodeName;

/// A failure of the way to the node, not of what ran there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{node}: {fault}")]
pub struct TransportError {
    /// Which node.
    pub node: NodeName,
    /// What went wrong.
    pub fault: Fault,
}

/// Kinds of failure, each with what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing listens.
    #[error("connection refused at {address}: is sshd running there, on that port?")]
    Refused {
        /// As given to ssh.
        address: String,
    },
    /// No such name.
    #[error("`{address}` can't be resolved: check ssh.address, or add it to /etc/hosts or ~/.ssh/config")]
    UnknownHost {
        /// As given to ssh.
        address: String,
    },
    /// No answer in time.
    #[error("no answer from {address} within {seconds} s: is the node up, and the network path open?")]
    TimedOut {
        /// As given to ssh.
        address: String,
        /// How long we waited.
        seconds: u64,
    },
    /// The key or user is not accepted.
    #[error("login refused ({detail}): check ssh.user and ssh.keyPath, and that an agent holds the key")]
    LoginRefused {
        /// ssh's words.
        detail: String,
    },
    /// Nobody has vouched for the host key yet.
    #[error(
        "the host key is not known: verify it and add it with ssh-keyscan, or accept new keys with --accept-new-host-keys"
    )]
    HostKeyUnknown,
    /// The host key is another one than before.
    #[error(
        "the host key has CHANGED: somebody may be in between, or the node was reinstalled; see ssh-keygen -R {address}"
    )]
    HostKeyChanged {
        /// As given to ssh.
        address: String,
    },
    /// sudo is not there.
    #[error("there is no sudo on the node: log in as root, or install sudo")]
    NoSudo,
    /// sudo asks and we have nothing to say.
    #[error("sudo asks for a password: set become.password to prompt, env:NAME or cmd:…")]
    SudoPasswordNeeded,
    /// sudo did not take the password.
    #[error("sudo did not accept the password")]
    SudoPasswordWrong,
    /// sudo does not let this user.
    #[error("sudo refuses ({detail})")]
    SudoRefused {
        /// sudo's words.
        detail: String,
    },
    /// The node can't hold what a remote run needs.
    #[error("{path} is not writable on the node ({detail}): free space or remount it")]
    NotWritable {
        /// Where.
        path: String,
        /// The node's words.
        detail: String,
    },
    /// The link went away in the middle.
    #[error("the connection was lost ({detail})")]
    Lost {
        /// ssh's words.
        detail: String,
    },
    /// sshd allows no further session.
    #[error("sshd allows no further session on this connection (MaxSessions)")]
    SessionLimit,
    /// The login shell or something before our script got in the way.
    #[error("the login shell does not run `sh` cleanly ({detail}): look at .bashrc or the user's shell")]
    Shell {
        /// What came instead.
        detail: String,
    },
    /// This side.
    #[error("ssh could not be started here ({detail}): is the OpenSSH client installed?")]
    Local {
        /// What the system said.
        detail: String,
    },
}

impl Fault {
    /// Whether trying again may help.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::TimedOut { .. } | Self::Lost { .. } | Self::SessionLimit)
    }
}
