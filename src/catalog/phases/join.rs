//! The phases of `kubeadm join`.

use super::super::class::RetryClass;
use super::super::knowledge::Expectation::{Line, MaySay};
use super::super::knowledge::{API, Entry, Knowledge, LOCAL};
use super::init::instance_config;
use crate::version::Version;

/// Groups, with what their `all` does.
pub(super) const GROUPS: &[(&str, &str)] = &[
    (
        "join/control-plane-prepare",
        "Fetches the shared keys and writes the new control plane's certificates, kubeconfigs and manifests.",
    ),
    ("join/control-plane-join", "Makes the machine a full control plane: etcd member, label and taint."),
];

/// What a failed etcd join leaves behind (kubeadm.md §2.6).
const STALE_MEMBER: &[&str] = &[
    "etcdctl member list -w table     # on a healthy control plane: is this node listed?",
    "etcdctl member remove ID         # on a healthy control plane",
    "rm -rf /etc/kubernetes/manifests/etcd.yaml /var/lib/etcd/member   # on this node",
];

/// Whether a second etcd join meets the member that the first one left: tolerated since 1.23 (#104134), not so for learners,
/// which are the default since 1.29, until 1.32 (#127491).
fn etcd_retry(version: &Version, knowledge: &mut Knowledge) {
    if !version.at_least(23) || (version.at_least(29) && !version.at_least(32)) {
        knowledge.retry = RetryClass::NeedsCleanUp;
        knowledge.undo = STALE_MEMBER.to_vec();
    }
}

