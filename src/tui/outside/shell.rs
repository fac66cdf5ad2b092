//! A shell on a node.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::process::Command;

use crate::ids::NodeName;
use crate::secret::Redactor;
use crate::sim::Rack;

/// Simulated nodes, and what must not be seen of them.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// The nodes.
    pub rack: Rack,
    /// The run's own.
    pub redactor: Redactor,
}

/// A shell on a node.
pub(in crate::tui) enum Opened {
    /// This program has to be run.
    Program(Command),
    /// It is in this process.
    Here(Simulated),
}

/// How to log in to nodes.
#[derive(Debug, Clone, Default)]
pub enum Shells {
    /// There are no nodes: the run is replayed.
    #[default]
    None,
    /// The nodes exist only here.
    Simulated(Simulated),
    /// ssh's arguments by node; nodes may come to a run later.
    Ssh(Arc<Mutex<BTreeMap<NodeName, Vec<String>>>>),
}

impl Shells {
    /// What opens one on `node`, or why there is none.
    pub(in crate::tui) fn on(&self, node: &NodeName) -> Result<Opened, String> {
        match self {
            Self::None => Err("this run is a recording: there is no node to log in to".to_owned()),
            Self::Simulated(simulated) => Ok(Opened::Here(simulated.clone())),
            Self::Ssh(nodes) => {
                let nodes = nodes.lock().unwrap_or_else(PoisonError::into_inner);
                let arguments = nodes.get(node).ok_or_else(|| format!("the inventory has no {node}"))?;
                let mut ssh = Command::new("ssh");
                ssh.args(arguments);
                Ok(Opened::Program(ssh))
            }
        }
    }
}
