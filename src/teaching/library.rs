//! The files, which are part of the program.

use std::sync::LazyLock;

use super::explanation::Explanation;
use super::idea::Idea;
use crate::ids::PhaseId;

macro_rules! files {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!($folder, "/", $name, ".yaml")))),+]
    };
}

/// Text by phase, in the order of kubeadm's newest tree.
const PHASES: &[(&str, &str)] = &files![
    "phases":
    "init/preflight",
    "init/certs",
    "init/certs/ca",
    "init/certs/apiserver",
    "init/certs/apiserver-kubelet-client",
    "init/certs/front-proxy-ca",
    "init/certs/front-proxy-client",
    "init/certs/etcd-ca",
    "init/certs/etcd-server",
    "init/certs/etcd-peer",
    "init/certs/etcd-healthcheck-client",
    "init/certs/apiserver-etcd-client",
    "init/certs/sa",
    "init/kubeconfig",
    "init/kubeconfig/admin",
    "init/kubeconfig/super-admin",
    "init/kubeconfig/kubelet",
    "init/kubeconfig/controller-manager",
    "init/kubeconfig/scheduler",
    "init/kubelet-start",
    "init/control-plane",
    "init/control-plane/apiserver",
    "init/control-plane/controller-manager",
    "init/control-plane/scheduler",
    "init/etcd",
    "init/etcd/local",
    "init/wait-control-plane",
    "init/upload-config",
    "init/upload-config/kubeadm",
    "init/upload-config/kubelet",
    "init/upload-certs",
    "init/mark-control-plane",
    "init/bootstrap-token",
    "init/kubelet-finalize",
    "init/kubelet-finalize/enable-client-cert-rotation",
    "init/kubelet-finalize/experimental-cert-rotation",
    "init/addon",
    "init/addon/coredns",
    "init/addon/kube-proxy",
    "init/show-join-command",
    "join/preflight",
    "join/control-plane-prepare",
    "join/control-plane-prepare/download-certs",
    "join/control-plane-prepare/certs",
    "join/control-plane-prepare/kubeconfig",
    "join/control-plane-prepare/control-plane",
    "join/check-etcd",
    "join/kubelet-start",
    "join/etcd-join",
    "join/kubelet-wait-bootstrap",
    "join/control-plane-join",
    "join/control-plane-join/etcd",
    "join/control-plane-join/update-status",
    "join/control-plane-join/mark-control-plane",
    "join/wait-control-plane",
    "reset/preflight",
    "reset/update-cluster-status",
    "reset/remove-etcd-member",
    "reset/cleanup-node",
];

/// Text by idea, in the order in which to read them.
const IDEAS: &[(&str, &str)] = &files![
    "ideas":
    "authorities",
    "certificates",
    "static-pods",
    "quorum",
    "endpoint",
    "admins",
    "tls-bootstrap",
    "certificate-key",
    "labels-and-taints",
    "cluster-network",
];

/// They are the same in every process, and `tests/teaching.rs` reads each of them.
static EXPLANATIONS: LazyLock<Vec<Explanation>> =
    LazyLock::new(|| PHASES.iter().filter_map(|(_, text)| serde_yaml::from_str(text).ok()).collect());

static ALL_IDEAS: LazyLock<Vec<Idea>> =
    LazyLock::new(|| IDEAS.iter().filter_map(|(_, text)| serde_yaml::from_str(text).ok()).collect());

/// What is told of every phase.
pub fn explanations() -> &'static [Explanation] {
    &EXPLANATIONS
}

/// What is told of `phase`; none for phases that kubestep doesn't know.
pub fn explanation(phase: &PhaseId) -> Option<&'static Explanation> {
    EXPLANATIONS.iter().find(|explanation| explanation.phase == phase.as_str())
}

/// All ideas.
pub fn ideas() -> &'static [Idea] {
    &ALL_IDEAS
}

/// The idea of that name.
pub fn idea(name: &str) -> Option<&'static Idea> {
    ALL_IDEAS.iter().find(|idea| idea.idea == name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_can_be_read_and_is_named_by_what_it_is_about() {
        for (name, text) in PHASES {
            let read: Explanation = serde_yaml::from_str(text).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(read.phase, *name);
        }
        for (name, text) in IDEAS {
            let read: Idea = serde_yaml::from_str(text).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(read.idea, *name);
        }
    }

    #[test]
    fn no_file_is_left_out() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/teaching");
        let mut there = BTreeSet::new();
        let mut folders = vec![root.join("phases"), root.join("ideas")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    there.insert(path.strip_prefix(&root).unwrap().display().to_string());
                }
            }
        }
        let phases = PHASES.iter().map(|(name, _)| format!("phases/{name}.yaml"));
        let listed: BTreeSet<String> =
            phases.chain(IDEAS.iter().map(|(name, _)| format!("ideas/{name}.yaml"))).collect();
        assert_eq!(listed, there);
    }
}
