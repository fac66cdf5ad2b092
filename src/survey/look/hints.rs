//! Troubles that waiting won't mend, by the words that give them away. From kubeadm.md §9, which names the issues.

use crate::catalog::diagnosis::Diagnosis;
use crate::survey::awaited::Awaited;

use super::parse::Seen;
use super::words::shorten;

struct Rule {
    name: &'static str,
    /// One of these words, in lower case, in a line of the kubelet or of a static pod.
    words: &'static [&'static str],
    cause: &'static str,
    fix: &'static str,
    look: &'static [&'static str],
}

const RULES: [Rule; 14] = [
    Rule {
        name: "swap",
        words: &["running with swap on is not supported"],
        cause: "Swap is on, and the kubelet does not start with it",
        fix: "swapoff -a, and take swap out of /etc/fstab (or set failSwapOn: false in a KubeletConfiguration)",
        look: &["swapon --show"],
    },
    Rule {
        name: "cgroup-driver",
        words: &[
            "misconfiguration: kubelet cgroup driver",
            "is different from docker cgroup driver",
            "expected cgroupspath to be of format",
        ],
        cause: "The kubelet and the container runtime use different cgroup drivers",
        fix: "use systemd on both sides: no --cgroup-driver in /etc/default/kubelet, cgroupDriver: systemd in the KubeletConfiguration, SystemdCgroup = true in containerd's config.toml; then restart what was changed",
        look: &[
            "cat /etc/default/kubelet",
            "grep -n cgroupDriver /var/lib/kubelet/config.yaml",
            "grep -n SystemdCgroup /etc/containerd/config.toml",
        ],
    },
    Rule {
        name: "cgroup-v1",
        words: &["kubelet is configured to not run on a host using cgroup v1"],
        cause: "This kubelet refuses cgroup v1",
        fix: "boot the node with cgroup v2, or set failCgroupV1: false in a KubeletConfiguration",
        look: &["stat -fc %T /sys/fs/cgroup"],
    },
    Rule {
        name: "cgroup-memory",
        words: &[
            "failed to find subsystem mount for required subsystem: memory",
            "missing cgroups: memory",
            "cgroup memory is not enabled",
        ],
        cause: "The kernel's memory controller is off, as on a Raspberry Pi out of the box",
        fix: "add cgroup_enable=memory cgroup_memory=1 to the kernel's command line (cmdline.txt) and reboot",
        look: &["cat /proc/cgroups", "cat /proc/cmdline"],
    },
    Rule {
        name: "container-runtime",
        words: &[
            "unknown service runtime.v1",
            "container runtime is not running",
            "container runtime is down",
            "validate service connection",
        ],
        cause: "The container runtime does not answer the kubelet",
        fix: "start it; with containerd, see that `disabled_plugins` in /etc/containerd/config.toml does not name cri",
        look: &[
            "systemctl status containerd --no-pager",
            "crictl info",
            "journalctl -u containerd -n 50 --no-pager",
        ],
    },
    Rule {
        name: "kubelet-flag",
        // The second is what it said until 1.22.
        words: &["failed to parse kubelet flag", "] unknown flag: --"],
        cause: "The kubelet is started with a flag that this release does not have",
        fix: "take it out of KUBELET_EXTRA_ARGS in /etc/default/kubelet (or of kubeletExtraArgs) and restart the kubelet",
        look: &["cat /etc/default/kubelet", "journalctl -u kubelet -n 50 --no-pager"],
    },
    Rule {
        name: "image-pull",
        words: &["failed to pull image", "errimagepull", "imagepullbackoff", "failed to get sandbox image"],
        cause: "An image can't be pulled",
        fix: "let the node reach the registry, set imageRepository to a mirror, or load the images first; the pause image is named in the runtime's own configuration",
        look: &["kubeadm config images list", "crictl images", "grep -n sandbox /etc/containerd/config.toml"],
    },
    Rule {
        name: "cannot-assign-address",
        words: &["cannot assign requested address", "can't assign requested address"],
        cause: "The advertised address is not one of the node's own, for example a NAT address",
        fix: "give the node that address (`ip address add ADDRESS/BITS dev eth0`), or set privateAddress of this host to one that `ip -br address` shows there",
        look: &["ip -br address"],
    },
    Rule {
        name: "port-in-use",
        words: &["address already in use"],
        cause: "Another process holds a port that the control plane needs",
        fix: "stop it, or reset what an earlier kubeadm left",
        look: &["ss -ltnp"],
    },
    Rule {
        name: "clock-skew",
        words: &["certificate has expired or is not yet valid"],
        cause: "A certificate is not valid at the node's time: a clock is off, or the certificate is an old one",
        fix: "set the clocks by NTP; old certificates go with kubeadm reset",
        look: &["timedatectl", "date -u", "kubeadm certs check-expiration"],
    },
    Rule {
        name: "too-many-open-files",
        words: &["too many open files", "inotify_init", "user.max_inotify"],
        cause: "The kernel's limit of open files or inotify instances is reached",
        fix: "raise fs.inotify.max_user_instances and fs.file-max",
        look: &["sysctl fs.inotify", "ulimit -n"],
    },
    Rule {
        // kubeadm to 1.24 or so finds the member in the list, writes a manifest whose --initial-cluster gives it no name, and
        // says that all is well; etcd then ends with this (etcdmain). Seen with 1.20.2.
        name: "etcd-stale-member",
        words: &["couldn't find local name"],
        cause: "etcd still lists this node as a member from an earlier try, one that never started",
        fix: "try again with the clean-up, which removes that member and empties /var/lib/etcd here; by hand, `etcdctl member remove ID` on a healthy control plane",
        look: &["crictl ps -a --name etcd"],
    },
    Rule {
        name: "disk-full",
        words: &["no space left on device"],
        cause: "A disk of the node is full",
        fix: "make room under /var/lib",
        look: &["df -h /var/lib /run"],
    },
    Rule {
        name: "architecture",
        words: &["exec format error"],
        cause: "An image is for another processor",
        fix: "use images for this node's architecture (see imageRepository)",
        look: &["uname -m"],
    },
];