/// All leaves.
pub(super) const PHASES: &[Entry] = &[
    Entry {
        path: "join/preflight",
        summary: "Finds the cluster through the token, checks that the machine can join it, and for a control plane pulls the images.",
        undo: &["kubeadm reset -f   # when an earlier try left files or ports behind"],
        provides: &["images"],
        needs: &["cluster-info", "bootstrap-token", "kubeadm-config", "kubelet-config"],
        expect: Line(&["[preflight] Running pre-flight checks"]),
        seconds: 600,
        api: true,
        ..LOCAL
    },
    Entry {
        path: "join/control-plane-prepare/download-certs",
        summary: "Fetches the shared keys from the Secret kubeadm-certs and decrypts them with the certificate key.",
        provides: &["ca", "front-proxy-ca", "etcd-ca", "sa"],
        needs: &["kubeadm-certs", "cluster-info", "bootstrap-token", "kubeadm-config"],
        writes: &[
            "/etc/kubernetes/pki/ca.crt",
            "/etc/kubernetes/pki/ca.key",
            "/etc/kubernetes/pki/front-proxy-ca.crt",
            "/etc/kubernetes/pki/front-proxy-ca.key",
            "/etc/kubernetes/pki/etcd/ca.crt",
            "/etc/kubernetes/pki/etcd/ca.key",
            "/etc/kubernetes/pki/sa.key",
            "/etc/kubernetes/pki/sa.pub",
        ],
        expect: Line(&["[download-certs]"]),
        seconds: 360,
        api: true,
        ..LOCAL
    },
    Entry {
        path: "join/control-plane-prepare/certs",
        summary: "Makes this control plane's own certificates, signed by the shared authorities.",
        undo: &[
            "rm /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/apiserver.key   # only when names or addresses changed",
        ],
        provides: &[
            "apiserver.crt",
            "apiserver-kubelet-client.crt",
            "front-proxy-client.crt",
            "etcd-server.crt",
            "etcd-peer.crt",
            "etcd-healthcheck-client.crt",
            "apiserver-etcd-client.crt",
        ],
        needs: &[
            "ca",
            "front-proxy-ca",
            "etcd-ca",
            "sa",
            "cluster-info",
            "bootstrap-token",
            "kubeadm-config",
        ],
        writes: &[
            "/etc/kubernetes/pki/apiserver.crt",
            "/etc/kubernetes/pki/apiserver.key",
            "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            "/etc/kubernetes/pki/apiserver-kubelet-client.key",
            "/etc/kubernetes/pki/front-proxy-client.crt",
            "/etc/kubernetes/pki/front-proxy-client.key",
            "/etc/kubernetes/pki/etcd/server.crt",
            "/etc/kubernetes/pki/etcd/server.key",
            "/etc/kubernetes/pki/etcd/peer.crt",
            "/etc/kubernetes/pki/etcd/peer.key",
            "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
            "/etc/kubernetes/pki/etcd/healthcheck-client.key",
            "/etc/kubernetes/pki/apiserver-etcd-client.crt",
            "/etc/kubernetes/pki/apiserver-etcd-client.key",
        ],
        expect: Line(&["[certs]"]),
        seconds: 360,
        api: true,
        ..LOCAL
    },
    Entry {
        path: "join/control-plane-prepare/kubeconfig",
        summary: "Writes the kubeconfigs of the administrator, the controller manager and the scheduler on this node.",
        provides: &["admin.conf", "controller-manager.conf", "scheduler.conf"],
        needs: &["ca", "cluster-info", "bootstrap-token", "kubeadm-config"],
        writes: &[
            "/etc/kubernetes/admin.conf",
            "/etc/kubernetes/controller-manager.conf",
            "/etc/kubernetes/scheduler.conf",
        ],
        expect: Line(&["[kubeconfig]"]),
        seconds: 360,
        api: true,
        ..LOCAL
    },
    Entry {
        path: "join/control-plane-prepare/control-plane",
        summary: "Writes the manifests of this node's API server, controller manager and scheduler.",
        provides: &["kube-apiserver.yaml", "kube-controller-manager.yaml", "kube-scheduler.yaml"],
        needs: &[
            "admin.conf",
            "apiserver.crt",
            "sa",
            "controller-manager.conf",
            "scheduler.conf",
            "kubeadm-config",
        ],
        writes: &[
            "/etc/kubernetes/manifests/kube-apiserver.yaml",
            "/etc/kubernetes/manifests/kube-controller-manager.yaml",
            "/etc/kubernetes/manifests/kube-scheduler.yaml",
        ],
        expect: Line(&["[control-plane]"]),
        ..API
    },
    Entry {
        path: "join/check-etcd",
        summary: "Checks that etcd is healthy before a member is added.",
        needs: &["admin.conf", "apiserver-etcd-client.crt"],
        expect: MaySay(&["[check-etcd]"]),
        ..API
    },
    Entry {
        path: "join/kubelet-start",
        summary: "Starts the kubelet with the token; the cluster signs a certificate for it and the node appears.",
        undo: &["kubeadm reset -f", "kubectl delete node NODE   # on a control plane"],
        provides: &["kubelet", "node", "kubelet.conf"],
        needs: &["cluster-info", "bootstrap-token", "kubeadm-config", "kubelet-config"],
        writes: &[
            "/var/lib/kubelet/config.yaml",
            "/var/lib/kubelet/kubeadm-flags.env",
            "/etc/kubernetes/kubelet.conf",
            "/etc/kubernetes/bootstrap-kubelet.conf",
            // A worker's; a control plane has it already.
            "/etc/kubernetes/pki/ca.crt",
        ],
        lasting: 3,
        expect: Line(&["[kubelet-start] Starting the kubelet"]),
        seconds: 480,
        api: true,
        // From 1.33 on it doesn't wait for kubelet.conf (#129956): kubelet-wait-bootstrap does.
        differs: |version, knowledge| {
            instance_config(version, knowledge);
            if version.at_least(33) {
                knowledge.effects.truncate(2);
                knowledge.provides.retain(|token| *token == "kubelet");
            }
        },
        ..LOCAL
    },
    Entry {
        path: "join/etcd-join",
        summary: "Adds this node to etcd's members and starts its etcd; only one node at a time.",
        provides: &["etcd-member", "etcd.yaml", "local-api"],
        needs: &["admin.conf", "kubelet", "etcd-ca", "etcd-server.crt", "etcd-peer.crt", "kubeadm-config"],
        writes: &["/etc/kubernetes/manifests/etcd.yaml", "/var/lib/etcd"],
        expect: Line(&["[etcd]", "[control-plane-join] Using external etcd"]),
        seconds: 360,
        differs: |version, knowledge| {
            etcd_retry(version, knowledge);
            // Waits for a feature gate that is off until 1.33.
            knowledge.no_op = !version.at_least(33);
        },
        ..API
    },
    Entry {
        path: "join/kubelet-wait-bootstrap",
        summary: "Waits until the cluster has signed the kubelet's certificate and the node appears.",
        undo: &["kubeadm reset -f", "kubectl delete node NODE   # on a control plane"],
        provides: &["node", "kubelet.conf"],
        needs: &["kubelet", "admin.conf", "local-api"],
        writes: &["/etc/kubernetes/kubelet.conf"],
        expect: Line(&["[kubelet-start] Waiting", "[kubelet-check]"]),
        seconds: 480,
        differs: |version, knowledge| knowledge.no_op = !version.at_least(33),
        ..API
    },
    Entry {
        path: "join/control-plane-join/etcd",
        summary: "Adds this node to etcd's members and starts its etcd; only one node at a time.",
        provides: &["etcd-member", "etcd.yaml"],
        needs: &["admin.conf", "kubelet", "etcd-ca", "etcd-server.crt", "etcd-peer.crt", "kubeadm-config"],
        writes: &["/etc/kubernetes/manifests/etcd.yaml", "/var/lib/etcd"],
        expect: Line(&["[etcd]", "[control-plane-join] Using external etcd"]),
        seconds: 360,
        differs: |version, knowledge| {
            etcd_retry(version, knowledge);
            if version.at_least(33) {
                knowledge.no_op = true;
                knowledge.provides.clear();
                knowledge.writes.clear();
                knowledge.effects.clear();
            }
        },
        ..API
    },
    Entry {
        path: "join/control-plane-join/update-status",
        summary: "Enters this control plane's address in the ClusterStatus of kubeadm-config.",
        needs: &["admin.conf", "kubeadm-config"],
        expect: MaySay(&["[upload-config]", "The 'update-status' phase is deprecated"]),
        differs: |version, knowledge| knowledge.no_op = version.at_least(22),
        ..API
    },
    Entry {
        path: "join/control-plane-join/mark-control-plane",
        summary: "Labels and taints the node as a control plane.",
        provides: &["control-plane-mark"],
        needs: &["admin.conf", "node", "kubeadm-config"],
        expect: Line(&["[mark-control-plane]"]),
        ..API
    },
    Entry {
        path: "join/wait-control-plane",
        summary: "Waits until this node's API server, controller manager and scheduler answer.",
        needs: &["admin.conf", "kubelet"],
        expect: MaySay(&["[wait-control-plane]", "[kubelet-check]", "[api-check]", "[control-plane-check]"]),
        seconds: 540,
        // Behind a feature gate that is off until 1.33.
        differs: |version, knowledge| knowledge.no_op = !version.at_least(33),
        ..API
    },
];
