//! The three commands of kubeadm that are made of phases.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::PhaseId;

/// A command of kubeadm that runs phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// `kubeadm init`: the first control plane.
    Init,
    /// `kubeadm join`: every other node.
    Join,
    /// `kubeadm reset`: back to a bare node.
    Reset,
}

impl Command {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Init, Self::Join, Self::Reset];

    /// As it is typed after `kubeadm`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Join => "join",
            Self::Reset => "reset",
        }
    }

    /// The command a phase belongs to; none for our own phases.
    pub fn of(phase: &PhaseId) -> Option<Self> {
        let (first, _) = phase.as_str().split_once('/')?;
        Self::ALL.into_iter().find(|command| command.as_str() == first)
    }

    /// The id of the phase at `path` (`certs/ca`) of this command.
    pub fn phase(self, path: &str) -> PhaseId {
        PhaseId::new(format!("{}/{path}", self.as_str()))
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
