//! All machines and clusters, and the passing of time.
//!
//! Nothing runs in the background: whoever looks brings the world up to the present first, in steps on a
//! fixed grid, so that the outcome doesn't depend on who looks when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Node;
use super::cluster::Cluster;
use super::kubelet::Source;
use super::network::Balancer;
use super::pods::{missing_file, scaled};
use crate::sim::calls::Call;
use crate::sim::jitter;

/// The grid of time.
const TICK_MS: i64 = 200;
/// Longer gaps are crossed in at most so many steps.
const MOST_TICKS: i64 = 600;
/// After this silence of a kubelet the node counts as not ready (kube-controller-manager's default).
const GRACE_MS: i64 = 40_000;
/// The simulated rack.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) seed: u64,
    /// Simulated delays are multiplied with this; 1 is a real machine's pace.
    pub(crate) pace: f64,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    ticked: i64,
    pub(crate) nodes: BTreeMap<String, Node>,
    /// Which node an address or name leads to.
    pub(crate) hosts: BTreeMap<String, String>,
    pub(crate) clusters: BTreeMap<String, Cluster>,
    pub(crate) balancer: Option<Balancer>,
    /// What scenarios may call a node: `*`, its role, its role and number, its name.
    #[serde(default)]
    pub(crate) titles: BTreeMap<String, Vec<String>>,
    /// Every kubeadm process of this rack.
    #[serde(skip)]
    pub(crate) calls: Vec<Call>,
}

impl World {
    pub(crate) fn new(seed: u64, pace: f64, now: i64) -> Self {
        Self { seed, pace, now, ticked: now, ..Self::default() }
    }

    pub(crate) fn add(&mut self, node: Node) {
        for host in node.addresses.iter().chain([&node.name]) {
            self.hosts.insert(host.clone(), node.name.clone());
        }
        self.nodes.insert(node.name.clone(), node);
    }

    /// `ms` at this world's pace.
    pub(crate) fn span(&self, ms: i64) -> i64 {
        scaled(ms, self.pace)
    }

    /// A fixed value between two, at this world's pace.
    pub(super) fn around(&self, what: &str, low: i64, high: i64) -> i64 {
        self.span(jitter::between(self.seed, what, low, high))
    }

    /// Lets time pass until `to`.
    pub(crate) fn advance(&mut self, to: i64) {
        let tick = self.span(TICK_MS).max(10).max((to - self.ticked) / MOST_TICKS);
        while self.ticked + tick <= to {
            self.ticked += tick;
            self.now = self.ticked;
            self.tick();
        }
        self.now = self.now.max(to);
    }

    fn tick(&mut self) {
        let names: Vec<String> = self.nodes.keys().cloned().collect();
        for name in &names {
            self.tick_machine(name);
        }
        self.tick_clusters();
        for name in &names {
            self.tick_membership(name);
        }
    }

    fn tick_machine(&mut self, name: &str) {
        let (now, seed, pace) = (self.now, self.seed, self.pace);
        let Some(node) = self.nodes.get_mut(name) else { return };
        node.disk.now = now;
        if !node.up {
            if node.boots_at.is_some_and(|at| at <= now) {
                node.boot(now);
            }
            return;
        }
        node.kubelet.recover(now);
        if node.kubelet.is_due(now) {
            let trouble = node.kubelet_trouble();
            node.kubelet.tick(trouble, now, pace);
        }
        if node.kubelet.is_healthy(now) {
            node.read_manifests(now, seed, pace);
        }
        let components: Vec<String> = node.pods.keys().cloned().collect();
        for component in components {
            self.tick_pod(name, &component);
        }
        if let Some(node) = self.nodes.get_mut(name) {
            node.note(now);
        }
    }

