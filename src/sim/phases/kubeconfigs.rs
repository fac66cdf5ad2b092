//! `kubeconfig`: who may speak to the API server, and where it is.

use super::certs::load;
use crate::sim::kubeadm::config::local_server;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::kubeconfig::{self, Credentials};
use crate::sim::model::pki::{self, Subject, Validity};

pub(super) fn heading(kubeadm: &Kubeadm) {
    kubeadm.process.say("[kubeconfig] Using kubeconfig folder \"/etc/kubernetes\"");
}

/// One kubeconfig: `admin`, `super-admin`, `kubelet`, `controller-manager` or `scheduler`.
pub(super) async fn one(kubeadm: &Kubeadm, leaf: &str) -> Outcome {
    let process = &kubeadm.process;
    process.work(110).await;
    let node = &kubeadm.config.node;
    let cluster = kubeadm.cluster()?;
    let endpoint = cluster.server(&node.advertise, node.port);
    let local = local_server(&node.advertise, node.port);
    let kubelet_user = format!("system:node:{}", node.name);
    // The group's rights are bound by the first API phase since 1.29 (#121305).
    let admins = if kubeadm.version.at_least(29) { "kubeadm:cluster-admins" } else { "system:masters" };
    let (user, organization, server) = match leaf {
        "admin" => ("kubernetes-admin", Some(admins), &endpoint),
        "super-admin" => ("kubernetes-super-admin", Some("system:masters"), &endpoint),
        // On control planes the kubelet speaks to the API server beside it, by default since 1.33 (#129956).
        "kubelet" if kubeadm.version.at_least(33) => (kubelet_user.as_str(), Some("system:nodes"), &local),
        "kubelet" => (kubelet_user.as_str(), Some("system:nodes"), &endpoint),
        "controller-manager" => ("system:kube-controller-manager", None, &local),
        "scheduler" => ("system:kube-scheduler", None, &local),
        _ => return Err(Exit::phase(format!("no kubeconfig {leaf}"))),
    };
    let ca = load(process, "ca").ok_or_else(|| {
        Exit::phase(
            "couldn't create a kubeconfig; the CA files couldn't be loaded: failed to load certificate: couldn't load the certificate file /etc/kubernetes/pki/ca.crt: open /etc/kubernetes/pki/ca.crt: no such file or directory",
        )
    })?;
    let path = format!("/etc/kubernetes/{leaf}.conf");
    if let Some(existing) = process.read(&path).and_then(|text| kubeconfig::parse(&text)) {
        if existing.ca.trim() != ca.cert.trim() {
            return Err(Exit::phase(format!(
                "a kubeconfig file \"{path}\" exists already but has got the wrong CA cert"
            )));
        }
        if existing.server != *server {
            process.log('W', "kubeconfig.go:246", &format!(
                "a kubeconfig file \"{path}\" exists already but has an unexpected API Server URL: expected: {server}, got: {}",
                existing.server
            ));
        }
        process.say(format!("[kubeconfig] Using existing kubeconfig file: \"{path}\""));
        return Ok(());
    }
    let subject = Subject {
        common_name: user,
        organizations: organization.into_iter().collect(),
        client: true,
        ..Subject::default()
    };
    let pair = pki::sign(&ca, &subject, Validity::leaf(process.store.now()))?;
    process.say(format!("[kubeconfig] Writing \"{leaf}.conf\" kubeconfig file"));
    process.write(
        &path,
        0o600,
        kubeconfig::render(server, "kubernetes", user, &ca.cert, &Credentials::Embedded(pair)),
    );
    Ok(())
}
