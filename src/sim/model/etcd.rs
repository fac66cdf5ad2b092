//! etcd's processes: what a member's data directory says, and how a member starts.

use std::collections::BTreeSet;

use super::World;
use super::cluster::{Cluster, Member};
use crate::sim::jitter;

/// What lies in etcd's data directory here: the cluster and the member.
const ETCD_DB: &str = "/var/lib/etcd/member/snap/db";

impl World {
    /// etcd's first steps: its data directory, or a new cluster, or its place in an existing one.
    pub(super) fn start_etcd(&mut self, name: &str) -> Result<(), String> {
        let now = self.now;
        let node = self.nodes.get(name).ok_or("gone")?;
        let manifest = node.disk.text("/etc/kubernetes/manifests/etcd.yaml").unwrap_or_default().to_owned();
        let flag = |flag: &str| {
            let start = format!("- --{flag}=");
            manifest.lines().find_map(|line| line.trim().strip_prefix(&start)).unwrap_or_default().to_owned()
        };
        let (peer_url, member_name) = (flag("initial-advertise-peer-urls"), flag("name"));
        if let Some((cluster, id)) = self.membership(name) {
            let found =
                self.clusters.get_mut(&cluster).and_then(|c| c.members.iter_mut().find(|m| m.id == id));
            return match found {
                Some(member) => {
                    member.started_at = Some(now);
                    Ok(())
                }
                None => Err("the member has been permanently removed from the cluster".into()),
            };
        }
        let (cluster, id) = if flag("initial-cluster-state") == "existing" {
            let known = self.clusters.iter_mut().find_map(|(cluster, found)| {
                let member =
                    found.members.iter_mut().find(|m| m.peer_url == peer_url && m.name.is_empty())?;
                Some((cluster.clone(), member))
            });
            let (cluster, member) = known.ok_or("error validating peerURLs: member count is unequal")?;
            member.name = member_name;
            member.started_at = Some(now);
            (cluster, member.id.clone())
        } else {
            let cluster = jitter::hex(self.seed, &format!("cluster {name} {now}"), 8);
            let id = self.member_id(&peer_url);
            let member = Member {
                id: id.clone(),
                name: member_name,
                node: name.to_owned(),
                client_url: peer_url.replace(":2380", ":2379"),
                peer_url,
                learner: false,
                started_at: Some(now),
            };
            self.clusters.insert(cluster.clone(), Cluster { members: vec![member], ..Cluster::default() });
            (cluster, id)
        };
        if let Some(node) = self.nodes.get_mut(name) {
            node.disk.write(ETCD_DB, 0o600, format!("cluster={cluster} member={id}\n"));
        }
        Ok(())
    }

    /// A member id for `peer_url`, new each time.
    pub(crate) fn member_id(&self, peer_url: &str) -> String {
        jitter::hex(self.seed, &format!("member {peer_url} {}", self.now), 8)
    }

    /// The etcd cluster and member that a node's data directory belongs to.
    pub(crate) fn membership(&self, name: &str) -> Option<(String, String)> {
        let db = self.nodes.get(name)?.disk.text(ETCD_DB)?;
        let (cluster, member) = db.trim().strip_prefix("cluster=")?.split_once(" member=")?;
        Some((cluster.to_owned(), member.to_owned()))
    }

    /// Whether a member's process answers.
    pub(crate) fn member_answers(&self, member: &Member) -> bool {
        member.started_at.is_some()
            && self.nodes.get(&member.node).is_some_and(|node| node.pod_ready("etcd", self.now))
    }

    /// Whether the others reach a member, so that it gets what they write.
    pub(crate) fn member_is_reached(&self, member: &Member) -> bool {
        self.nodes.get(&member.node).is_some_and(|node| !node.drops(2380))
    }

    /// The members of a cluster, by their ids, that run and hear the others.
    pub(crate) fn members_up(&self, cluster: &str) -> BTreeSet<String> {
        let members = self.clusters.get(cluster).map(|found| found.members.as_slice()).unwrap_or_default();
        let up =
            members.iter().filter(|member| self.member_answers(member) && self.member_is_reached(member));
        up.map(|member| member.id.clone()).collect()
    }

    pub(super) fn local_store_answers(&self, name: &str) -> bool {
        let Some((cluster, id)) = self.membership(name) else { return false };
        let Some(cluster) = self.clusters.get(&cluster) else { return false };
        cluster.member(&id).is_some_and(|member| !member.learner && self.member_answers(member))
            && cluster.has_quorum(|member| self.member_answers(member))
    }

    pub(super) fn some_api_answers(&self, name: &str) -> bool {
        self.nodes.get(name).is_some_and(|node| node.pod_ready("kube-apiserver", self.now))
            && self.local_store_answers(name)
    }
}
