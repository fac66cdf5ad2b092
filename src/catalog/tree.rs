//! Which phases each release of kubeadm has, in the order in which it runs them.
//!
//! Only 1.20.2, 1.22, 1.31, 1.33 to 1.36 were seen as they are; the releases between them come from the release notes
//! (kubeadm.md §1). A node's own help wins over these tables, see [`super::effective`].

use serde::{Deserialize, Serialize};

use super::command::Command;
use crate::ids::PhaseId;
use crate::version::Version;

/// One phase of one release.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phase {
    /// `init/certs/ca`.
    pub id: PhaseId,
    /// Runs within the whole command and can be named in `--skip-phases`, but is no sub-command.
    pub hidden: bool,
    /// kubeadm says it will go away.
    pub deprecated: bool,
    /// Has sub-phases, which follow it in the list.
    pub group: bool,
}

/// A release, compared by minor and patch: `(33, 0)`.
type Release = (u16, u16);

const EVER: Release = (u16::MAX, 0);

/// A phase and the releases in which it is there, hidden, deprecated. Ends are exclusive.
#[derive(Debug, Clone, Copy)]
struct Row {
    path: &'static str,
    there: (Release, Release),
    hidden: (Release, Release),
    deprecated: Release,
}

const fn phase(path: &'static str) -> Row {
    Row { path, there: ((0, 0), EVER), hidden: (EVER, EVER), deprecated: EVER }
}

impl Row {
    const fn from(mut self, minor: u16) -> Self {
        self.there.0 = (minor, 0);
        self
    }

    const fn before(mut self, minor: u16) -> Self {
        self.there.1 = (minor, 0);
        self
    }

    const fn hidden(mut self, from: Release, before: Release) -> Self {
        self.hidden = (from, before);
        self
    }

    const fn deprecated(mut self, minor: u16) -> Self {
        self.deprecated = (minor, 0);
        self
    }
}

/// `kubeadm init`, kubeadm.md §1.1.
const INIT: &[Row] = &[
    phase("preflight"),
    phase("certs"),
    phase("certs/ca"),
    phase("certs/apiserver"),
    phase("certs/apiserver-kubelet-client"),
    phase("certs/front-proxy-ca"),
    phase("certs/front-proxy-client"),
    phase("certs/etcd-ca"),
    phase("certs/etcd-server"),
    phase("certs/etcd-peer"),
    phase("certs/etcd-healthcheck-client"),
    phase("certs/apiserver-etcd-client"),
    phase("certs/sa"),
    phase("kubeconfig"),
    phase("kubeconfig/admin"),
    phase("kubeconfig/super-admin").from(29),
    phase("kubeconfig/kubelet"),
    phase("kubeconfig/controller-manager"),
    phase("kubeconfig/scheduler"),
    // Until 1.27 the kubelet starts first and the manifests follow; since 1.28 they are there when it starts (#117984).
    phase("kubelet-start").before(28),
    phase("control-plane").before(28),
    phase("control-plane/apiserver").before(28),
    phase("control-plane/controller-manager").before(28),
    phase("control-plane/scheduler").before(28),
    phase("etcd"),
    phase("etcd/local"),
    phase("control-plane").from(28),
    phase("control-plane/apiserver").from(28),
    phase("control-plane/controller-manager").from(28),
    phase("control-plane/scheduler").from(28),
    phase("kubelet-start").from(28),
    phase("wait-control-plane").hidden((0, 0), (34, 0)),
    phase("upload-config"),
    phase("upload-config/kubeadm"),
    phase("upload-config/kubelet"),
    phase("upload-certs"),
    phase("mark-control-plane"),
    phase("bootstrap-token"),
    phase("kubelet-finalize"),
    phase("kubelet-finalize/enable-client-cert-rotation").from(31),
    phase("kubelet-finalize/experimental-cert-rotation").before(32).deprecated(31),
    phase("addon"),
    phase("addon/coredns"),
    phase("addon/kube-proxy"),
    phase("show-join-command").from(26),
];

/// `kubeadm join`, kubeadm.md §1.2. The first patch release of 1.33 that shows `etcd-join` is not known: it counts as
/// hidden there until the node's help shows it; 1.34.3 shows it.
const JOIN: &[Row] = &[
    phase("preflight"),
    phase("control-plane-prepare"),
    phase("control-plane-prepare/download-certs"),
    phase("control-plane-prepare/certs"),
    phase("control-plane-prepare/kubeconfig"),
    phase("control-plane-prepare/control-plane"),
    phase("check-etcd").hidden((0, 0), EVER),
    phase("kubelet-start"),
    phase("etcd-join").from(31).hidden((31, 0), (34, 3)),
    phase("kubelet-wait-bootstrap").from(31).hidden((31, 0), (35, 0)),
    phase("control-plane-join"),
    phase("control-plane-join/etcd").deprecated(33).hidden((35, 0), EVER),
    phase("control-plane-join/update-status").before(31).deprecated(22),
    phase("control-plane-join/mark-control-plane"),
    phase("wait-control-plane").from(30),
];

/// `kubeadm reset`, kubeadm.md §1.3.
const RESET: &[Row] = &[
    phase("preflight"),
    phase("update-cluster-status").before(23).deprecated(22),
    phase("remove-etcd-member"),
    phase("cleanup-node"),
];

const fn rows(command: Command) -> &'static [Row] {
    match command {
        Command::Init => INIT,
        Command::Join => JOIN,
        Command::Reset => RESET,
    }
}

/// The phases of `command` in the release `version`, in the order in which kubeadm runs them, groups before their
/// children, hidden ones included. Releases before 1.20 and after 1.36 get the nearest tree.
pub fn tree(command: Command, version: &Version) -> Vec<Phase> {
    let release = if version.major == 1 { (version.minor, version.patch) } else { (u16::MAX - 1, 0) };
    let within = |(from, before): (Release, Release)| from <= release && release < before;
    let there: Vec<&Row> = rows(command).iter().filter(|row| within(row.there)).collect();
    let is_child = |row: &Row, of: &str| row.path.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'));
    there
        .iter()
        .map(|row| Phase {
            id: command.phase(row.path),
            hidden: within(row.hidden),
            deprecated: release >= row.deprecated,
            group: there.iter().any(|other| is_child(other, row.path)),
        })
        .collect()
}

/// The leaves of `phase` in the release `version`, hidden ones left out: what `… all` runs. The phase itself when it is a
/// leaf; nothing when the release doesn't have it.
pub fn leaves(phase: &PhaseId, version: &Version) -> Vec<PhaseId> {
    let Some(command) = Command::of(phase) else { return Vec::new() };
    tree(command, version)
        .into_iter()
        .filter(|p| !p.group && (p.id == *phase || !p.hidden) && p.id.is_within(phase.as_str()))
        .map(|p| p.id)
        .collect()
}
