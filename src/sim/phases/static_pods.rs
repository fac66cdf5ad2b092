//! `control-plane` and `etcd`: the manifests from which the kubelet runs the control plane.

use super::manifests::{self, Site};
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::paths;

pub(super) fn heading(kubeadm: &Kubeadm) {
    kubeadm.process.say(format!("[control-plane] Using manifest folder \"{}\"", paths::MANIFESTS));
}

impl Kubeadm {
    /// What manifests are made from.
    pub(super) fn site(&self) -> Outcome<Site<'_>> {
        Ok(Site { cluster: self.cluster()?, node: &self.config.node, version: &self.version })
    }
}

/// The manifest of `apiserver`, `controller-manager` or `scheduler`.
pub(super) async fn component(kubeadm: &Kubeadm, leaf: &str) -> Outcome {
    let component = format!("kube-{leaf}");
    kubeadm.process.work(60).await;
    let site = kubeadm.site()?;
    let text = match leaf {
        "apiserver" => manifests::api_server(&site),
        "controller-manager" => manifests::controller_manager(&site),
        "scheduler" => manifests::scheduler(&site),
        _ => return Err(Exit::phase(format!("couldn't retrieve StaticPodSpec for \"{component}\""))),
    };
    kubeadm.process.say(format!("[control-plane] Creating static Pod manifest for \"{component}\""));
    kubeadm.process.write(&format!("{}/{component}.yaml", paths::MANIFESTS), 0o600, text);
    Ok(())
}

/// The manifest of a new cluster's first member.
pub(super) async fn local_etcd(kubeadm: &Kubeadm) -> Outcome {
    kubeadm.process.work(60).await;
    let site = kubeadm.site()?;
    let peer = manifests::peer_url(&site.node.advertise);
    let text = manifests::etcd(&site, &[(site.node.name.clone(), peer)], false);
    let words = format!("[etcd] Creating static Pod manifest for local etcd in \"{}\"", paths::MANIFESTS);
    kubeadm.process.say(words);
    kubeadm.process.write(&format!("{}/etcd.yaml", paths::MANIFESTS), 0o600, text);
    Ok(())
}
