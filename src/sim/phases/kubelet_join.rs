//! `kubelet-start` of join: the kubelet gets its certificate in exchange for the token.

use super::discovery::{joined, with_admin};
use super::kubelet_start;
use super::upload::annotate_socket;
use crate::sim::kubeadm::config::local_server;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::kubeconfig::{self, Credentials};
use crate::sim::model::paths;

/// Between two looks for kubelet.conf.
const LOOK_MS: u64 = 1_000;
/// kubeadm's words when the kubelet doesn't get its certificate.
const FAILED: &str = "\nUnfortunately, an error has occurred:\n\ttimed out waiting for the condition\n\nThis error is likely caused by:\n\t- The kubelet is not running\n\t- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)\n\nIf you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:\n\t- 'systemctl status kubelet'\n\t- 'journalctl -xeu kubelet'";

pub(super) async fn start(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let found = joined(kubeadm).await?;
    // Since 1.33 a control plane's kubelet speaks to the API server beside it (#129956).
    let local_mode = kubeadm.version.at_least(33) && kubeadm.config.join.control_plane;
    let node = &kubeadm.config.node;
    let server = if local_mode { local_server(&node.advertise, node.port) } else { found.server.clone() };
    let token = Credentials::Token(kubeadm.config.join.bootstrap_token.clone());
    process.write(
        paths::BOOTSTRAP,
        0o600,
        kubeconfig::render(&server, "kubernetes", "tls-bootstrap-token-user", &found.ca, &token),
    );
    if !process.has("/etc/kubernetes/pki/ca.crt") {
        process.write("/etc/kubernetes/pki/ca.crt", 0o644, found.ca.clone());
    }
    let outcome = bootstrap(kubeadm, &found.cluster_id, local_mode).await;
    if !(local_mode || kubeadm.version.at_least(35)) || outcome.is_err() {
        process.on_node(|node| node.disk.remove(paths::BOOTSTRAP));
    }
    outcome
}

async fn bootstrap(kubeadm: &Kubeadm, id: &str, local_mode: bool) -> Outcome {
    let process = &kubeadm.process;
    let name = &kubeadm.config.node.name;
    let taken = kubeadm.look(id, |cluster| cluster.objects.nodes.get(name).is_some_and(|node| node.ready));
    if taken {
        return Err(Exit::phase(format!(
            "a Node with name \"{name}\" and status \"Ready\" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node"
        )));
    }
    process.on_node(|node| node.kubelet.stop());
    process.work(250).await;
    kubelet_start::write_config(process, kubeadm.cluster()?);
    kubelet_start::write_flags(
        process,
        &kubeadm.config.node,
        !kubeadm.config.join.control_plane,
        &kubeadm.version,
    );
    kubelet_start::start(process, &kubeadm.version).await;
    if local_mode || kubeadm.version.at_least(35) {
        return Ok(());
    }
    wait_for_certificate(kubeadm).await?;
    annotate_socket(kubeadm, id).await
}

/// Waits for kubelet.conf with the words of the release.
async fn wait_for_certificate(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let node = process.node.clone();
    let there = |world: &mut crate::sim::model::World| {
        world.nodes.get(&node).is_some_and(|node| node.disk.has(paths::KUBELET)).then_some(())
    };
    let timeout = kubeadm.config.join.bootstrap_timeout;
    let found = if kubeadm.version.at_least(30) {
        kubeadm.wait_for_kubelet().await?;
        process.say("[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap");
        process.poll(LOOK_MS, timeout, there).await
    } else {
        process.say("[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap...");
        kubeadm.wait_with_kubelet(LOOK_MS, timeout, there).await
    };
    if found.is_none() {
        process.say(FAILED);
        return Err(Exit::phase("timed out waiting for the condition"));
    }
    Ok(())
}

/// `kubelet-wait-bootstrap`: the second half of kubelet-start, since 1.33 for control planes, since 1.35 for all.
pub(super) async fn wait_bootstrap(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane && !kubeadm.version.at_least(35) {
        return Ok(());
    }
    let id = if kubeadm.whole {
        joined(kubeadm).await?.cluster_id.clone()
    } else {
        with_admin(kubeadm).await?.cluster_id.clone()
    };
    wait_for_certificate(kubeadm).await?;
    kubeadm.process.on_node(|node| node.disk.remove(paths::BOOTSTRAP));
    annotate_socket(kubeadm, &id).await
}
