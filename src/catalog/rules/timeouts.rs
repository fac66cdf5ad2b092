//! Failures of what ran out of time without saying why; tried when nothing else fits.

use super::Rule;
use super::look::{CONTAINERS, KUBECTL, KUBELET_LOG};

/// In the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "tls-bootstrap",
        phases: &["join/kubelet-start", "join/kubelet-wait-bootstrap"],
        signs: &[
            &["timed out waiting for the condition"],
            &["context deadline exceeded"],
            &["waiting for the kubelet to perform the tls bootstrap"],
        ],
        cause: "The kubelet got no certificate: its request wasn't approved (bootstrap-token's rights missing, kube-controller-manager down) or never arrived.",
        fix: "On the first control plane run `kubeadm init phase bootstrap-token --skip-token-print --config /run/kubestep/init.yaml` again, which brings the rights back; see that kube-controller-manager runs.",
        look: &[
            KUBELET_LOG,
            "kubectl --kubeconfig /etc/kubernetes/admin.conf get csr",
            "crictl ps -a --name kube-controller-manager",
            "kubectl --kubeconfig /etc/kubernetes/admin.conf get clusterrolebinding | grep kubeadm:",
        ],
    },
    Rule {
        name: "node-not-registered",
        phases: &[
            "init/mark-control-plane",
            "init/upload-config",
            "join/control-plane-join/mark-control-plane",
        ],
        signs: &[&["timed out waiting for the condition"], &["context deadline exceeded"]],
        cause: "The kubelet hasn't entered its node in the cluster, or the API server stopped answering.",
        fix: "Look at the kubelet's log and at the API server's container, and put right what they name.",
        look: &[KUBELET_LOG, KUBECTL, CONTAINERS],
    },
    Rule {
        name: "control-plane-timeout",
        phases: &[],
        signs: &[
            &["couldn't initialize a kubernetes cluster"],
            &["timed out waiting for the condition"],
            &["the api server is not healthy after"],
            &["is not healthy after"],
            &["context deadline exceeded"],
        ],
        cause: "The kubelet runs, but the API server or etcd doesn't come up: a container crashes, its image can't be pulled, or the sandbox can't start.",
        fix: "Read the crashing container's last lines, and put right what they name.",
        look: &[
            CONTAINERS,
            "crictl logs ID",
            "ls /var/log/pods",
            "journalctl -u containerd -n 50 --no-pager",
        ],
    },
];
