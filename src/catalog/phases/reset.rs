//! The phases of `kubeadm reset`. They try what they can and say little.

use super::super::knowledge::Expectation::{Line, MaySay};
use super::super::knowledge::{Entry, LOCAL};

/// All leaves.
pub(super) const PHASES: &[Entry] = &[
    Entry {
        path: "reset/preflight",
        summary: "Asks whether the node may be reset; `-f` answers yes.",
        expect: Line(&["[preflight]"]),
        ..LOCAL
    },
    Entry {
        path: "reset/update-cluster-status",
        summary: "Takes this control plane out of the ClusterStatus of kubeadm-config.",
        expect: MaySay(&["[reset]"]),
        seconds: 180,
        api: true,
        differs: |version, knowledge| knowledge.no_op = version.at_least(22),
        ..LOCAL
    },
    Entry {
        path: "reset/remove-etcd-member",
        summary: "Takes this node out of etcd's members.",
        undo: &["etcdctl member remove ID   # on a healthy control plane, when the node could not do it"],
        expect: MaySay(&["[reset]"]),
        seconds: 300,
        api: true,
        ..LOCAL
    },
    Entry {
        path: "reset/cleanup-node",
        summary: "Stops the kubelet, removes its containers, and deletes what kubeadm wrote.",
        expect: Line(&["[reset]"]),
        seconds: 300,
        ..LOCAL
    },
];
