//! Failures of the node itself: runtime, kubelet, kernel.

use super::Rule;
use super::look::{KUBELET_LOG, KUBELET_STATUS};

/// In the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "container-runtime",
        phases: &[],
        signs: &[
            &["unknown service runtime.v1"],
            &["container runtime is not running"],
            &["validate service connection", "cri"],
        ],
        cause: "The container runtime doesn't answer as one: containerd's packaged configuration may switch its CRI plugin off, or it is too old, stopped, or on another socket.",
        fix: "Write a full configuration with `containerd config default > /etc/containerd/config.toml`, set SystemdCgroup = true, restart containerd, and check criSocket.",
        look: &[
            "crictl info",
            "grep -n disabled_plugins /etc/containerd/config.toml",
            "systemctl status containerd --no-pager",
            "ls -l /run/containerd/containerd.sock",
        ],
    },
    Rule {
        name: "several-runtimes",
        phases: &[],
        signs: &[&["found multiple cri endpoints on the host"], &["found multiple cri sockets"]],
        cause: "The node has more than one container runtime, and kubeadm won't choose.",
        fix: "Set spec.kubernetes.criSocket in the inventory to the socket that the kubelet shall use.",
        look: &["ls -l /run/*/*.sock /var/run/*.sock"],
    },
    Rule {
        name: "swap",
        phases: &[],
        signs: &[&["running with swap on is not supported"]],
        cause: "Swap is on; the kubelet refuses to run with it unless told otherwise.",
        fix: "Run `swapoff -a` and remove the swap entries from /etc/fstab, or set failSwapOn: false in the KubeletConfiguration.",
        look: &["swapon --show", "grep swap /etc/fstab"],
    },
    Rule {
        name: "too-many-open-files",
        phases: &[],
        signs: &[&["too many open files"], &["inotify", "no space left"], &["inotify_add_watch"]],
        cause: "The node ran out of file descriptors or inotify watches; kubelet and API server then crash in a loop.",
        fix: "Raise fs.inotify.max_user_instances and fs.inotify.max_user_watches with sysctl, for good in /etc/sysctl.d.",
        look: &["sysctl fs.inotify fs.file-nr", KUBELET_LOG],
    },
    Rule {
        name: "cgroup-v1",
        phases: &[],
        signs: &[&["cgroups v1"], &["cgroup v1"], &["failcgroupv1"]],
        cause: "The node runs with cgroup v1, which this kubelet no longer takes.",
        fix: "Boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or set failCgroupV1: false in the KubeletConfiguration.",
        look: &["stat -fc %T /sys/fs/cgroup"],
    },
    Rule {
        name: "cgroup-driver",
        phases: &[],
        signs: &[&["cgroup driver", "is different from"], &["expected cgroupspath to be of format"]],
        cause: "The kubelet and the container runtime use different cgroup drivers.",
        fix: "Use systemd for both: SystemdCgroup = true for containerd, cgroupDriver: systemd for the kubelet, then restart both.",
        look: &[
            "grep cgroupDriver /var/lib/kubelet/config.yaml",
            "cat /etc/default/kubelet",
            "grep -n SystemdCgroup /etc/containerd/config.toml",
        ],
    },
    Rule {
        name: "kubelet-flag",
        phases: &[],
        signs: &[&["failed to parse kubelet flag"]],
        cause: "The kubelet is started with a flag that this release doesn't have, and ends at once.",
        fix: "Take the flag out of KUBELET_EXTRA_ARGS in /etc/default/kubelet (or of kubeletExtraArgs), then `systemctl restart kubelet`.",
        look: &[KUBELET_LOG, "cat /etc/default/kubelet", "cat /var/lib/kubelet/kubeadm-flags.env"],
    },
    Rule {
        name: "kubelet-masked",
        phases: &[],
        signs: &[&["kubelet.service is masked"]],
        cause: "The kubelet's service is masked: nothing can start it.",
        fix: "Run `systemctl unmask kubelet && systemctl enable kubelet`.",
        look: &[KUBELET_STATUS, "systemctl is-enabled kubelet"],
    },
    Rule {
        name: "kubelet-unhealthy",
        phases: &[],
        signs: &[
            &["the kubelet isn't running or healthy"],
            &["the kubelet is not healthy after"],
            &["127.0.0.1:10248", "connection refused"],
            &["localhost:10248", "connection refused"],
            &["127.0.0.1:10248/healthz' returned error"],
            &["unable to start the kubelet service"],
            &["kubelet healthz endpoint is unhealthy"],
        ],
        cause: "The kubelet is not running or keeps crashing: often another cgroup driver than the runtime's, swap, or a broken configuration.",
        fix: "Read the last lines of the kubelet's log, and put right what they name.",
        look: &[KUBELET_STATUS, KUBELET_LOG, "cat /var/lib/kubelet/config.yaml", "swapon --show"],
    },
];
