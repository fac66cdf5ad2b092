//! `kubelet-finalize`: the kubelet's kubeconfig points to the certificate that the kubelet renews.

use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::{kubeconfig, paths};

pub(super) async fn run(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    // Nothing is done and nothing said while the kubelet has no certificate of its own (kubeadm.md §2.1).
    if !process.has(paths::KUBELET_CERT) {
        return Ok(());
    }
    process.say(format!(
        "[kubelet-finalize] Updating \"{}\" to point to a rotatable kubelet client certificate and key",
        paths::KUBELET
    ));
    process.work(300).await;
    let text = process.read(paths::KUBELET).ok_or_else(|| {
        Exit::phase(format!("could not load \"{0}\": open {0}: no such file or directory", paths::KUBELET))
    })?;
    process.write(paths::KUBELET, 0o600, kubeconfig::with_client_file(&text, paths::KUBELET_CERT));
    Ok(())
}
