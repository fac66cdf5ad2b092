//! What is known of a node.

use std::time::Duration;

use super::Shelf;
use crate::event::NodeInfo;
use crate::ids::NodeName;
use crate::survey::facts::Facts;
use crate::survey::finding::Finding;

/// One machine of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeState {
    /// Its name.
    pub name: NodeName,
    /// Role and address; none for a node that only a step or a finding named.
    pub info: Option<NodeInfo>,
    /// What it said of itself, once probed.
    pub facts: Option<Box<Facts>>,
    /// What the checks found, without repetitions.
    pub findings: Vec<Finding>,
    /// The connection.
    pub link: Link,
    /// How often the connection was lost.
    pub losses: u32,
    /// For how long the connection was away in all.
    pub away: Duration,
    /// It is to be taken out of the cluster, and that is not done yet.
    pub leaves: bool,
    /// Its files, as steps left them and as it was asked for them last.
    pub files: Shelf,
    /// Where its steps stand in the plan.
    pub(super) steps: Vec<usize>,
}

/// The connection to a node, as far as events tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Link {
    /// Nothing is known against it.
    #[default]
    Up,
    /// It is away; what runs on the node goes on.
    Lost {
        /// Since then, by the run's time.
        since: Duration,
        /// What the transport said.
        reason: String,
    },
}

impl NodeState {
    pub(super) const fn new(name: NodeName) -> Self {
        Self {
            name,
            info: None,
            facts: None,
            findings: Vec::new(),
            link: Link::Up,
            losses: 0,
            away: Duration::ZERO,
            leaves: false,
            files: Shelf::new(),
            steps: Vec::new(),
        }
    }
}
