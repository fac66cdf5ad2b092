//! The text on one phase, as its file has it.

use serde::Deserialize;

use super::part::{Change, Failure, Said, Shell, Thing, Written};

/// All that is told of one phase, in every release.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// `init/certs/ca`.
    pub phase: String,
    /// Why it exists.
    pub why: Vec<Said>,
    /// What it does.
    pub what: Vec<Said>,
    /// Commands for where kubeadm doesn't offer the phase alone.
    #[serde(default)]
    pub instead: Vec<Shell>,
    /// What it looks at.
    #[serde(default)]
    pub reads: Vec<Thing>,
    /// Files that it writes on the node. A group has those of its phases.
    #[serde(default)]
    pub writes: Vec<Written>,
    /// Objects that it creates or changes in the cluster.
    #[serde(default)]
    pub stores: Vec<Thing>,
    /// What it takes away.
    #[serde(default)]
    pub removes: Vec<Thing>,
    /// What needs it afterwards.
    pub later: Vec<Said>,
    /// How it fails.
    #[serde(default)]
    pub fails: Vec<Failure>,
    /// Commands with which to see what it did.
    #[serde(default)]
    pub see: Vec<Shell>,
    /// What changed between releases, in their order.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// The ideas behind it.
    pub ideas: Vec<String>,
}
