//! The phases of `kubeadm init`.

use super::super::knowledge::Expectation::Line;
use super::super::knowledge::{API, Entry, Knowledge, LOCAL};
use crate::version::Version;

/// Groups, with what their `all` does.
pub(super) const GROUPS: &[(&str, &str)] = &[
    (
        "init/certs",
        "Makes every key and certificate of the control plane, with three authorities: cluster, front proxy, etcd.",
    ),
    (
        "init/kubeconfig",
        "Writes the kubeconfig files with which the administrator, the kubelet and the control plane log in.",
    ),
    (
        "init/control-plane",
        "Writes the static Pod manifests of the API server, the controller manager and the scheduler.",
    ),
    ("init/etcd", "Writes the static Pod manifest of the first etcd member."),
    (
        "init/upload-config",
        "Stores kubeadm's and the kubelet's configuration in the cluster, where joining nodes read them.",
    ),
    (
        "init/kubelet-finalize",
        "Lets the kubelet's kubeconfig point to the client certificate that the kubelet renews by itself.",
    ),
    ("init/addon", "Installs CoreDNS and kube-proxy."),
];

/// The admin's rights: since 1.29 the first phase that talks to the API server binds them with super-admin.conf (#121305).
fn admin_rights(version: &Version, knowledge: &mut Knowledge) {
    if version.at_least(29) {
        knowledge.needs.push("super-admin.conf");
    }
}

/// The runtime's socket gets a file of its own on the node since 1.34 (kubeadm.md §3); a feature gate may keep it away.
pub(super) fn instance_config(version: &Version, knowledge: &mut Knowledge) {
    if version.at_least(34) {
        knowledge.writes.push("/var/lib/kubelet/instance-config.yaml");
    }
}

