//! Static pods: started by the kubelet from manifests, crash-looping where something is missing.

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::{Node, paths};
use crate::sim::jitter;

/// A static pod's one container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pod {
    /// Of the manifest it was made from.
    pub(crate) digest: u64,
    /// When the container starts, or is tried again.
    pub(crate) starts_at: i64,
    pub(crate) running_since: Option<i64>,
    /// When it answers, once that is known.
    pub(crate) ready_at: Option<i64>,
    pub(crate) restarts: u32,
    /// Its last words, when it went down.
    pub(crate) last_words: String,
    /// There is no container, as the runtime makes no sandbox for it.
    #[serde(default)]
    pub(crate) no_sandbox: bool,
}

impl Pod {
    pub(crate) const fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    pub(crate) fn is_ready(&self, now: i64) -> bool {
        self.is_running() && self.ready_at.is_some_and(|at| at <= now)
    }

    /// Ports that the component listens on. An API server listens when it is nearly ready.
    pub(crate) fn ports(&self, component: &str) -> Vec<u16> {
        match component {
            "kube-apiserver" if self.ready_at.is_some() => vec![6443],
            "kube-controller-manager" => vec![10_257],
            "kube-scheduler" => vec![10_259],
            "etcd" => vec![2379, 2380, 2381],
            _ => Vec::new(),
        }
    }
}

/// What a component reads from the disk before it can run; its words when a file is missing.
pub(crate) fn missing_file(disk: &Disk, component: &str) -> Option<String> {
    let needed: &[&str] = match component {
        "etcd" => &[
            "/etc/kubernetes/pki/etcd/ca.crt",
            "/etc/kubernetes/pki/etcd/server.crt",
            "/etc/kubernetes/pki/etcd/server.key",
            "/etc/kubernetes/pki/etcd/peer.crt",
        ],
        "kube-apiserver" => &[
            "/etc/kubernetes/pki/ca.crt",
            "/etc/kubernetes/pki/apiserver.crt",
            "/etc/kubernetes/pki/apiserver.key",
            "/etc/kubernetes/pki/apiserver-etcd-client.crt",
            "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            "/etc/kubernetes/pki/front-proxy-ca.crt",
            "/etc/kubernetes/pki/front-proxy-client.crt",
            "/etc/kubernetes/pki/sa.key",
        ],
        "kube-controller-manager" => &[
            "/etc/kubernetes/controller-manager.conf",
            "/etc/kubernetes/pki/ca.key",
            "/etc/kubernetes/pki/sa.key",
        ],
        "kube-scheduler" => &["/etc/kubernetes/scheduler.conf"],
        _ => &[],
    };
    needed
        .iter()
        .find(|path| !disk.has(path))
        .map(|path| format!("Error: open {path}: no such file or directory"))
}

impl Node {
    /// Brings the list of pods in line with the manifests on the disk.
    pub(crate) fn read_manifests(&mut self, now: i64, seed: u64, pace: f64) {
        if self.kubelet.manifests_read == self.disk.generation {
            return;
        }
        self.kubelet.manifests_read = self.disk.generation;
        let mut wanted = Vec::new();
        for (path, file) in self.disk.under(paths::MANIFESTS) {
            let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml"));
            if let Some(stem) = stem {
                wanted.push((stem.to_owned(), jitter::mix(0, &String::from_utf8_lossy(&file.content))));
            }
        }
        self.pods.retain(|component, _| wanted.iter().any(|(name, _)| name == component));
        for (component, digest) in wanted {
            if self.pods.get(&component).is_some_and(|pod| pod.digest == digest) {
                continue;
            }
            let what = format!("start {} {component} {}", self.name, self.boots);
            let delay = scaled(jitter::between(seed, &what, 1_600, 2_900), pace * self.hardware.pods_slow);
            self.pods.insert(
                component,
                Pod {
                    digest,
                    starts_at: now + delay,
                    running_since: None,
                    ready_at: None,
                    restarts: 0,
                    last_words: String::new(),
                    no_sandbox: false,
                },
            );
        }
    }
}

impl Pod {
    /// The container is up.
    pub(crate) fn run(&mut self, now: i64) {
        self.running_since = Some(now);
        self.ready_at = None;
        self.no_sandbox = false;
        self.last_words.clear();
    }

    /// The runtime refuses; the kubelet asks again in ten seconds.
    pub(crate) fn wait_for_sandbox(&mut self, now: i64, pace: f64) {
        self.no_sandbox = true;
        self.starts_at = now + scaled(10_000, pace);
    }

    /// The container went down; the kubelet waits longer each time, up to five minutes.
    pub(crate) fn crash(&mut self, now: i64, words: String, pace: f64) {
        self.running_since = None;
        self.ready_at = None;
        self.last_words = words;
        let back_off = 10_000_i64.saturating_mul(1 << self.restarts.min(5));
        self.restarts += 1;
        self.starts_at = now + scaled(back_off.min(300_000), pace);
    }
}

impl Node {
    /// What a component says when it can't listen where it is to: the port is another program's, or the address is
    /// not one of the machine's.
    pub(super) fn cannot_listen(&self, component: &str) -> Option<String> {
        let manifest = self.disk.text(&format!("{}/{component}.yaml", paths::MANIFESTS)).unwrap_or_default();
        let flag = |name: &str| {
            let start = format!("- --{name}=");
            manifest.lines().find_map(|line| line.trim().strip_prefix(&start)).unwrap_or_default()
        };
        let listener = |address: &str, port: u16| {
            self.holder(port).map(|_| {
                format!("\"command failed\" err=\"failed to create listener: failed to listen on {address}:{port}: listen tcp {address}:{port}: bind: address already in use\"")
            })
        };
        match component {
            "kube-apiserver" => listener("0.0.0.0", flag("secure-port").parse().unwrap_or(6443)),
            "kube-controller-manager" => listener("127.0.0.1", 10_257),
            "kube-scheduler" => listener("127.0.0.1", 10_259),
            "etcd" => self.etcd_cannot_listen(flag("listen-peer-urls")),
            _ => None,
        }
    }

    fn etcd_cannot_listen(&self, peer_url: &str) -> Option<String> {
        let (host, _) = super::network::host_port(peer_url)?;
        let fatal = |address: &str, port: u16, why: &str| {
            format!(
                "{{\"level\":\"fatal\",\"caller\":\"etcdmain/etcd.go:204\",\"msg\":\"discovery failed\",\"error\":\"listen tcp {address}:{port}: bind: {why}\"}}"
            )
        };
        if !self.addresses.iter().any(|own| own == host) {
            return Some(fatal(host, 2380, "cannot assign requested address"));
        }
        let taken = [2380, 2379].into_iter().find(|port| self.holder(*port).is_some())?;
        Some(fatal(host, taken, "address already in use"))
    }
}

/// `ms` at another pace.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "milliseconds of minutes")]
pub(crate) fn scaled(ms: i64, pace: f64) -> i64 {
    (ms as f64 * pace) as i64
}
