//! The preflight checks that our own finished phases make fail when preflight runs again (kubeadm.md §2.5).

use crate::ids::PhaseId;
use crate::version::Version;

const MANIFESTS: &str = "FileAvailable--etc-kubernetes-manifests-";

/// The names for `ignorePreflightErrors`, exactly those that `finished` cause on this node; sorted by cause, never `all`.
///
/// `finished` may name groups. `bind_port` is the API server's. The names with ports count once the kubelet was started, for
/// nothing listens before that.
pub fn ignores_after(
    finished: &[PhaseId],
    version: &Version,
    control_plane: bool,
    bind_port: u16,
) -> Vec<String> {
    let done = |path: &str| finished.iter().any(|id| PhaseId::new(path).is_within(id.as_str()));
    let any = |paths: &[&str]| paths.iter().any(|path| done(path));
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: String| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    let kubelet = any(&["init/kubelet-start", "join/kubelet-start"]);
    let members: [(&[&str], &str, &[u16]); 4] = [
        (
            &["init/control-plane/apiserver", "join/control-plane-prepare/control-plane"],
            "kube-apiserver",
            &[bind_port],
        ),
        (
            &["init/control-plane/controller-manager", "join/control-plane-prepare/control-plane"],
            "kube-controller-manager",
            &[10257],
        ),
        (
            &["init/control-plane/scheduler", "join/control-plane-prepare/control-plane"],
            "kube-scheduler",
            &[10259],
        ),
        (&["init/etcd/local", "join/etcd-join", "join/control-plane-join/etcd"], "etcd", &[2379, 2380]),
    ];
    for (phases, name, ports) in members {
        if !any(phases) {
            continue;
        }
        add(format!("{MANIFESTS}{name}.yaml"));
        if kubelet {
            for port in ports {
                add(format!("Port-{port}"));
            }
        }
        if name == "etcd" && kubelet {
            add("DirAvailable--var-lib-etcd".to_owned());
        }
    }
    if done("join/control-plane-prepare/control-plane") && !version.at_least(23) {
        add("DirAvailable--etc-kubernetes-manifests".to_owned());
    }
    if kubelet {
        add("Port-10250".to_owned());
    }
    if done("join/kubelet-start") {
        add("FileAvailable--etc-kubernetes-kubelet.conf".to_owned());
        add("FileAvailable--etc-kubernetes-bootstrap-kubelet.conf".to_owned());
        if !control_plane {
            add("FileAvailable--etc-kubernetes-pki-ca.crt".to_owned());
        }
    }
    names
}
