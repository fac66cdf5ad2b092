//! All machines and clusters, and the passing of time.
//!
//! Nothing runs in the background: whoever looks brings the world up to the present first, in steps on a
//! fixed grid, so that the outcome doesn't depend on who looks when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Node;
use super::cluster::{Cluster, Member};
use super::kubeconfig::Parsed;
use super::kubelet::Source;
use super::network::Balancer;
use super::objects::{AUTO_APPROVE, Csr, NODE_BOOTSTRAPPER, NodeObject};
use super::pki::{self, Pair, Subject, Validity};
use super::pods::{missing_file, scaled};
use super::{kubeconfig, paths};
use crate::sim::jitter;

/// The grid of time.
const TICK_MS: i64 = 200;
/// Longer gaps are crossed in at most so many steps.
const MOST_TICKS: i64 = 600;
/// After this silence of a kubelet the node counts as not ready (kube-controller-manager's default).
const GRACE_MS: i64 = 40_000;
/// What lies in etcd's data directory here: the cluster and the member.
const ETCD_DB: &str = "/var/lib/etcd/member/snap/db";

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
    /// Nodes that the inventory makes control planes; faults may be meant for them.
    #[serde(default)]
    pub(crate) planned_control_planes: std::collections::BTreeSet<String>,
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
    fn around(&self, what: &str, low: i64, high: i64) -> i64 {
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
        for node in self.nodes.values_mut() {
            node.disk.now = self.now;
        }
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
        node.kubelet.tick(&node.disk, &node.hardware, now, pace);
        if node.kubelet.is_healthy(now) {
            node.read_manifests(now, seed, pace);
        }
        let components: Vec<String> = node.pods.keys().cloned().collect();
        for component in components {
            self.tick_pod(name, &component);
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
            let outcome = self.start_container(name, component);
            if let Some(pod) = self.nodes.get_mut(name).and_then(|node| node.pods.get_mut(component)) {
                match outcome {
                    Ok(()) => pod.run(now),
                    Err(words) => pod.crash(now, words, pace),
                }
            }
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
                self.some_api_answers(name).then(|| self.around(&what, 1_400, 2_400))
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
        if let Some(words) = missing_file(&node.disk, component) {
            return Err(words);
        }
        if component == "etcd" { self.start_etcd(name) } else { Ok(()) }
    }

    /// etcd's first steps: its data directory, or a new cluster, or its place in an existing one.
    fn start_etcd(&mut self, name: &str) -> Result<(), String> {
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

    fn local_store_answers(&self, name: &str) -> bool {
        let Some((cluster, id)) = self.membership(name) else { return false };
        let Some(cluster) = self.clusters.get(&cluster) else { return false };
        cluster.member(&id).is_some_and(|member| !member.learner && self.member_answers(member))
            && cluster.has_quorum(|member| self.member_answers(member))
    }

    fn some_api_answers(&self, name: &str) -> bool {
        self.nodes.get(name).is_some_and(|node| node.pod_ready("kube-apiserver", self.now))
            && self.local_store_answers(name)
    }

    /// A node of `cluster` whose controller manager works.
    pub(crate) fn controller(&self, cluster: &str) -> Option<&Node> {
        self.nodes.values().find(|node| {
            node.pod_ready("kube-controller-manager", self.now)
                && self.membership(&node.name).is_some_and(|(of, _)| of == cluster)
        })
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
        let Ok(cluster) = self.api(name, &conf.server, Some(&conf.ca)) else { return };
        match source {
            Source::Bootstrap => self.bootstrap(name, &cluster, &conf),
            Source::Own => self.report(name, &cluster, &conf),
        }
    }

    /// TLS bootstrap: a certificate in exchange for a token.
    fn bootstrap(&mut self, name: &str, cluster: &str, conf: &Parsed) {
        let now = self.now;
        let delay = self.around(&format!("bootstrap {name}"), 2_200, 3_800);
        let Some(found) = self.clusters.get_mut(cluster) else { return };
        let token = conf.token.as_deref().unwrap_or_default();
        if !found.objects.accepts_token(token) || !found.objects.others.contains(NODE_BOOTSTRAPPER) {
            return;
        }
        let approves = found.objects.others.contains(AUTO_APPROVE);
        let Some(node) = self.nodes.get_mut(name) else { return };
        let Some(due) = node.kubelet.bootstrap_at else {
            node.kubelet.bootstrap_at = Some(now + delay);
            let id = token.split('.').next().unwrap_or_default();
            found.objects.csrs.push(Csr {
                name: format!("csr-{}", jitter::hex(self.seed, &format!("csr {name} {now}"), 3)),
                requestor: format!("system:bootstrap:{id}"),
                approved: false,
                created: now,
            });
            return;
        };
        if due > now || !approves {
            return;
        }
        let node_name = node.node_name();
        let Some(pair) = self.kubelet_certificate(cluster, &node_name) else { return };
        if let Some(csr) =
            self.clusters.get_mut(cluster).and_then(|c| c.objects.csrs.iter_mut().rfind(|c| !c.approved))
        {
            csr.approved = true;
        }
        let Some(node) = self.nodes.get_mut(name) else { return };
        node.disk.write(paths::KUBELET_CERT, 0o600, format!("{}{}", pair.cert, pair.key));
        let user = "default-auth";
        let file = kubeconfig::Credentials::File(paths::KUBELET_CERT.into());
        let text = kubeconfig::render(&conf.server, "default-cluster", user, &conf.ca, &file);
        node.disk.write(paths::KUBELET, 0o600, text);
    }

    fn kubelet_certificate(&self, cluster: &str, node_name: &str) -> Option<Pair> {
        let disk = &self.controller(cluster)?.disk;
        let ca = Pair {
            cert: disk.text("/etc/kubernetes/pki/ca.crt")?.to_owned(),
            key: disk.text("/etc/kubernetes/pki/ca.key")?.to_owned(),
        };
        let user = format!("system:node:{node_name}");
        let subject = Subject {
            common_name: &user,
            organizations: vec!["system:nodes"],
            client: true,
            ..Subject::default()
        };
        pki::sign(&ca, &subject, Validity::leaf(self.now)).ok()
    }

    /// Registers the node, renews its status, and rotates its first certificate.
    fn report(&mut self, name: &str, cluster: &str, _conf: &Parsed) {
        let now = self.now;
        let register = self.around(&format!("register {name}"), 900, 1_900);
        let settle = self.around(&format!("settle {name}"), 2_500, 6_500);
        let install = self.around(&format!("cni {name}"), 7_000, 12_000);
        let Some(node) = self.nodes.get_mut(name) else { return };
        let due = *node.kubelet.register_at.get_or_insert(now + register);
        if due > now {
            return;
        }
        let node_name = node.node_name();
        let rotates = !node.disk.has(paths::KUBELET_CERT);
        let Some(found) = self.clusters.get_mut(cluster) else { return };
        let network = found.objects.network_since.is_some_and(|since| now >= since + install);
        if network && !node.has_cni() {
            node.disk.write(
                &format!("{}/10-simulated.conflist", paths::CNI),
                0o600,
                "{\"name\":\"simulated\"}\n",
            );
        }
        if node.has_cni() {
            node.kubelet.ready_at.get_or_insert(now + settle);
        }
        let ready = node.kubelet.ready_at.is_some_and(|at| at <= now);
        let object = found
            .objects
            .nodes
            .entry(node_name.clone())
            .or_insert_with(|| node.fresh_object(now, &node_name));
        object.heartbeat = now;
        if ready != object.ready {
            object.ready = ready;
            object.since = now;
            object.reason = if ready { String::new() } else { NO_NETWORK.into() };
        }
        if rotates
            && let Some(pair) = self.kubelet_certificate(cluster, &node_name)
            && let Some(node) = self.nodes.get_mut(name)
        {
            node.disk.write(paths::KUBELET_CERT, 0o600, format!("{}{}", pair.cert, pair.key));
        }
    }
}

const NO_NETWORK: &str = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";

impl Node {
    /// The name that the kubelet registers under.
    pub(crate) fn node_name(&self) -> String {
        let flags = self.disk.text(paths::KUBELET_FLAGS).unwrap_or_default();
        let given = flags
            .split("--hostname-override=")
            .nth(1)
            .map(|rest| rest.split([' ', '"']).next().unwrap_or_default());
        given.unwrap_or(&self.hardware.hostname).to_ascii_lowercase()
    }

    fn fresh_object(&self, now: i64, node_name: &str) -> NodeObject {
        let arch = match self.hardware.arch.as_str() {
            "aarch64" => "arm64",
            "x86_64" => "amd64",
            other => other,
        };
        let labels = [
            ("beta.kubernetes.io/arch", arch),
            ("beta.kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", arch),
            ("kubernetes.io/hostname", node_name),
            ("kubernetes.io/os", "linux"),
        ];
        let uid = jitter::hex(0, &format!("uid {node_name} {now}"), 16);
        NodeObject {
            uid,
            labels: labels.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            taints: self.flag_taints(),
            address: self.address().to_owned(),
            version: self.kubelet_version.to_string(),
            created: now,
            heartbeat: now,
            since: now,
            reason: NO_NETWORK.into(),
            ..NodeObject::default()
        }
    }

    /// Taints of `--register-with-taints`.
    fn flag_taints(&self) -> Vec<super::objects::Taint> {
        let flags = self.disk.text(paths::KUBELET_FLAGS).unwrap_or_default();
        let Some(list) = flags.split("--register-with-taints=").nth(1) else { return Vec::new() };
        let list = list.split([' ', '"']).next().unwrap_or_default();
        list.split(',')
            .filter_map(|taint| {
                let (key, effect) = taint.split_once(':')?;
                let (key, value) = key.split_once('=').unwrap_or((key, ""));
                Some(super::objects::Taint { key: key.into(), value: value.into(), effect: effect.into() })
            })
            .collect()
    }
}
