//! kubeadm as a client of the API server: by admin.conf, or by a bootstrap token.

use super::failure::{Exit, Outcome};
use super::run::Kubeadm;
use crate::sim::model::cluster::Cluster;
use crate::sim::model::kubeconfig::{self, Parsed};
use crate::sim::model::objects::{CLUSTER_ADMINS, Objects};
use crate::sim::model::{World, paths};

/// How often a call is tried again while the cluster doesn't answer.
const RETRY_MS: u64 = 500;

impl Kubeadm {
    /// How long a call may take: 40 s until 1.29, then `kubernetesAPICall` (kubeadm.md §6).
    fn call_timeout(&self) -> u64 {
        if self.version.at_least(30) { 60_000 } else { 40_000 }
    }

    /// The cluster behind admin.conf; `what` is the call that fails if there is none: `Post "https://…/configmaps"`.
    pub(crate) async fn admin(&self, verb: &str, path: &str) -> Outcome<String> {
        let text = self.process.read(paths::ADMIN).ok_or_else(|| {
            Exit::phase(format!(
                "failed to load admin kubeconfig: open {}: no such file or directory",
                paths::ADMIN
            ))
        })?;
        let conf = kubeconfig::parse(&text).ok_or_else(|| {
            Exit::phase(format!(
                "failed to load admin kubeconfig: error loading config file \"{}\"",
                paths::ADMIN
            ))
        })?;
        let cluster = self.reach(&conf.server, &conf.ca, verb, path).await?;
        self.ensure_admin_rights(&cluster, &conf).await?;
        Ok(cluster)
    }

    /// The cluster behind `server`, waiting for it as long as a call may take.
    pub(crate) async fn reach(&self, server: &str, ca: &str, verb: &str, path: &str) -> Outcome<String> {
        let mut last = String::new();
        let node = self.process.node.clone();
        let found = self
            .process
            .poll(RETRY_MS, self.call_timeout(), |world| match world.api(&node, server, Some(ca)) {
                Ok(cluster) => Some(Ok(cluster)),
                Err(words) if words.starts_with("x509") => Some(Err(words)),
                Err(words) => {
                    last = words;
                    None
                }
            })
            .await;
        match found {
            Some(Ok(cluster)) => Ok(cluster),
            Some(Err(words)) => Err(Exit::phase(format!("{verb} \"{server}{path}\": {words}"))),
            None => Err(Exit::phase(format!("{verb} \"{server}{path}\": {last}"))),
        }
    }

    /// Since 1.29 admin.conf has no rights by itself: the first client binds them, with super-admin.conf if it must.
    async fn ensure_admin_rights(&self, cluster: &str, conf: &Parsed) -> Outcome {
        let groups = conf.card.as_ref().map(|card| card.organizations.clone()).unwrap_or_default();
        if groups.iter().any(|group| group == "system:masters") {
            return Ok(());
        }
        let bound = self
            .process
            .world(|world| objects(world, cluster).is_some_and(|o| o.others.contains(CLUSTER_ADMINS)));
        if bound {
            return Ok(());
        }
        if !self.process.has(paths::SUPER_ADMIN) {
            return Err(Exit::phase(
                "could not bootstrap the admin user in file admin.conf: the ClusterRoleBinding for the kubeadm:cluster-admins Group is missing but there is no super-admin.conf to create it",
            ));
        }
        self.process.work(120).await;
        self.change(cluster, |objects| {
            objects.others.insert(CLUSTER_ADMINS.into());
        });
        Ok(())
    }

    /// Changes what the API server keeps.
    pub(crate) fn change<R: Default>(&self, cluster: &str, change: impl FnOnce(&mut Objects) -> R) -> R {
        self.process.world(|world| {
            world.clusters.get_mut(cluster).map(|found| change(&mut found.objects)).unwrap_or_default()
        })
    }

    /// Looks at a cluster.
    pub(crate) fn look<R: Default>(&self, cluster: &str, look: impl FnOnce(&Cluster) -> R) -> R {
        self.process.world(|world| world.clusters.get(cluster).map(look).unwrap_or_default())
    }
}

/// What the API server of `cluster` keeps.
pub(crate) fn objects<'a>(world: &'a World, cluster: &str) -> Option<&'a Objects> {
    world.clusters.get(cluster).map(|found| &found.objects)
}
