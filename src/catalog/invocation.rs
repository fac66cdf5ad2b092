//! The command lines that run a phase alone, and the whole commands for what can't be run alone.

use super::command::Command;
use super::discovery::effective;
use super::knowledge::knowledge;
use super::tree::Phase;
use crate::ids::PhaseId;
use crate::version::Version;

/// Where things are on the node.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paths<'a> {
    /// kubeadm's configuration file.
    pub config: &'a str,
    /// The certificates' directory where it isn't `/etc/kubernetes/pki`.
    pub cert_dir: Option<&'a str>,
    /// The container runtime's socket, `unix:///run/containerd/containerd.sock`.
    pub cri_socket: Option<&'a str>,
}

/// Several phases in one whole command, because kubeadm does not offer all of them alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The first of them, which names the step.
    pub phase: PhaseId,
    /// All of them, in order; leaves.
    pub covers: Vec<PhaseId>,
    /// Everything after `kubeadm`.
    pub args: Vec<String>,
}

/// Everything after `kubeadm` to run `phase` alone. A known group runs with all its leaves; of a group that the catalog
/// doesn't know, run the leaves.
pub fn args(phase: &PhaseId, version: &Version, paths: &Paths<'_>) -> Vec<String> {
    let Some((command, path)) = phase.as_str().split_once('/') else { return Vec::new() };
    let mut args = words(&[command, "phase"]);
    args.extend(path.split('/').map(str::to_owned));
    args.extend(whole(phase.as_str()).map(str::to_owned));
    match phase.as_str() {
        // `certs sa` takes no --config before 1.31 (#125396).
        "init/certs/sa" if !version.at_least(31) => {
            args.extend(words(&["--cert-dir", paths.cert_dir.unwrap_or("/etc/kubernetes/pki")]));
        }
        // Neither takes any flag (kubeadm.md §1.1, §2.2).
        "init/wait-control-plane" | "init/show-join-command" | "join/wait-control-plane" => {}
        "reset/preflight" => args.push("--force".to_owned()),
        "reset/cleanup-node" => {
            if let Some(dir) = paths.cert_dir {
                args.extend(words(&["--cert-dir", dir]));
            }
            if let Some(socket) = paths.cri_socket {
                args.extend(words(&["--cri-socket", socket]));
            }
        }
        _ if command == "reset" => {}
        _ => args.extend(words(&["--config", paths.config])),
    }
    args.extend(match phase.as_str() {
        // Without the flag it skips itself, with exit status 0; the key must not be printed.
        "init/upload-certs" => words(&["--upload-certs", "--skip-certificate-key-print"]),
        "init/bootstrap-token" => words(&["--skip-token-print"]),
        _ => Vec::new(),
    });
    args
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The sub-command that runs all of a group; `etcd` has no `all`, only `local`.
fn whole(group: &str) -> Option<&'static str> {
    match group {
        "init/etcd" => Some("local"),
        "init/certs"
        | "init/kubeconfig"
        | "init/control-plane"
        | "init/upload-config"
        | "init/kubelet-finalize"
        | "init/addon"
        | "join/control-plane-prepare"
        | "join/control-plane-join" => Some("all"),
        _ => None,
    }
}

/// Whether [`args`] runs the whole of the group `phase` with one command.
pub fn runs_whole(phase: &PhaseId) -> bool {
    whole(phase.as_str()).is_some()
}

/// Why `phase` can't be a step of its own on a node whose help lists `discovered`; none when it can.
pub fn why_not_alone(phase: &PhaseId, version: &Version, discovered: &[PhaseId]) -> Option<&'static str> {
    let command = Command::of(phase)?;
    let tree = effective(command, version, discovered);
    let Some(found) = tree.iter().find(|p| p.id == *phase) else {
        return Some("this kubeadm has no such phase");
    };
    match phase.as_str() {
        "init/show-join-command" => return Some("it fails outside a whole `kubeadm init`"),
        "init/wait-control-plane" if !found.hidden => {
            return Some("alone it takes no configuration file, so that it may wait for the wrong address");
        }
        "join/wait-control-plane" => return Some("alone it does nothing, with exit status 0"),
        _ => {}
    }
    if found.hidden {
        return Some("it runs only within the whole command");
    }
    knowledge(phase, version)
        .filter(|known| known.no_op)
        .map(|_| "it does nothing in this release, with exit status 0")
}

/// Whether `phase` can be a step of its own on a node whose help lists `discovered`.
pub fn runnable_alone(phase: &PhaseId, version: &Version, discovered: &[PhaseId]) -> bool {
    why_not_alone(phase, version, discovered).is_none()
}

/// What a worker runs after `join/preflight`: the rest of `kubeadm join` at once. Since 1.35 a worker, which has no admin.conf,
/// can't wait for its kubelet's bootstrap with a phase of its own (kubeadm.md §2.4).
pub fn worker_tail(version: &Version, config: &str) -> Tail {
    let mut covers = vec![PhaseId::new("join/kubelet-start")];
    if version.at_least(33) {
        covers.push(PhaseId::new("join/kubelet-wait-bootstrap"));
    }
    let args = words(&["join", "--config", config, "--skip-phases=preflight"]);
    Tail { phase: PhaseId::new("join/kubelet-start"), covers, args }
}

/// What a joining control plane must run in one whole command because its kubeadm hides a part of it: from the first such
/// phase to the end. None where every phase can be run alone.
///
/// Needed from 1.33 on, where `control-plane-join etcd` does nothing any more while `etcd-join` and
/// `kubelet-wait-bootstrap`, which took over, are hidden in some patch releases (kubeadm#3262).
pub fn control_plane_tail(version: &Version, config: &str, discovered: &[PhaseId]) -> Option<Tail> {
    const TAKEN_OVER: [&str; 2] = ["join/etcd-join", "join/kubelet-wait-bootstrap"];
    if !version.at_least(33) {
        return None;
    }
    let tree = effective(Command::Join, version, discovered);
    let first = tree.iter().position(|p| p.hidden && TAKEN_OVER.contains(&p.id.as_str()))?;
    // Adding a member is when etcd's health matters.
    let wanted = |p: &&Phase| p.id.as_str() != "join/check-etcd" || tree[first].id.as_str() != TAKEN_OVER[0];
    let skipped: Vec<&str> = tree[..first]
        .iter()
        .filter(|p| p.id.parent().is_none())
        .filter(wanted)
        .map(|p| p.id.leaf())
        .collect();
    let does_nothing = |p: &Phase| knowledge(&p.id, version).is_some_and(|known| known.no_op);
    let covers: Vec<PhaseId> =
        tree[first..].iter().filter(|p| !p.group && !does_nothing(p)).map(|p| p.id.clone()).collect();
    let mut args = words(&["join", "--config", config]);
    args.push(format!("--skip-phases={}", skipped.join(",")));
    Some(Tail { phase: tree[first].id.clone(), covers, args })
}

/// Everything after `kubeadm` for a whole reset that asks nothing.
pub fn reset_args(cri_socket: Option<&str>) -> Vec<String> {
    let mut args = words(&["reset", "--force"]);
    if let Some(socket) = cri_socket {
        args.extend(words(&["--cri-socket", socket]));
    }
    args
}