/// All leaves.
pub(super) const PHASES: &[Entry] = &[
    Entry {
        path: "init/preflight",
        summary: "Checks that the machine can become a control plane, and pulls the images.",
        undo: &["kubeadm reset -f   # when an earlier try left files or ports behind"],
        provides: &["images"],
        expect: Line(&["[preflight] Running pre-flight checks"]),
        seconds: 600,
        ..LOCAL
    },
    Entry {
        path: "init/kubelet-start",
        summary: "Writes the kubelet's configuration and flags, and starts it.",
        provides: &["kubelet", "node"],
        needs: &["kubelet.conf", "ca"],
        writes: &["/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubeadm-flags.env"],
        expect: Line(&["[kubelet-start] Starting the kubelet"]),
        seconds: 120,
        differs: instance_config,
        ..LOCAL
    },
    Entry {
        path: "init/control-plane/apiserver",
        summary: "Writes the API server's manifest; the kubelet runs it from there.",
        provides: &["kube-apiserver.yaml"],
        needs: &[
            "ca",
            "apiserver.crt",
            "apiserver-kubelet-client.crt",
            "front-proxy-client.crt",
            "apiserver-etcd-client.crt",
            "sa",
        ],
        writes: &["/etc/kubernetes/manifests/kube-apiserver.yaml"],
        expect: Line(&["[control-plane] Creating static Pod manifest for \"kube-apiserver\""]),
        ..LOCAL
    },
    Entry {
        path: "init/control-plane/controller-manager",
        summary: "Writes the controller manager's manifest; the kubelet runs it from there.",
        provides: &["kube-controller-manager.yaml"],
        needs: &["ca", "front-proxy-ca", "sa", "controller-manager.conf"],
        writes: &["/etc/kubernetes/manifests/kube-controller-manager.yaml"],
        expect: Line(&["[control-plane] Creating static Pod manifest for \"kube-controller-manager\""]),
        ..LOCAL
    },
    Entry {
        path: "init/control-plane/scheduler",
        summary: "Writes the scheduler's manifest; the kubelet runs it from there.",
        provides: &["kube-scheduler.yaml"],
        needs: &["scheduler.conf"],
        writes: &["/etc/kubernetes/manifests/kube-scheduler.yaml"],
        expect: Line(&["[control-plane] Creating static Pod manifest for \"kube-scheduler\""]),
        ..LOCAL
    },
    Entry {
        path: "init/etcd/local",
        summary: "Writes the manifest of the first etcd member and makes its data directory.",
        undo: &["rm -r /var/lib/etcd   # only for a fresh start: this is the cluster's data"],
        provides: &["etcd.yaml"],
        needs: &["etcd-ca", "etcd-server.crt", "etcd-peer.crt", "etcd-healthcheck-client.crt"],
        writes: &["/etc/kubernetes/manifests/etcd.yaml", "/var/lib/etcd"],
        // The directory stays empty until the kubelet starts the pod.
        lasting: 1,
        expect: Line(&["[etcd] Creating static Pod manifest", "[etcd] External etcd mode"]),
        ..LOCAL
    },
    Entry {
        path: "init/wait-control-plane",
        summary: "Waits until the kubelet has brought up the control plane and the API server answers.",
        provides: &["api"],
        needs: &[
            "kubelet",
            "kube-apiserver.yaml",
            "kube-controller-manager.yaml",
            "kube-scheduler.yaml",
            "etcd.yaml",
        ],
        expect: Line(&[
            "[wait-control-plane]",
            "[kubelet-check]",
            "[api-check]",
            "[apiclient]",
            "[control-plane-check]",
        ]),
        seconds: 540,
        ..API
    },
    Entry {
        path: "init/upload-config/kubeadm",
        summary: "Stores the cluster's configuration in the ConfigMap kubeadm-config.",
        provides: &["kubeadm-config"],
        needs: &["api", "admin.conf"],
        expect: Line(&["[upload-config]"]),
        differs: admin_rights,
        ..API
    },
    Entry {
        path: "init/upload-config/kubelet",
        summary: "Stores the kubelet's configuration in a ConfigMap, and the container runtime's socket on the node object.",
        provides: &["kubelet-config"],
        needs: &["api", "admin.conf", "node"],
        expect: Line(&["[kubelet]"]),
        differs: admin_rights,
        ..API
    },
    Entry {
        path: "init/upload-certs",
        summary: "Stores the shared keys, encrypted with the certificate key, in a Secret that lives for two hours.",
        provides: &["kubeadm-certs"],
        needs: &["api", "admin.conf", "ca", "front-proxy-ca", "etcd-ca", "sa"],
        expect: Line(&["[upload-certs] Storing"]),
        differs: admin_rights,
        ..API
    },
    Entry {
        path: "init/mark-control-plane",
        summary: "Labels and taints the node as a control plane.",
        provides: &["control-plane-mark"],
        needs: &["api", "admin.conf", "node"],
        expect: Line(&["[mark-control-plane]"]),
        differs: admin_rights,
        ..API
    },
    Entry {
        path: "init/bootstrap-token",
        summary: "Makes the token with which nodes join, publishes the cluster's address and authority, and lets joining nodes in.",
        provides: &["bootstrap-token", "cluster-info"],
        needs: &["api", "admin.conf"],
        expect: Line(&["[bootstrap-token]"]),
        differs: admin_rights,
        ..API
    },
    Entry {
        path: "init/kubelet-finalize/enable-client-cert-rotation",
        summary: "Lets the kubelet's kubeconfig point to the client certificate that the kubelet renews by itself.",
        provides: &["kubelet-rotation"],
        needs: &["kubelet", "kubelet.conf"],
        writes: &["/etc/kubernetes/kubelet.conf"],
        expect: Line(&["[kubelet-finalize]"]),
        ..LOCAL
    },
    Entry {
        path: "init/kubelet-finalize/experimental-cert-rotation",
        summary: "Lets the kubelet's kubeconfig point to the client certificate that the kubelet renews by itself.",
        provides: &["kubelet-rotation"],
        needs: &["kubelet", "kubelet.conf"],
        writes: &["/etc/kubernetes/kubelet.conf"],
        expect: Line(&["[kubelet-finalize]"]),
        ..LOCAL
    },
    Entry {
        path: "init/addon/coredns",
        summary: "Installs CoreDNS, the cluster's name server; its Pods wait for a network plugin.",
        provides: &["coredns"],
        needs: &["api", "admin.conf"],
        expect: Line(&["[addons] Applied essential addon: CoreDNS"]),
        differs: admin_rights,
        ..API
    },
    Entry {
        path: "init/addon/kube-proxy",
        summary: "Installs kube-proxy, which makes service addresses work on every node.",
        provides: &["kube-proxy"],
        needs: &["api", "admin.conf"],
        expect: Line(&["[addons] Applied essential addon: kube-proxy"]),
        differs: admin_rights,
        ..API
    },
    Entry {
        path: "init/show-join-command",
        summary: "Prints the commands with which other nodes join; only works within a whole `kubeadm init`.",
        needs: &["bootstrap-token", "kubeadm-certs"],
        expect: Line(&["Your Kubernetes control-plane has initialized"]),
        ..LOCAL
    },
];