    fn tick_pod(&mut self, name: &str, component: &str) {
        let (now, pace) = (self.now, self.pace);
        let healthy = self.nodes.get(name).is_some_and(|node| node.kubelet.is_healthy(now));
        let Some(pod) = self.nodes.get(name).and_then(|node| node.pods.get(component)) else { return };
        if !pod.is_running() {
            if pod.starts_at > now || !healthy {
                return;
            }
            let refused = self.nodes.get(name).and_then(Node::sandbox_refused);
            let outcome = if refused.is_some() { Ok(()) } else { self.start_container(name, component) };
            let Some(node) = self.nodes.get_mut(name) else { return };
            let Some(pod) = node.pods.get_mut(component) else { return };
            match (&refused, outcome) {
                (Some(_), _) => pod.wait_for_sandbox(now, pace),
                (None, Ok(())) => pod.run(now),
                (None, Err(words)) => pod.crash(now, words, pace),
            }
            node.kubelet.complaint = refused;
            return;
        }
        if pod.ready_at.is_some() {
            return;
        }
        let running = now - pod.running_since.unwrap_or(now);
        let slow = self.nodes.get(name).map_or(1.0, |node| node.hardware.pods_slow);
        let what = format!("ready {name} {component}");
        let delay = match component {
            "etcd" => Some(self.around(&what, 1_200, 2_000)),
            "kube-apiserver" => self.local_store_answers(name).then(|| self.around(&what, 2_600, 4_400)),
            "kube-controller-manager" | "kube-scheduler" => {
                self.some_api_answers(name).then(|| self.around(&what, 600, 1_100))
            }
            _ => Some(self.around(&what, 500, 900)),
        };
        let patience = self.span(20_000);
        let Some(pod) = self.nodes.get_mut(name).and_then(|node| node.pods.get_mut(component)) else {
            return;
        };
        match delay {
            Some(delay) => pod.ready_at = Some(now + scaled(delay, slow)),
            None if component == "kube-apiserver" && running > patience => {
                let words = "connection error: desc = \"transport: Error while dialing dial tcp 127.0.0.1:2379: connect: connection refused\"";
                pod.crash(now, words.into(), pace);
            }
            None => {}
        }
    }

    fn start_container(&mut self, name: &str, component: &str) -> Result<(), String> {
        let node = self.nodes.get(name).ok_or("gone")?;
        if let Some(words) = missing_file(&node.disk, component).or_else(|| node.cannot_listen(component)) {
            return Err(words);
        }
        if component == "etcd" { self.start_etcd(name) } else { Ok(()) }
    }

    fn tick_clusters(&mut self) {
        let ids: Vec<String> = self.clusters.keys().cloned().collect();
        for id in ids {
            let Some(cluster) = self.clusters.get(&id) else { continue };
            let quorum = cluster.has_quorum(|member| self.member_answers(member));
            let controlled = quorum && self.controller(&id).is_some();
            let (now, grace) = (self.now, self.span(GRACE_MS));
            let Some(cluster) = self.clusters.get_mut(&id) else { continue };
            match (quorum, cluster.without_quorum_since) {
                (true, _) => cluster.without_quorum_since = None,
                (false, None) => cluster.without_quorum_since = Some(now),
                (false, Some(_)) => {}
            }
            if controlled {
                cluster.objects.clean_up(now);
                for node in cluster.objects.nodes.values_mut() {
                    if node.ready && now - node.heartbeat > grace {
                        node.ready = false;
                        node.since = now;
                        node.reason = "Kubelet stopped posting node status.".into();
                    }
                }
            }
        }
    }

    /// The kubelet's talk with the API server.
    fn tick_membership(&mut self, name: &str) {
        let now = self.now;
        let Some(node) = self.nodes.get_mut(name) else { return };
        if !node.up || !node.kubelet.is_healthy(now) {
            return;
        }
        let disk = std::mem::take(&mut node.disk);
        let found = node.kubelet.credentials(&disk).cloned();
        node.disk = disk;
        let Some((source, conf)) = found else { return };
        let cluster = match self.api(name, &conf.server, Some(&conf.ca)) {
            Ok(cluster) => cluster,
            Err(words) => {
                if let Some(node) = self.nodes.get_mut(name) {
                    node.note_unreachable(now, &conf.server, &words);
                }
                return;
            }
        };
        match source {
            Source::Bootstrap => self.bootstrap(name, &cluster, &conf),
            Source::Own => self.report(name, &cluster),
        }
    }
}
