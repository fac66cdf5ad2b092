//! `check-etcd` and the etcd join: a new member is announced, started, and becomes a voter.

use super::discovery::{joined, with_admin};
use super::manifests::{self, peer_url};
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::World;
use crate::sim::model::cluster::Refused;
use crate::sim::model::paths;

/// How long a call to etcd may take, with its retries (kubeadm.md §6).
const ETCD_CALL_MS: u64 = 120_000;

async fn cluster_id(kubeadm: &Kubeadm) -> Outcome<String> {
    let found = if kubeadm.whole { joined(kubeadm).await? } else { with_admin(kubeadm).await? };
    Ok(found.cluster_id.clone())
}

pub(super) async fn check(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane {
        return Ok(());
    }
    let id = cluster_id(kubeadm).await?;
    kubeadm.process.say("[check-etcd] Checking that the etcd cluster is healthy");
    kubeadm.process.work(400).await;
    let healthy = kubeadm
        .process
        .poll(1_000, 40_000, |world| {
            world
                .clusters
                .get(&id)
                .is_some_and(|cluster| cluster.members.iter().all(|member| world.member_answers(member)))
                .then_some(())
        })
        .await;
    healthy.ok_or_else(|| Exit::phase("etcd cluster is not healthy: context deadline exceeded"))
}

/// Learners came as an alpha in 1.27 and are the default since 1.29 (kubeadm.md §8).
fn learner(kubeadm: &Kubeadm) -> bool {
    kubeadm.version.at_least(29)
}

/// Whether a member of an earlier try is taken up again: not by learners before 1.32 (#127491).
fn tolerates_existing(kubeadm: &Kubeadm) -> bool {
    !learner(kubeadm) || kubeadm.version.at_least(32)
}

pub(super) async fn join(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane {
        return Ok(());
    }
    let process = &kubeadm.process;
    let id = cluster_id(kubeadm).await?;
    process.work(600).await;
    let peer = peer_url(&kubeadm.config.node.advertise);
    let name = kubeadm.config.node.name.clone();
    let failed =
        |words: String| Exit::phase(format!("error creating local etcd static pod manifest file: {words}"));
    announce(kubeadm, &id, &peer).await.map_err(|refused| failed(refused.to_string()))?;
    let members = kubeadm.look(&id, |cluster| {
        let known =
            cluster.members.iter().filter(|member| !member.name.is_empty() && member.peer_url != peer);
        known
            .map(|member| (member.name.clone(), member.peer_url.clone()))
            .chain([(name, peer.clone())])
            .collect::<Vec<_>>()
    });
    process.say("[etcd] Creating static Pod manifest for \"etcd\"");
    let text = manifests::etcd(&kubeadm.site()?, &members, true);
    process.work(80).await;
    process.write(&format!("{}/etcd.yaml", paths::MANIFESTS), 0o600, text);
    if learner(kubeadm) {
        promote(kubeadm, &id, &peer).await.map_err(|refused| failed(refused.to_string()))?;
    }
    process.say("[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s");
    let available = process
        .poll(1_000, 40_000, |world| {
            let cluster = world.clusters.get(&id)?;
            cluster.members.iter().all(|member| world.member_answers(member)).then_some(())
        })
        .await;
    available.ok_or_else(|| failed("timeout waiting for etcd cluster to be available".into()))
}

async fn announce(kubeadm: &Kubeadm, id: &str, peer: &str) -> Result<(), Refused> {
    let process = &kubeadm.process;
    let node = process.node.clone();
    let existing = kubeadm.look(id, |cluster| cluster.members.iter().any(|member| member.peer_url == peer));
    if existing && tolerates_existing(kubeadm) {
        return Ok(());
    }
    let mut last = Refused::PeerUrlsExist;
    let added = process
        .poll(2_000, ETCD_CALL_MS, |world: &mut World| {
            let member = world.member_id(peer);
            let cluster = world.clusters.get_mut(id)?;
            match cluster.add(member, &node, peer, learner(kubeadm)) {
                Ok(()) => Some(Ok(())),
                // Retried until the call's time is up, in the hope that the other learner is promoted meanwhile.
                Err(refused) => {
                    last = refused;
                    None
                }
            }
        })
        .await;
    match added {
        Some(result) => result?,
        None => return Err(last),
    }
    process.say("[etcd] Announced new etcd member joining to the existing etcd cluster");
    Ok(())
}

/// Asks for the vote until the member is in sync; each refusal is a line of the etcd client's own log.
async fn promote(kubeadm: &Kubeadm, id: &str, peer: &str) -> Result<(), Refused> {
    let process = &kubeadm.process;
    let mut waited = 0;
    loop {
        let outcome = process.world(|world| {
            let now = world.now;
            let settled = world.span(1_500);
            let member =
                world.clusters.get(id)?.members.iter().find(|member| member.peer_url == peer)?.clone();
            let in_sync = world.member_answers(&member)
                && world.member_is_reached(&member)
                && member.started_at.is_some_and(|at| now - at > settled);
            let cluster = world.clusters.get_mut(id)?;
            Some(if member.learner { cluster.promote(&member.id, in_sync) } else { Ok(()) })
        });
        match outcome.unwrap_or(Err(Refused::NotFound)) {
            Ok(()) => return Ok(()),
            Err(refused) if waited >= ETCD_CALL_MS => return Err(refused),
            Err(refused) => {
                let at = jiff::Timestamp::from_millisecond(process.store.now()).unwrap_or_default();
                process.err(format!(
                    "{{\"level\":\"warn\",\"ts\":\"{at}\",\"logger\":\"etcd-client\",\"caller\":\"v3@v3.5.10/retry_interceptor.go:62\",\"msg\":\"retrying of unary invoker failed\",\"target\":\"etcd-endpoints://0xc000/{}\",\"attempt\":0,\"error\":\"rpc error: code = FailedPrecondition desc = {refused}\"}}",
                    peer.trim_start_matches("https://").replace(":2380", ":2379")
                ));
                let pause = if waited < 2_000 { 500 } else { 1_000 };
                process.wait(pause).await;
                waited += pause;
            }
        }
    }
}

/// A real change until 1.21, nothing but a word since (kubeadm.md §1.2).
pub(super) async fn update_status(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.config.join.control_plane {
        return Ok(());
    }
    if kubeadm.version.at_least(22) {
        kubeadm.process.say("The 'update-status' phase is deprecated and will be removed in a future release. Currently it performs no operation");
        return Ok(());
    }
    cluster_id(kubeadm).await?;
    kubeadm.process.say("[upload-config] Storing the configuration used in ConfigMap \"kubeadm-config\" in the \"kube-system\" Namespace");
    kubeadm.process.work(150).await;
    Ok(())
}
