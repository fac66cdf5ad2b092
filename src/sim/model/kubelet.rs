//! The kubelet as a process: started, sound or crash-looping, and what its files tell it.

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::kubeconfig::{self, Parsed};
use super::pods::scaled;
use super::{Node, paths};

/// The kubelet's unit and process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kubelet {
    pub(crate) enabled: bool,
    /// The unit is started; the process may crash all the same.
    pub(crate) wanted: bool,
    /// When the process answers on 10248; none while it crash-loops.
    pub(crate) healthy_at: Option<i64>,
    /// Why it crashes.
    pub(crate) trouble: Option<String>,
    pub(crate) restarts: u32,
    /// When systemd starts it again.
    pub(crate) retry_at: i64,
    /// Kept down by a fault, whatever its files say.
    pub(crate) broken: Option<Broken>,
    /// systemd can't start the unit at all.
    #[serde(default)]
    pub(crate) unit_fails: bool,
    #[serde(default)]
    pub(crate) masked: bool,
    /// What it last complained of, though it runs.
    #[serde(default)]
    pub(crate) complaint: Option<String>,
    /// When the certificate asked for arrives.
    pub(crate) bootstrap_at: Option<i64>,
    pub(crate) register_at: Option<i64>,
    pub(crate) ready_at: Option<i64>,
    #[serde(default)]
    pub(crate) manifests_read: u64,
    #[serde(skip)]
    credentials: Option<(u64, Option<(Source, Parsed)>)>,
}

/// A trouble that no file of the kubelet's explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Broken {
    /// What the kubelet says.
    pub(crate) words: String,
    /// When it passes; none: never.
    pub(crate) until: Option<i64>,
}

/// Which file the kubelet speaks from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Bootstrap,
    Own,
}

impl Kubelet {
    /// `systemctl start`.
    pub(crate) fn start(&mut self, now: i64) {
        self.wanted = true;
        self.healthy_at = None;
        self.trouble = None;
        self.complaint = None;
        self.retry_at = now;
        self.bootstrap_at = None;
        self.register_at = None;
        self.ready_at = None;
        self.manifests_read = 0;
    }

    /// `systemctl stop`.
    pub(crate) fn stop(&mut self) {
        self.wanted = false;
        self.healthy_at = None;
        self.trouble = None;
        self.complaint = None;
        self.bootstrap_at = None;
        self.register_at = None;
        self.ready_at = None;
    }

    /// Everything that a power loss takes.
    pub(crate) fn forget(&mut self) {
        self.stop();
        self.restarts = 0;
        self.credentials = None;
    }

    pub(crate) fn is_healthy(&self, now: i64) -> bool {
        self.wanted && self.healthy_at.is_some_and(|at| at <= now)
    }

    /// As `systemctl is-active` says it.
    pub(crate) fn state(&self) -> &'static str {
        match (self.wanted, self.healthy_at.is_some()) {
            (false, _) if self.masked => "masked",
            (false, _) => "inactive",
            (true, true) => "active",
            (true, false) => "activating",
        }
    }

    /// Whether its process is to be looked at: one that runs doesn't look at its files or at swap again.
    pub(super) fn is_due(&self, now: i64) -> bool {
        self.wanted && now >= self.retry_at && (self.healthy_at.is_none() || self.broken.is_some())
    }

    /// One look of systemd at the process, which ends at once with these words, or doesn't.
    pub(super) fn tick(&mut self, trouble: Option<String>, now: i64, pace: f64) {
        match trouble {
            None if self.healthy_at.is_none() => {
                self.trouble = None;
                self.healthy_at = Some(now + scaled(1_100, pace));
            }
            None => {}
            Some(words) => {
                self.healthy_at = None;
                self.restarts += 1;
                self.trouble = Some(words);
                // RestartSec of the package's unit.
                self.retry_at = now + scaled(10_000, pace);
            }
        }
    }

    /// A fault whose time is over.
    pub(super) fn recover(&mut self, now: i64) {
        if self.broken.as_ref().and_then(|broken| broken.until).is_some_and(|until| until <= now) {
            self.broken = None;
        }
    }

    /// The line of its log that tells most, with klog's place in the source.
    pub(crate) fn last_line(&self) -> Option<String> {
        let words = self.trouble.as_ref().or(self.complaint.as_ref())?;
        Some(if words.starts_with('"') {
            format!("E kubelet.go:1557] {words}")
        } else {
            format!("E run.go:74] \"command failed\" err=\"{words}\"")
        })
    }

    /// Whom the kubelet speaks for, by the files on the disk.
    pub(crate) fn credentials(&mut self, disk: &Disk) -> Option<&(Source, Parsed)> {
        let fresh = self.credentials.as_ref().is_some_and(|(at, _)| *at == disk.generation);
        if !fresh {
            let read = |source, path| disk.text(path).and_then(kubeconfig::parse).map(|conf| (source, conf));
            let found =
                read(Source::Own, paths::KUBELET).or_else(|| read(Source::Bootstrap, paths::BOOTSTRAP));
            self.credentials = Some((disk.generation, found));
        }
        self.credentials.as_ref().and_then(|(_, found)| found.as_ref())
    }
}

