//! A shell on a node.

use std::collections::BTreeMap;

use tokio::process::Command;

use crate::ids::NodeName;

/// How to log in to nodes.
#[derive(Debug, Clone, Default)]
pub enum Shells {
    /// The nodes exist only here.
    #[default]
    Simulated,
    /// ssh's arguments by node.
    Ssh(BTreeMap<NodeName, Vec<String>>),
}

impl Shells {
    /// What opens one on `node`, or why there is none.
    pub(in crate::tui) fn on(&self, node: &NodeName) -> Result<Command, String> {
        match self {
            Self::Simulated => {
                Err(format!("{node} is simulated: shells on simulated nodes come with the teaching part"))
            }
            Self::Ssh(nodes) => {
                let arguments = nodes.get(node).ok_or_else(|| format!("the inventory has no {node}"))?;
                let mut ssh = Command::new("ssh");
                ssh.args(arguments);
                Ok(ssh)
            }
        }
    }
}
