//! A step: one phase on one node, what it runs and what it waits for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalog::class::RetryClass;
use crate::ids::{NodeName, PhaseId, StepId};

pub use crate::survey::awaited::Awaited;

/// The phases that put a run's secrets into the cluster, the token and under its key the certificates: both expire, and
/// kubeadm puts them back under the same names when it is run again.
const PUBLISHING: [&str; 2] = ["init/upload-certs", "init/bootstrap-token"];

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which phase on which node; unique in a plan.
    pub id: StepId,
    /// What it does.
    pub work: Work,
    /// What must be over before it starts.
    pub after: Vec<Edge>,
    /// What no other step may hold at the same time.
    pub holds: Vec<Resource>,
    /// The leaf phases that this one command runs; empty when it is a leaf itself.
    pub covers: Vec<PhaseId>,
    /// Whether it may be run again.
    pub retry: RetryClass,
    /// How long it may take before it is stopped on the node.
    // `budget` in journals of format 1.
    #[serde(rename = "budget_ms", alias = "budget", with = "millis")]
    pub budget: Duration,
}

/// What a step does. Everything that is not kubeadm's is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Work {
    /// Open the connection, log in, become root.
    Connect,
    /// Ask the node about itself.
    Probe,
    /// Hold the answers against each other and against what kubeadm needs.
    Check,
    /// Write kubeadm's configuration file, with the run's secrets, to the node.
    WriteConfig,
    /// Run kubeadm with these arguments.
    Kubeadm {
        /// Everything after `kubeadm`.
        args: Vec<String>,
    },
    /// Wait until something answers.
    Wait {
        /// What.
        what: Awaited,
    },
    /// Apply a manifest with the cluster's admin credentials.
    Apply {
        /// The operator's path or URL.
        manifest: String,
    },
    /// Run a command of the operator's.
    Hook {
        /// What `sh` is given.
        run: String,
    },
    /// Sign the public `cluster-info` with the run's token, so that joins need not wait for the controller manager to.
    SignClusterInfo,
    /// Set labels on the node.
    Label {
        /// `key=value`.
        labels: Vec<String>,
    },
    /// Bring the admin kubeconfig to the operator.
    FetchKubeconfig,
    /// Look whether the node is what it should be.
    Verify,
    /// Remove our files with secrets from the node.
    CleanUp,
    /// Take the node out of the cluster from a healthy control plane: etcd member and node object.
    Evict {
        /// The control plane that is asked to.
        from: NodeName,
        /// Whether it runs an etcd member.
        etcd: bool,
    },
    /// Remove what kubeadm reset leaves behind.
    Sweep,
}

impl Work {
    /// Whether it is one of the looks with which a run begins; nothing is changed by them.
    pub const fn is_survey(&self) -> bool {
        matches!(self, Self::Connect | Self::Probe | Self::Check)
    }

    /// Whether it starts as soon as it can, at whatever pace.
    pub const fn starts_at_any_pace(&self) -> bool {
        self.is_survey() || matches!(self, Self::CleanUp)
    }

    /// Whether a later console goes on with what an earlier one began; our own looks and files are made again.
    pub const fn is_gone_on_with(&self) -> bool {
        matches!(self, Self::Kubeadm { .. } | Self::Hook { .. } | Self::Apply { .. } | Self::Label { .. })
    }
}

/// A step that must be over first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// Which.
    pub step: StepId,
    /// How it must have ended.
    pub need: Need,
}

/// How a step must have ended for one that waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Succeeded, or skipped by the operator.
    Done,
    /// Over in whatever way, or never to run.
    Over,
}

/// What steps take turns with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// One kubeadm per host at a time.
    Kubeadm(NodeName),
    /// One change of etcd's members at a time: etcd allows one learner.
    EtcdMembership,
    /// A place among the nodes that join at once.
    Join,
}

impl Edge {
    /// `step` must have succeeded.
    pub const fn done(step: StepId) -> Self {
        Self { step, need: Need::Done }
    }

    /// `step` must be over.
    pub const fn over(step: StepId) -> Self {
        Self { step, need: Need::Over }
    }
}

impl Step {
    /// Whether the step waits for something rather than doing it.
    pub const fn is_wait(&self) -> bool {
        matches!(self.work, Work::Wait { .. })
    }

    /// Whether it is part of taking its node out of the cluster.
    pub fn takes_out(&self) -> bool {
        matches!(self.work, Work::Evict { .. } | Work::Sweep) || self.id.phase.is_within("reset")
    }

    /// Whether it is part of making its node what it is to be.
    pub fn brings_in(&self) -> bool {
        !self.work.is_survey() && self.work != Work::CleanUp && !self.takes_out()
    }

    /// Whether it puts into the cluster what others join with, for a while only: it may be run again at any time.
    pub fn publishes(&self) -> bool {
        PUBLISHING.contains(&self.id.phase.as_str())
    }

    /// The kubeadm command as one would type it; none for our own steps.
    pub fn command(&self) -> Option<String> {
        match &self.work {
            Work::Kubeadm { args } => Some(format!("kubeadm {}", args.join(" "))),
            _ => None,
        }
    }
}

/// Durations as whole milliseconds.
pub mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes milliseconds.
    pub fn serialize<S: Serializer>(d: &Duration, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
    }

    /// Reads milliseconds.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        u64::deserialize(d).map(Duration::from_millis)
    }
}
