//! An etcd cluster: its members, and the API objects that live in it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::objects::Objects;

/// One member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    /// Sixteen hex digits.
    pub(crate) id: String,
    /// Empty until the member has started once.
    pub(crate) name: String,
    /// The machine it runs on.
    pub(crate) node: String,
    pub(crate) peer_url: String,
    pub(crate) client_url: String,
    pub(crate) learner: bool,
    /// When it was last seen to come up, milliseconds since 1970.
    pub(crate) started_at: Option<i64>,
}

/// Why etcd refuses a change of members; the words are etcd's own (`api/v3rpc/rpctypes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("etcdserver: Peer URLs already exists")]
    PeerUrlsExist,
    #[error("etcdserver: too many learner members in cluster")]
    TooManyLearners,
    #[error("etcdserver: can only promote a learner member which is in sync with leader")]
    LearnerNotReady,
    #[error("etcdserver: member not found")]
    NotFound,
    #[error("etcdserver: unhealthy cluster")]
    Unhealthy,
}

/// An etcd cluster, known by its id for as long as a data directory of it is left.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) members: Vec<Member>,
    pub(crate) objects: Objects,
    /// Since when too few voters answer.
    pub(crate) without_quorum_since: Option<i64>,
}

impl Cluster {
    pub(crate) fn add(
        &mut self,
        id: String,
        node: &str,
        peer_url: &str,
        learner: bool,
    ) -> Result<(), Refused> {
        if self.members.iter().any(|member| member.peer_url == peer_url) {
            return Err(Refused::PeerUrlsExist);
        }
        if learner && self.members.iter().any(|member| member.learner) {
            return Err(Refused::TooManyLearners);
        }
        self.members.push(Member {
            id,
            name: String::new(),
            node: node.to_owned(),
            peer_url: peer_url.to_owned(),
            client_url: peer_url.replace(":2380", ":2379"),
            learner,
            started_at: None,
        });
        Ok(())
    }

    pub(crate) fn promote(&mut self, id: &str, in_sync: bool) -> Result<(), Refused> {
        let member = self.members.iter_mut().find(|member| member.id == id).ok_or(Refused::NotFound)?;
        if !in_sync {
            return Err(Refused::LearnerNotReady);
        }
        member.learner = false;
        Ok(())
    }

    /// Takes a member out, unless too few of those that are `up` would be left (etcd's `strict-reconfig-check`). One that
    /// is down is no part of the majority, and may go.
    pub(crate) fn remove(&mut self, id: &str, up: &BTreeSet<String>) -> Result<Member, Refused> {
        let at = self.members.iter().position(|member| member.id == id).ok_or(Refused::NotFound)?;
        let voters = self.members.iter().filter(|member| !member.learner);
        let (all, alive) = (voters.clone().count(), voters.filter(|voter| up.contains(&voter.id)).count());
        let majority_then = all.saturating_sub(1) / 2 + 1;
        if !self.members[at].learner && up.contains(id) && all > 1 && alive - 1 < majority_then {
            return Err(Refused::Unhealthy);
        }
        Ok(self.members.remove(at))
    }

    pub(crate) fn member(&self, id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// Whether more than half of the voters satisfy `alive`.
    pub(crate) fn has_quorum(&self, alive: impl Fn(&Member) -> bool) -> bool {
        let voters = self.members.iter().filter(|member| !member.learner);
        let (mut all, mut up) = (0, 0);
        for voter in voters {
            all += 1;
            up += usize::from(alive(voter));
        }
        up * 2 > all
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn members_are_added_as_etcd_allows() {
        let mut cluster = Cluster::default();
        cluster.add("1".into(), "a", "https://10.0.0.1:2380", false).unwrap();
        cluster.add("2".into(), "b", "https://10.0.0.2:2380", true).unwrap();
        assert_eq!(
            cluster.add("3".into(), "c", "https://10.0.0.3:2380", true),
            Err(Refused::TooManyLearners)
        );
        assert_eq!(cluster.add("4".into(), "b", "https://10.0.0.2:2380", false), Err(Refused::PeerUrlsExist));
        assert_eq!(cluster.promote("2", false), Err(Refused::LearnerNotReady));
        assert!(cluster.has_quorum(|member| member.id == "1"), "a learner has no vote");
        cluster.promote("2", true).unwrap();
        assert!(!cluster.has_quorum(|member| member.id == "1"), "one of two is no majority");
        let up = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(cluster.remove("9", &up(&["1", "2"])).unwrap_err(), Refused::NotFound);
        cluster.remove("2", &up(&["1", "2"])).unwrap();
        assert!(cluster.has_quorum(|member| member.id == "1"));
        for id in ["4", "5"] {
            cluster.add(id.into(), id, &format!("https://10.0.0.{id}:2380"), false).unwrap();
        }
        assert_eq!(
            cluster.remove("5", &up(&["1", "5"])).unwrap_err(),
            Refused::Unhealthy,
            "4 is down already"
        );
        cluster.remove("4", &up(&["1", "5"])).unwrap();
        cluster.remove("5", &up(&["1", "5"])).unwrap();
    }
}
