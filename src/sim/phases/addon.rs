//! `addon`: `CoreDNS` and kube-proxy.

use super::upload::wrap;
use crate::sim::kubeadm::Outcome;
use crate::sim::kubeadm::run::Kubeadm;

pub(super) async fn apply(kubeadm: &Kubeadm, leaf: &str) -> Outcome {
    let cluster = kubeadm
        .admin("Post", "/api/v1/namespaces/kube-system/configmaps?timeout=10s")
        .await
        .map_err(wrap("unable to create ConfigMap"))?;
    kubeadm.process.work(450).await;
    let (name, objects): (&str, &[&str]) = match leaf {
        "coredns" => (
            "CoreDNS",
            &[
                "deployment/kube-system/coredns",
                "service/kube-system/kube-dns",
                "serviceaccount/kube-system/coredns",
            ],
        ),
        _ => ("kube-proxy", &["daemonset/kube-system/kube-proxy", "serviceaccount/kube-system/kube-proxy"]),
    };
    kubeadm.change(&cluster, |all| all.others.extend(objects.iter().map(|object| (*object).to_owned())));
    kubeadm.process.say(format!("[addons] Applied essential addon: {name}"));
    Ok(())
}
