//! The probe: one script that a node answers before anything is changed, and the reader of its answer.
//!
//! The answer is `key=value` lines in any order, one line per value; a key of a list is repeated. A key that is
//! missing means "could not be learnt", never "no". What a value may hold:
//!
//! | key | value | many |
//! |---|---|---|
//! | `asked_ms` | our own clock when the script was made; the caller's is taken where it is missing | |
//! | `epoch_ms` or `epoch_s` | the node's clock when the script began, since 1970; whole seconds where `date` knows no better | |
//! | `uid` | the uid that the script ran as: `0` | |
//! | `os` | `PRETTY_NAME` of os-release, with or without its quotes: `Debian GNU/Linux 12 (bookworm)` | |
//! | `kernel`, `arch` | `uname -r`, `uname -m` | |
//! | `cpus` | online processors | |
//! | `memory_kib` | `MemTotal` | |
//! | `cgroup` | `1` or `2` | |
//! | `cgroup_memory` | `yes` or `no` | |
//! | `hostname` | as the kernel says it | |
//! | `machine_id` | `/etc/machine-id` | |
//! | `product_uuid` | DMI's | |
//! | `mac` | of a physical interface | yes |
//! | `address` | of any interface but loopback, prefix length allowed: `10.4.0.11/20`, `fe80::1/64` | yes |
//! | `kubeadm` | `kubeadm version -o short`: `v1.29.6` | |
//! | `kubelet` | `kubelet --version`: `Kubernetes v1.29.6` | |
//! | `kubectl` | `yes` or `no` | |
//! | `help.init`, `help.join`, `help.reset` | a line of `kubeadm COMMAND --help`, leading spaces kept, from `The "init" command executes the following phases:` to the closing fence; in kubeadm's order | yes |
//! | `cri_socket` | a runtime's socket that exists: `unix:///run/containerd/containerd.sock` | yes |
//! | `cri_answers` | `yes` or `no`: the runtime on the configured socket answers crictl | |
//! | `swap` | a device or file in use as swap: `/dev/sda2` | yes |
//! | `listening` | a TCP port: `6443` | yes |
//! | `free_kib` | free under /var/lib | |
//! | `not_writable` | `/run`, `/etc/kubernetes` or `/var/lib/kubelet`, if nothing can be made there | yes |
//! | `missing_program` | `crictl`, `conntrack`, `ip`, `iptables`, `mount`, `nsenter`, `ebtables`, `ethtool`, `socat`, `tc`, `touch`, `cp` or `losetup`, if it is not in the path | yes |
//! | `sysctl` | `net.ipv4.ip_forward=1`; nothing behind the second `=` where the kernel does not know it | yes |
//! | `kubelet_state` | `systemctl is-active kubelet`: `active`, `inactive`, `activating`, `failed` | |
//! | `kubelet_enabled` | `systemctl is-enabled kubelet`: `enabled`, `disabled` | |
//! | `leftover` | a file that an earlier kubeadm wrote, or a directory of its that is not empty: see [`LEFTOVERS`] | yes |
//! | `server` | of /etc/kubernetes/kubelet.conf: `https://10.4.0.10:6443` | |
//! | `ca_cert` | the base64 of /etc/kubernetes/pki/ca.crt on one line; its hash is made here, so that nodes need no openssl | |
//! | `ca_hash` | in place of `ca_cert`: `sha256:` and 64 hex digits | |
//! | `endpoint_answers` | `yes` or `no`: the endpoint's port takes a TCP connection from the node; only if there is an endpoint | |
//! | `name_resolves` | `yes` or `no`: the node finds an address for its own name | |
//! | `end` | `yes`: the last line of a whole answer | |

mod parse;

use crate::inventory::model::Endpoint;
use crate::survey::quote;

pub use parse::parse;

/// What earlier kubeadms leave, as `leftover` reports it. A directory counts when something is in it.
pub const LEFTOVERS: [&str; 18] = [
    "/etc/kubernetes/admin.conf",
    "/etc/kubernetes/super-admin.conf",
    "/etc/kubernetes/kubelet.conf",
    "/etc/kubernetes/bootstrap-kubelet.conf",
    "/etc/kubernetes/controller-manager.conf",
    "/etc/kubernetes/scheduler.conf",
    "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "/etc/kubernetes/manifests/kube-controller-manager.yaml",
    "/etc/kubernetes/manifests/kube-scheduler.yaml",
    "/etc/kubernetes/manifests/etcd.yaml",
    "/etc/kubernetes/pki/ca.crt",
    "/etc/kubernetes/pki/ca.key",
    "/etc/kubernetes/pki/apiserver.crt",
    "/etc/kubernetes/pki/etcd/ca.crt",
    "/var/lib/etcd",
    "/var/lib/kubelet/config.yaml",
    "/var/lib/kubelet/kubeadm-flags.env",
    "/var/lib/kubelet/pki/kubelet-client-current.pem",
];

/// The script for a node whose runtime listens on `cri_socket` (with or without `unix://`), in a cluster whose nodes
/// use `endpoint`. `now_ms` is our clock, in milliseconds since 1970. Takes well under a second on an ordinary node, and
/// at most about ten where programs hang.
pub fn script(endpoint: Option<&Endpoint>, cri_socket: &str, now_ms: i64) -> String {
    let port = endpoint.map(|endpoint| endpoint.port.to_string()).unwrap_or_default();
    let values = [
        ("endpoint_host", endpoint.map_or("", |endpoint| endpoint.host.as_str())),
        ("endpoint_port", port.as_str()),
        ("cri_socket", cri_socket),
        ("asked_ms", &now_ms.to_string()),
    ];
    let probe = include_str!("probe.sh").replace("@LEFTOVERS@", &LEFTOVERS.join(" "));
    quote::script(&values, &[&probe])
}

/// Whether `output` is the whole answer, to its last line.
pub fn is_whole(output: &str) -> bool {
    output.lines().any(|line| line.trim_end() == "end=yes")
}
