//! kubeadm's preflight checks: what it means when one fails (kubeadm.md §5).

use super::diagnosis::Diagnosis;
use super::output::{FailedCheck, failed_checks};

/// What is known of a check, or of all checks that begin with `name` when it ends with `-`.
#[derive(Debug)]
struct Check {
    name: &'static str,
    rule: &'static str,
    /// `{}` stands for the rest of the name: a port, a path, a program.
    cause: &'static str,
    fix: &'static str,
    look: &'static [&'static str],
}

impl Check {
    fn is(&self, failed: &FailedCheck) -> bool {
        let exact = failed.name.eq_ignore_ascii_case(self.name);
        exact || (self.name.ends_with('-') && failed.name.starts_with(self.name))
    }

    fn diagnosis(&self, failed: &FailedCheck, others: usize) -> Diagnosis {
        let detail = detail(self.name, failed);
        let fill = |text: &str| text.replace("{}", &detail);
        let more = match others {
            0 => String::new(),
            1 => " (and 1 more check)".to_owned(),
            n => format!(" (and {n} more checks)"),
        };
        let message: String = failed.message.chars().take(400).collect();
        Diagnosis {
            rule: self.rule.to_owned(),
            symptom: format!("[ERROR {}]: {message}{more}", failed.name),
            cause: fill(self.cause),
            fix: fill(self.fix),
            look: self.look.iter().map(|command| fill(command)).collect(),
        }
    }
}

/// What a name like `Port-6443` is about. Paths are taken from the message, since the name has `-` for every `/`. Only plain
/// characters: it goes into commands that people copy.
fn detail(prefix: &str, failed: &FailedCheck) -> String {
    let rest = failed.name.get(prefix.len()..).unwrap_or("");
    let first = failed.message.split_whitespace().next().unwrap_or("");
    let raw = if first.starts_with('/') { first } else { rest.trim_start_matches('-') };
    raw.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_')).collect()
}

/// The commands that checks name; `{}` stands for a port, a path or a program.
pub(super) fn looks() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().flat_map(|check| check.look.iter().copied())
}

/// The names by which failed checks are recognised.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|check| check.rule).chain([UNKNOWN.rule])
}

#[cfg(test)]
pub(super) fn fixes() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|check| check.fix).chain([UNKNOWN.fix])
}

