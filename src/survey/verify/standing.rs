//! What a node, or the whole cluster, turned out to be.

use std::collections::BTreeMap;

/// The answer to a look at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The kubelet of the node that was asked is active.
    pub kubelet_active: bool,
    /// Whether the API server answered; none where it was not asked, as on a worker.
    pub api: Option<bool>,
    /// The nodes that the cluster knows, by name.
    pub nodes: BTreeMap<String, NodeStanding>,
    /// etcd's members; none where they could not be listed, or where etcd is not the cluster's own.
    pub etcd_members: Option<Vec<Member>>,
    /// What is wrong with the node that was asked, a sentence fragment each.
    pub problems: Vec<String>,
}

/// A node as the API server has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeStanding {
    /// Its Ready condition; none is `Unknown`: its kubelet has stopped reporting.
    pub ready: Option<bool>,
    /// The condition's reason: `KubeletNotReady`.
    pub reason: String,
    /// The condition's message, if it is not ready.
    pub message: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its taints, `key=value:Effect` or `key:Effect`.
    pub taints: Vec<String>,
    /// Control-plane pods on it, by component: `kube-apiserver`, `etcd` …
    pub static_pods: BTreeMap<String, StaticPod>,
}

/// A control-plane pod.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StaticPod {
    /// `Running`, `Pending` …
    pub phase: String,
    /// Its Ready condition.
    pub ready: bool,
    /// How often its container was started again.
    pub restarts: u32,
}

/// A member of etcd's cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// In hex, as etcdctl takes it.
    pub id: String,
    /// The node's name; empty until it has started once.
    pub name: String,
    /// It has started.
    pub started: bool,
    /// It votes; a learner does not yet.
    pub voter: bool,
    /// Where the other members reach it: `https://10.4.0.11:2380`.
    pub peer: String,
}
