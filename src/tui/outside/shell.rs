//! A shell on a node.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::process::Command;

use crate::ids::NodeName;

/// How to log in to nodes.
#[derive(Debug, Clone, Default)]
pub enum Shells {
    /// The nodes exist only here.
    #[default]
    Simulated,
    /// ssh's arguments by node; nodes may come to a run later.
    Ssh(Arc<Mutex<BTreeMap<NodeName, Vec<String>>>>),
}

impl Shells {
    /// What opens one on `node`, or why there is none.
    pub(in crate::tui) fn on(&self, node: &NodeName) -> Result<Command, String> {
        match self {
            Self::Simulated => {
                Err(format!("{node} is simulated: shells on simulated nodes come with the teaching part"))
            }
            Self::Ssh(nodes) => {
                let nodes = nodes.lock().unwrap_or_else(PoisonError::into_inner);
                let arguments = nodes.get(node).ok_or_else(|| format!("the inventory has no {node}"))?;
                let mut ssh = Command::new("ssh");
                ssh.args(arguments);
                Ok(ssh)
            }
        }
    }
}