/// One diagnosis for each kind of failed check, in the order of the table, not of the output: the most telling first.
pub(super) fn diagnose(output: &[String]) -> Vec<Diagnosis> {
    let failed = failed_checks(output);
    let known = |check: &FailedCheck| CHECKS.iter().position(|entry| is_this(entry, check));
    let mut found: Vec<(usize, &FailedCheck)> = Vec::new();
    for check in &failed {
        let place = known(check).unwrap_or(CHECKS.len());
        if place == CHECKS.len() || !found.iter().any(|(other, _)| *other == place) {
            found.push((place, check));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    let others = failed.len().saturating_sub(1);
    found
        .iter()
        .map(|(place, check)| CHECKS.get(*place).unwrap_or(&UNKNOWN).diagnosis(check, others))
        .collect()
}

fn is_this(entry: &Check, failed: &FailedCheck) -> bool {
    let cgroup = entry.rule != "cgroup-v1" || failed.message.to_lowercase().contains("cgroups v1");
    entry.is(failed) && cgroup
}

const UNKNOWN: Check = Check {
    name: "",
    rule: "preflight",
    cause: "kubeadm's check {} failed.",
    fix: "Put right what its message names; name the check in ignorePreflightErrors only if you know why.",
    look: &[],
};

const RESET: &str = "If an earlier try left it, run `kubestep reset` for this node (or `kubeadm reset -f` on it); otherwise stop the program that holds it.";

const CHECKS: &[Check] = &[
    Check {
        name: "IsPrivilegedUser",
        rule: "not-root",
        cause: "kubeadm didn't run as root.",
        fix: "Log in as root, or set `become` in the inventory.",
        look: &["id", "sudo -n true"],
    },
    Check {
        name: "CRI",
        rule: "container-runtime",
        cause: "The container runtime doesn't answer: stopped, on another socket, too old, or containerd with its CRI plugin switched off.",
        fix: "Write a full configuration with `containerd config default > /etc/containerd/config.toml`, set SystemdCgroup = true, restart containerd, and check criSocket.",
        look: &[
            "crictl info",
            "grep -n disabled_plugins /etc/containerd/config.toml",
            "systemctl status containerd --no-pager",
        ],
    },
    Check {
        name: "SystemVerification",
        rule: "cgroup-v1",
        cause: "The node runs with cgroup v1, which this kubelet no longer takes.",
        fix: "Boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or set failCgroupV1: false in the KubeletConfiguration.",
        look: &["stat -fc %T /sys/fs/cgroup"],
    },
    Check {
        name: "DirAvailable--var-lib-etcd",
        rule: "etcd-data-left",
        cause: "/var/lib/etcd holds data of an earlier cluster or try.",
        fix: "If that data may go, reset the node and empty /var/lib/etcd; it can't be brought back.",
        look: &["ls -l /var/lib/etcd/member", "ls /etc/kubernetes/manifests"],
    },
    Check {
        name: "FileAvailable-",
        rule: "files-left",
        cause: "{} is there already: kubeadm was here before.",
        fix: "Run `kubestep reset` for this node (or `kubeadm reset -f` on it) and start again, or resume the earlier run.",
        look: &["ls -l /etc/kubernetes /etc/kubernetes/manifests", "systemctl status kubelet --no-pager"],
    },
    Check {
        name: "DirAvailable-",
        rule: "files-left",
        cause: "{} is not empty: kubeadm was here before.",
        fix: "Run `kubestep reset` for this node (or `kubeadm reset -f` on it) and start again, or resume the earlier run.",
        look: &["ls -la {}"],
    },
    Check {
        name: "Port-",
        rule: "port-in-use",
        cause: "Something listens on port {} already: an earlier try, or another program.",
        fix: RESET,
        look: &["ss -ltnp 'sport = :{}'", "crictl ps"],
    },
    Check {
        name: "Swap",
        rule: "swap",
        cause: "Swap is on.",
        fix: "Run `swapoff -a` and remove the swap entries from /etc/fstab, or set failSwapOn: false in the KubeletConfiguration and ignore the check.",
        look: &["swapon --show", "grep swap /etc/fstab"],
    },
    Check {
        name: "KubeletVersion",
        rule: "kubelet-version",
        cause: "The kubelet is missing, newer than the control plane, or too old for it.",
        fix: "Install the kubelet of the cluster's version.",
        look: &["kubelet --version", "kubeadm version -o short"],
    },
    Check {
        name: "KubernetesVersion",
        rule: "kubernetes-version",
        cause: "The wanted Kubernetes version is newer than this kubeadm, or is no version.",
        fix: "Install the kubeadm of that minor, or ask for a version that this one can make.",
        look: &["kubeadm version -o short"],
    },
    Check {
        name: "SystemVerification",
        rule: "system-verification",
        cause: "The kernel or its cgroups lack what the kubelet needs; on a Raspberry Pi the memory cgroup is off by default.",
        fix: "Switch on what the message names (Raspberry Pi: cgroup_enable=memory cgroup_memory=1 in cmdline.txt) and reboot.",
        look: &["uname -r", "cat /proc/cgroups", "stat -fc %T /sys/fs/cgroup"],
    },
    Check {
        name: "FileContent--proc-sys-net-bridge-",
        rule: "br-netfilter",
        cause: "Bridged traffic bypasses iptables, or the module br_netfilter isn't loaded.",
        fix: "Run `modprobe br_netfilter` and set net.bridge.bridge-nf-call-iptables = 1 (and ip6tables), for good in /etc/modules-load.d and /etc/sysctl.d.",
        look: &["lsmod | grep br_netfilter", "sysctl net.bridge"],
    },
    Check {
        name: "FileContent--proc-sys-net-ipv4-ip_forward",
        rule: "ip-forward",
        cause: "The kernel doesn't forward IPv4 packets.",
        fix: "Run `sysctl -w net.ipv4.ip_forward=1`, for good in /etc/sysctl.d.",
        look: &["sysctl net.ipv4.ip_forward"],
    },
    Check {
        name: "FileContent-",
        rule: "kernel-setting",
        cause: "{} hasn't the value that kubeadm wants.",
        fix: "Set it with sysctl, for good in /etc/sysctl.d.",
        look: &["cat {}"],
    },
    Check {
        name: "FileExisting-crictl",
        rule: "program-missing",
        cause: "crictl isn't in the path of root.",
        fix: "Install the package cri-tools.",
        look: &["command -v crictl"],
    },
    Check {
        name: "FileExisting-",
        rule: "program-missing",
        cause: "{} isn't in the path of root.",
        fix: "Install the package that has {} (conntrack, iptables, iproute2, util-linux, socat, ebtables, ethtool).",
        look: &["command -v {}"],
    },
    Check {
        name: "NumCPU",
        rule: "too-small",
        cause: "A control plane needs two processors.",
        fix: "Give the machine more, or ignore NumCPU for a lab.",
        look: &["nproc"],
    },
    Check {
        name: "Mem",
        rule: "too-small",
        cause: "A control plane needs 1700 MB of memory.",
        fix: "Give the machine more, or ignore Mem for a lab.",
        look: &["free -m"],
    },
    Check {
        name: "Service-Kubelet",
        rule: "kubelet-service",
        cause: "The kubelet's service is missing or not enabled.",
        fix: "Install the kubelet with its unit and run `systemctl enable kubelet`.",
        look: &["systemctl status kubelet --no-pager", "systemctl is-enabled kubelet"],
    },
    Check {
        name: "Service-Docker",
        rule: "docker-service",
        cause: "Docker is chosen as the runtime, but its service isn't active.",
        fix: "Run `systemctl enable --now docker`, or set criSocket to the runtime that is used.",
        look: &["systemctl status docker --no-pager"],
    },
    Check {
        name: "IsDockerSystemdCheck",
        rule: "cgroup-driver",
        cause: "Docker uses another cgroup driver than systemd.",
        fix: "Set native.cgroupdriver=systemd in /etc/docker/daemon.json and restart Docker.",
        look: &["docker info -f {{.CgroupDriver}}"],
    },
    Check {
        name: "ContainerRuntimeVersion",
        rule: "container-runtime",
        cause: "The container runtime is too old to tell its cgroup driver.",
        fix: "Install containerd 2.0 or later.",
        look: &["containerd --version"],
    },
    Check {
        name: "Hostname",
        rule: "hostname",
        cause: "The node's name doesn't resolve.",
        fix: "Add it to /etc/hosts or to your name server.",
        look: &["hostname", "getent hosts $(hostname)"],
    },
    Check {
        name: "Firewalld",
        rule: "firewall",
        cause: "firewalld is active.",
        fix: "Open 6443 and 10250 (2379-2380 between control planes), or stop it.",
        look: &["firewall-cmd --list-ports"],
    },
    Check {
        name: "HTTPProxyCIDR",
        rule: "proxy",
        cause: "Traffic to Pods or services would go through the proxy of the environment.",
        fix: "Add the Pod and service networks to NO_PROXY.",
        look: &["env | grep -i proxy"],
    },
    Check {
        name: "HTTPProxy",
        rule: "proxy",
        cause: "Traffic to the API server would go through the proxy of the environment.",
        fix: "Add the nodes' addresses and the endpoint to NO_PROXY.",
        look: &["env | grep -i proxy"],
    },
    Check {
        name: "ExternalEtcdVersion",
        rule: "external-etcd",
        cause: "The external etcd can't be reached or is too old.",
        fix: "Check endpoints, certificates and version of the external etcd.",
        look: &["etcdctl --endpoints ENDPOINTS endpoint health"],
    },
    Check {
        name: "ExternalEtcdClientCertificates",
        rule: "external-etcd",
        cause: "Only one of certificate and key for the external etcd is given, or a file is missing.",
        fix: "Name caFile, certFile and keyFile, and put the files on every control plane.",
        look: &["ls -l /etc/kubernetes/pki"],
    },
    Check {
        name: "ImagePull",
        rule: "image-pull",
        cause: "An image can't be pulled: the registry's name leads nowhere, there is no way to it, a proxy, or a wrong imageRepository.",
        fix: "See where the registry's name leads (`getent hosts registry.k8s.io`; DNS, or a line in /etc/hosts) and whether it answers. If the node has no way out: point imageRepository to a mirror, set the proxy for the runtime, or load the images beforehand.",
        look: &[
            "getent hosts registry.k8s.io",
            "cat /etc/hosts",
            "curl -I https://registry.k8s.io",
            "systemctl show containerd -p Environment",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The checks' own words, from kubeadm's source and output, and what we make of them.
    const CASES: &[(&str, &str)] = &[
        ("[ERROR IsPrivilegedUser]: user is not running as root", "not-root"),
        (
            "[ERROR CRI]: container runtime is not running: output: x, error: exit status 1",
            "container-runtime",
        ),
        ("[ERROR SystemVerification]: cgroups v1 support is in maintenance mode", "cgroup-v1"),
        ("[ERROR SystemVerification]: missing required cgroups: memory", "system-verification"),
        ("[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty", "etcd-data-left"),
        (
            "[ERROR DirAvailable--etc-kubernetes-manifests]: /etc/kubernetes/manifests is not empty",
            "files-left",
        ),
        (
            "[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists",
            "files-left",
        ),
        ("[ERROR Port-6443]: Port 6443 is in use", "port-in-use"),
        ("[ERROR Swap]: running with swap on is not supported. Please disable swap", "swap"),
        (
            "[ERROR KubeletVersion]: couldn't get kubelet version: cannot execute 'kubelet --version': executable file not found in $PATH",
            "kubelet-version",
        ),
        ("[ERROR KubernetesVersion]: couldn't parse Kubernetes version \"x\"", "kubernetes-version"),
        (
            "[ERROR FileContent--proc-sys-net-bridge-bridge-nf-call-iptables]: /proc/sys/net/bridge/bridge-nf-call-iptables does not exist",
            "br-netfilter",
        ),
        (
            "[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1",
            "ip-forward",
        ),
        (
            "[ERROR FileContent--proc-sys-net-ipv6-conf-default-forwarding]: /proc/sys/net/ipv6/conf/default/forwarding contents are not set to 1",
            "kernel-setting",
        ),
        ("[ERROR FileExisting-crictl]: crictl not found in system path", "program-missing"),
        ("[ERROR FileExisting-conntrack]: conntrack not found in system path", "program-missing"),
        ("[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2", "too-small"),
        ("[ERROR Mem]: the system RAM (968 MB) is less than the minimum 1700 MB", "too-small"),
        ("[ERROR Service-Kubelet]: kubelet service does not exist", "kubelet-service"),
        (
            "[ERROR Service-Docker]: docker service is not active, please run 'systemctl start docker.service'",
            "docker-service",
        ),
        ("[ERROR IsDockerSystemdCheck]: detected \"cgroupfs\" as the Docker cgroup driver", "cgroup-driver"),
        ("[ERROR ContainerRuntimeVersion]: You must update your container runtime", "container-runtime"),
        ("[ERROR Hostname]: hostname \"cp1\" could not be reached", "hostname"),
        ("[ERROR Firewalld]: firewalld is active, please ensure ports [6443 10250] are open", "firewall"),
        ("[ERROR HTTPProxy]: Connection to \"https://10.4.0.11\" uses proxy \"http://p\"", "proxy"),
        ("[ERROR HTTPProxyCIDR]: connection to \"172.16.0.0/20\" uses proxy \"http://p\"", "proxy"),
        ("[ERROR ExternalEtcdVersion]: Get \"https://10.4.0.30:2379/version\": EOF", "external-etcd"),
        ("[ERROR ExternalEtcdClientCertificates]: /etc/etcd/x.crt doesn't exist", "external-etcd"),
        (
            "[ERROR ImagePull]: failed to pull image registry.k8s.io/pause:3.9: output: x, error: exit status 1",
            "image-pull",
        ),
    ];

    #[test]
    fn each_check_is_explained() {
        for (line, rule) in CASES {
            let found = diagnose(&[format!("    {line}")]);
            assert_eq!(found.iter().map(|d| d.rule.as_str()).collect::<Vec<_>>(), [*rule], "{line}");
            assert!(!found[0].cause.contains("{}") && !found[0].fix.contains("{}"), "{line}");
            assert_eq!(&found[0].symptom, line);
        }
    }

    #[test]
    fn no_entry_is_hidden_behind_another() {
        for (place, entry) in CHECKS.iter().enumerate() {
            let reached = CASES.iter().any(|(line, _)| {
                let failed = failed_checks(&[(*line).to_owned()]);
                failed
                    .iter()
                    .any(|check| CHECKS.iter().position(|other| is_this(other, check)) == Some(place))
            });
            assert!(reached, "{} ({})", entry.name, entry.rule);
        }
    }
}
