//! The kubelet as a process: started, sound or crash-looping, and what its files tell it.

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::kubeconfig::{self, Parsed};
use super::pods::scaled;
use super::{Hardware, paths};

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
            (false, _) => "inactive",
            (true, true) => "active",
            (true, false) => "activating",
        }
    }

    /// One look of the kubelet and systemd at the world.
    pub(crate) fn tick(&mut self, disk: &Disk, hardware: &Hardware, now: i64, pace: f64) {
        if !self.wanted || now < self.retry_at {
            return;
        }
        if self.broken.as_ref().and_then(|broken| broken.until).is_some_and(|until| until <= now) {
            self.broken = None;
        }
        match trouble(self, disk, hardware) {
            None if self.healthy_at.is_none() => {
                self.trouble = None;
                self.healthy_at = Some(now + scaled(1_100, pace));
            }
            None => {}
            // A kubelet that runs doesn't look at its credentials or at swap again.
            Some(_) if self.healthy_at.is_some() && self.broken.is_none() => {}
            Some(words) => {
                self.healthy_at = None;
                self.restarts += 1;
                self.trouble = Some(words);
                // RestartSec of the package's unit.
                self.retry_at = now + scaled(10_000, pace);
            }
        }
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

/// Why the kubelet's process ends at once, in its own words.
fn trouble(kubelet: &Kubelet, disk: &Disk, hardware: &Hardware) -> Option<String> {
    if let Some(broken) = &kubelet.broken {
        return Some(broken.words.clone());
    }
    let Some(config) = disk.text(paths::KUBELET_CONFIG) else {
        return Some(format!(
            "failed to load kubelet config file, path: {0}, error: failed to load Kubelet config file {0}, error failed to read kubelet config file \"{0}\", error: open {0}: no such file or directory",
            paths::KUBELET_CONFIG
        ));
    };
    if !disk.has(paths::KUBELET) && !disk.has(paths::BOOTSTRAP) {
        return Some(format!(
            "failed to run Kubelet: unable to load bootstrap kubeconfig: stat {}: no such file or directory",
            paths::BOOTSTRAP
        ));
    }
    if !hardware.swap.is_empty() && !config.contains("failSwapOn: false") {
        return Some(
            "failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false".into(),
        );
    }
    if !hardware.cri_answers {
        return Some(
            "failed to run Kubelet: validate service connection: CRI v1 runtime API is not implemented for endpoint \"unix:///run/containerd/containerd.sock\"".into(),
        );
    }
    None
}
