//! kubeadm's phases, acting on the simulated node and its cluster.

mod addon;
mod bootstrap_token;
mod certs;
pub(crate) mod discovery;
mod etcd_join;
pub(crate) mod finale;
mod join_prepare;
mod kubeconfigs;
mod kubelet_finalize;
mod kubelet_join;
mod kubelet_start;
mod manifests;
mod mark;
mod preflight;
pub(crate) mod reset;
mod static_pods;
mod upload;
pub(crate) mod vault;
mod wait;

use super::kubeadm::run::Kubeadm;
use super::kubeadm::{Exit, Outcome};
use crate::catalog::Command;

/// Runs the phase at `path`, a group or a leaf; groups say their heading.
pub(crate) async fn run(kubeadm: &Kubeadm, path: &str) -> Outcome {
    match kubeadm.command {
        Command::Init => init(kubeadm, path).await,
        Command::Join => join(kubeadm, path).await,
        Command::Reset => reset::run(kubeadm, path).await,
    }
}

async fn init(kubeadm: &Kubeadm, path: &str) -> Outcome {
    let (group, leaf) = path.split_once('/').unwrap_or((path, ""));
    match (group, leaf) {
        ("preflight", _) => preflight::init(kubeadm).await,
        ("certs", "") => {
            certs::heading(kubeadm);
            Ok(())
        }
        ("certs", leaf) => certs::one(kubeadm, leaf).await,
        ("kubeconfig", "") => {
            kubeconfigs::heading(kubeadm);
            Ok(())
        }
        ("kubeconfig", leaf) => kubeconfigs::one(kubeadm, leaf).await,
        ("kubelet-start", _) => kubelet_start::init(kubeadm).await,
        ("control-plane", "") => {
            static_pods::heading(kubeadm);
            Ok(())
        }
        ("control-plane", leaf) => static_pods::component(kubeadm, leaf).await,
        ("etcd", "local") => static_pods::local_etcd(kubeadm).await,
        ("wait-control-plane", _) => wait::init(kubeadm).await,
        ("upload-config", "kubeadm") => upload::kubeadm_config(kubeadm).await,
        ("upload-config", "kubelet") => upload::kubelet_config(kubeadm).await,
        ("upload-certs", _) => upload::certs(kubeadm).await,
        ("mark-control-plane", _) => mark::control_plane(kubeadm).await,
        ("bootstrap-token", _) => bootstrap_token::run(kubeadm).await,
        ("kubelet-finalize", "enable-client-cert-rotation" | "experimental-cert-rotation") => {
            kubelet_finalize::run(kubeadm).await
        }
        ("addon", "coredns" | "kube-proxy") => addon::apply(kubeadm, leaf).await,
        ("show-join-command", _) => finale::show_join_command(kubeadm),
        ("etcd" | "upload-config" | "kubelet-finalize" | "addon", "") => Ok(()),
        _ => Err(Exit::phase(format!("the simulated kubeadm has no phase {path}"))),
    }
}

async fn join(kubeadm: &Kubeadm, path: &str) -> Outcome {
    let local_mode = kubeadm.version.at_least(33);
    match path {
        "preflight" => preflight::join(kubeadm).await,
        "control-plane-prepare/download-certs" => join_prepare::download_certs(kubeadm).await,
        "control-plane-prepare/certs" => join_prepare::certs(kubeadm).await,
        "control-plane-prepare/kubeconfig" => join_prepare::kubeconfigs(kubeadm).await,
        "control-plane-prepare/control-plane" => join_prepare::manifests(kubeadm).await,
        "check-etcd" => etcd_join::check(kubeadm).await,
        "kubelet-start" => kubelet_join::start(kubeadm).await,
        "etcd-join" if local_mode => etcd_join::join(kubeadm).await,
        "kubelet-wait-bootstrap" if local_mode => kubelet_join::wait_bootstrap(kubeadm).await,
        "control-plane-join/etcd" if !local_mode => etcd_join::join(kubeadm).await,
        "control-plane-join/update-status" => etcd_join::update_status(kubeadm).await,
        "control-plane-join/mark-control-plane" => mark::joined(kubeadm).await,
        "wait-control-plane" => wait::join(kubeadm).await,
        // Groups without a heading, and phases that a feature gate turns into nothing (kubeadm.md §1.2).
        "control-plane-prepare"
        | "control-plane-join"
        | "etcd-join"
        | "kubelet-wait-bootstrap"
        | "control-plane-join/etcd" => Ok(()),
        _ => Err(Exit::phase(format!("the simulated kubeadm has no phase {path}"))),
    }
}
