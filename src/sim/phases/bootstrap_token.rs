//! `bootstrap-token`: the token, the rights that go with it, and what joining nodes read without credentials.

use super::upload::wrap;
use crate::sim::jitter;
use crate::sim::kubeadm::Outcome;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::model::kubeconfig::{self};
use crate::sim::model::objects::{AUTO_APPROVE, CLUSTER_INFO, NODE_BOOTSTRAPPER};
use crate::sim::model::paths;

/// A token of the right shape.
pub(super) fn made_up(seed: u64, what: &str) -> String {
    format!(
        "{}.{}",
        jitter::hex(seed, &format!("token id {what}"), 3),
        jitter::hex(seed, &format!("token {what}"), 8)
    )
}

pub(super) async fn run(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let cluster = kubeadm
        .admin("Get", "/api/v1/namespaces/kube-system/secrets?timeout=10s")
        .await
        .map_err(wrap("error updating or creating token"))?;
    let now = process.store.now();
    let mut tokens = kubeadm.config.tokens.clone();
    if tokens.is_empty() {
        let seed = process.world(|world| world.seed);
        tokens.push((made_up(seed, &format!("{now} {}", process.pid)), 86_400_000));
    }
    if !kubeadm.args.has("skip-token-print") {
        match tokens.as_slice() {
            [(token, _)] => process.say(format!("[bootstrap-token] Using token: {token}")),
            many => {
                let list: Vec<&str> = many.iter().map(|(token, _)| token.as_str()).collect();
                process.say(format!("[bootstrap-token] Using tokens: [{}]", list.join(" ")));
            }
        }
    }
    process.say("[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles");
    process.work(200).await;
    kubeadm.change(&cluster, |objects| {
        for (token, ttl) in &tokens {
            objects.put_token(token, (*ttl > 0).then_some(now + ttl), "");
        }
    });
    let word = if kubeadm.version.at_least(24) { "Configured" } else { "configured" };
    let rights: [(&str, &str); 4] = [
        ("to allow Node Bootstrap tokens to get nodes", "clusterrolebinding/kubeadm:get-nodes"),
        (
            "to allow Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials",
            NODE_BOOTSTRAPPER,
        ),
        (
            "to allow the csrapprover controller automatically approve CSRs from a Node Bootstrap Token",
            AUTO_APPROVE,
        ),
        (
            "to allow certificate rotation for all node client certificates in the cluster",
            "clusterrolebinding/kubeadm:node-autoapprove-certificate-rotation",
        ),
    ];
    for (what, object) in rights {
        process.say(format!("[bootstrap-token] {word} RBAC rules {what}"));
        process.work(60).await;
        kubeadm.change(&cluster, |objects| {
            objects.others.insert(object.into());
        });
    }
    process.say("[bootstrap-token] Creating the \"cluster-info\" ConfigMap in the \"kube-public\" namespace");
    process.work(90).await;
    let admin = process.read(paths::ADMIN).and_then(|text| kubeconfig::parse(&text)).unwrap_or_default();
    let info = kubeconfig::nobodys(&admin.server, &admin.ca);
    kubeadm.change(&cluster, |objects| {
        objects.config_maps.insert(CLUSTER_INFO.into(), [("kubeconfig".to_owned(), info)].into());
        objects.others.insert("rolebinding/kube-public/kubeadm:bootstrap-signer-clusterinfo".into());
    });
    if let Some((token, _)) = tokens.into_iter().next() {
        let _ = kubeadm.made_token.set(token);
    }
    Ok(())
}