/// The commands that these troubles name.
pub(super) fn looks() -> impl Iterator<Item = &'static str> {
    RULES.iter().flat_map(|rule| rule.look.iter().copied())
}

/// The first known trouble in what was seen.
pub(super) fn stuck(seen: &Seen) -> Option<Diagnosis> {
    let logs = || {
        std::iter::once(&seen.kubelet.log)
            .chain(
                seen.containers
                    .iter()
                    .filter(|container| container.crashes())
                    .map(|container| &container.log),
            )
            .filter(|log| !log.is_empty())
    };
    let known = logs().find_map(|log| {
        let lower = log.to_lowercase();
        RULES
            .iter()
            .find(|rule| rule.words.iter().any(|word| lower.contains(word)))
            .map(|rule| diagnosis(rule, log))
    });
    known.or_else(|| masked(seen)).or_else(|| unresolved(seen))
}

fn masked(seen: &Seen) -> Option<Diagnosis> {
    let look = ["systemctl status kubelet --no-pager", "systemctl is-enabled kubelet"];
    (seen.kubelet.state == "masked").then(|| Diagnosis {
        rule: "kubelet-masked".to_owned(),
        symptom: "the unit kubelet.service is masked".to_owned(),
        cause: "The kubelet's service is masked: nothing can start it".to_owned(),
        fix: "systemctl unmask kubelet && systemctl enable kubelet".to_owned(),
        look: look.map(str::to_owned).to_vec(),
    })
}

/// What it most likely is, if what was seen goes on like that for long.
pub(super) fn suspect(seen: &Seen) -> Option<Diagnosis> {
    let why = match seen.endpoint_answer.as_str() {
        "closed" => "The load balancer takes connections, but passes them on to no API server",
        "refused" => {
            "Nothing listens at the endpoint: the load balancer is not running, or the address is not its own"
        }
        "timeout" => {
            "Nothing answers at the endpoint: a firewall, a missing route, or an address that nobody has"
        }
        _ => return None,
    };
    (seen.what == Some(Awaited::Endpoint)).then(|| {
        let target = seen.target.trim_start_matches("https://");
        let host = super::address(target).host;
        Diagnosis {
            rule: "endpoint-unreachable".to_owned(),
            symptom: super::words::sentence(seen),
            cause: why.to_owned(),
            fix: "let the load balancer lead to the first control plane on port 6443 (HAProxy: `server` lines in its backend, then systemctl reload haproxy); the wait ends by itself".to_owned(),
            look: vec![format!("getent hosts {host}"), format!("curl -k https://{host}:6443/healthz"), "ss -ltnp".to_owned()],
        }
    })
}

fn unresolved(seen: &Seen) -> Option<Diagnosis> {
    (seen.what == Some(Awaited::Endpoint) && seen.endpoint_answer == "no-name").then(|| Diagnosis {
        rule: "endpoint-name".to_owned(),
        symptom: format!("no address for {}", seen.target),
        cause: "The node's resolver does not know the name of the control-plane endpoint".to_owned(),
        fix: "put the name into DNS or into /etc/hosts of every node, or use an address".to_owned(),
        look: vec![format!("getent hosts {}", crate::survey::quote::quote(host_of(&seen.target)))],
    })
}

fn host_of(target: &str) -> &str {
    target.rsplit_once(':').map_or(target, |(host, _)| host)
}

fn diagnosis(rule: &Rule, log: &str) -> Diagnosis {
    Diagnosis {
        rule: rule.name.to_owned(),
        symptom: shorten(log),
        cause: rule.cause.to_owned(),
        fix: rule.fix.to_owned(),
        look: rule.look.iter().map(|&command| command.to_owned()).collect(),
    }
}
