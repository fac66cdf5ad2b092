//! `mark-control-plane`: labels and the taint.

use super::upload::wrap;
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::objects::Taint;

const MASTER: &str = "node-role.kubernetes.io/master";
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";
const NO_BALANCER: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

pub(super) async fn control_plane(kubeadm: &Kubeadm) -> Outcome {
    mark(kubeadm).await
}

/// The same at the end of a control plane's join.
pub(super) async fn joined(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane {
        return Ok(());
    }
    if !kubeadm.whole {
        super::discovery::with_admin(kubeadm).await?;
    }
    mark(kubeadm).await.map_err(wrap("error applying control-plane label and taints"))
}

async fn mark(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let name = &kubeadm.config.node.name;
    let cluster = kubeadm.admin("Get", &format!("/api/v1/nodes/{name}?timeout=10s")).await?;
    let minor = kubeadm.version.minor;
    let (labels, shown): (Vec<&str>, String) = match minor {
        ..=20 => (
            vec![MASTER, CONTROL_PLANE],
            format!("labels \"{MASTER}=''\" and \"{CONTROL_PLANE}='' (deprecated)\""),
        ),
        21..=23 => (
            vec![MASTER, CONTROL_PLANE, NO_BALANCER],
            format!("labels: [{MASTER}(deprecated) {CONTROL_PLANE} {NO_BALANCER}]"),
        ),
        _ => (vec![CONTROL_PLANE, NO_BALANCER], format!("labels: [{CONTROL_PLANE} {NO_BALANCER}]")),
    };
    let keys: &[&str] = match minor {
        ..=23 => &[MASTER],
        24 => &[MASTER, CONTROL_PLANE],
        _ => &[CONTROL_PLANE],
    };
    let own = || {
        keys.iter().map(|key| Taint { key: (*key).into(), value: String::new(), effect: "NoSchedule".into() })
    };
    let taints: Vec<Taint> = kubeadm.config.node.taints.clone().unwrap_or_else(|| own().collect());
    process
        .say(format!("[mark-control-plane] Marking the node {name} as control-plane by adding the {shown}"));
    if !taints.is_empty() {
        let texts: Vec<String> = taints.iter().map(Taint::text).collect();
        process.say(format!(
            "[mark-control-plane] Marking the node {name} as control-plane by adding the taints [{}]",
            texts.join(" ")
        ));
    }
    process.work(150).await;
    let found = process
        .poll(500, 120_000, |world| {
            let object = world.clusters.get_mut(&cluster)?.objects.nodes.get_mut(name)?;
            for label in &labels {
                object.labels.insert((*label).to_owned(), String::new());
            }
            for taint in &taints {
                if !object.taints.contains(taint) {
                    object.taints.push(taint.clone());
                }
            }
            Some(())
        })
        .await;
    found.ok_or_else(|| Exit::phase(format!("nodes \"{name}\" not found")))
}