/// Flags that the kubelet lost, and the minor that has them no more (release notes of 1.24 and 1.27).
const GONE: [(&str, u16); 5] = [
    ("--network-plugin", 24),
    ("--cni-bin-dir", 24),
    ("--cni-conf-dir", 24),
    ("--image-pull-progress-deadline", 24),
    ("--container-runtime", 27),
];
/// Too few inotify instances for cAdvisor beside all else on the machine.
const FEW_INSTANCES: u32 = 16;

impl Node {
    /// Why the kubelet's process ends at once, in its own words.
    pub(super) fn kubelet_trouble(&self) -> Option<String> {
        if let Some(broken) = &self.kubelet.broken {
            return Some(broken.words.clone());
        }
        let minor = self.kubelet_version.minor;
        let flags = self.extra_args().split_whitespace().map(|flag| flag.split('=').next().unwrap_or(flag));
        if let Some(flag) =
            flags.into_iter().find(|flag| GONE.iter().any(|(gone, since)| flag == gone && minor >= *since))
        {
            return Some(format!("failed to parse kubelet flag: unknown flag: {flag}"));
        }
        let Some(config) = self.disk.text(paths::KUBELET_CONFIG) else {
            return Some(format!(
                "failed to load kubelet config file, path: {0}, error: failed to load Kubelet config file {0}, error failed to read kubelet config file \"{0}\", error: open {0}: no such file or directory",
                paths::KUBELET_CONFIG
            ));
        };
        if !self.disk.has(paths::KUBELET) && !self.disk.has(paths::BOOTSTRAP) {
            return Some(format!(
                "failed to run Kubelet: unable to load bootstrap kubeconfig: stat {}: no such file or directory",
                paths::BOOTSTRAP
            ));
        }
        if !self.hardware.swap.is_empty() && !config.contains("failSwapOn: false") {
            return Some(
                "failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false".into(),
            );
        }
        if !self.hardware.cri_answers {
            return Some(
                "failed to run Kubelet: validate service connection: CRI v1 runtime API is not implemented for endpoint \"unix:///run/containerd/containerd.sock\": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService".into(),
            );
        }
        let instances = self.hardware.sysctls.get("fs.inotify.max_user_instances");
        if instances.and_then(|count| count.parse::<u32>().ok()).is_some_and(|count| count < FEW_INSTANCES) {
            return Some("\"Failed to start cAdvisor\" err=\"inotify_init: too many open files\"".into());
        }
        self.holder(10_250).map(|_| {
            "\"Failed to listen and serve\" err=\"listen tcp 0.0.0.0:10250: bind: address already in use\"".into()
        })
    }

    /// `systemd` or `cgroupfs`: the flag counts before the file, and the file before the kubelet's own default.
    pub(crate) fn kubelet_cgroup_driver(&self) -> &str {
        let flag =
            self.extra_args().split_whitespace().find_map(|flag| flag.strip_prefix("--cgroup-driver="));
        let config = self.disk.text(paths::KUBELET_CONFIG).unwrap_or_default();
        let file = || config.lines().find_map(|line| line.strip_prefix("cgroupDriver:")).map(str::trim);
        flag.or_else(file).unwrap_or("cgroupfs")
    }

    /// Why the runtime makes no sandbox for a pod of the kubelet's (runc's words, as the kubelet logs them).
    pub(super) fn sandbox_refused(&self) -> Option<String> {
        match (self.kubelet_cgroup_driver(), self.hardware.systemd_cgroup) {
            ("cgroupfs", true) => Some("\"Failed to create sandbox for pod\" err=\"rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: expected cgroupsPath to be of format \\\"slice:prefix:name\\\" for systemd cgroups, got \\\"/kubepods/burstable/pod6f1c/8b2d\\\" instead: unknown\"".into()),
            _ => None,
        }
    }
}
