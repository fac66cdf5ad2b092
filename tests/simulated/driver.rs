//! A small stand-in for the engine: plans by the catalog, runs phases on a rack, and judges what they print.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use kubestep::catalog::{
    Command, Paths, Verdict, args, control_plane_tail, discover, effective, runnable_alone, verdict,
    worker_tail,
};
use kubestep::clock::Clock;
use kubestep::ids::{NodeName, PhaseId};
use kubestep::inventory::kubeadm::{RunValues, init_config, join_config};
use kubestep::inventory::model::{Host, Inventory};
use kubestep::inventory::{ThisMachine, load};
use kubestep::secret::Secret;
use kubestep::sim::{Rack, RackSpec, Scenario};
use kubestep::survey::awaited::Awaited;
use kubestep::survey::facts::Facts;
use kubestep::survey::verify::Standing;
use kubestep::survey::{look, probe, verify};
use kubestep::transport::{Ended, Reply, Request, RunKey, Start};
use kubestep::version::Version;
use tokio::sync::mpsc;

pub(crate) const CONFIG: &str = "/run/kubestep/kubeadm.yaml";
pub(crate) const TOKEN: &str = "abcdef.0123456789abcdef";
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

pub(crate) fn certificate_key() -> String {
    "0f".repeat(32)
}

pub(crate) fn name(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

/// A simulated rack, its inventory, and what a run knows of it.
pub(crate) struct Cluster {
    pub(crate) rack: Rack,
    pub(crate) clock: Clock,
    pub(crate) version: Version,
    pub(crate) inventory: Inventory,
    pub(crate) planes: Vec<NodeName>,
    pub(crate) workers: Vec<NodeName>,
    pub(crate) token: String,
    pub(crate) key: String,
}

impl Cluster {
    /// The goldentooth rack of `inventory/` with kubeadm in this version.
    pub(crate) fn goldentooth(version: &str, scenario: Scenario) -> Self {
        Self::seeded(version, scenario, 7)
    }

    pub(crate) fn seeded(version: &str, scenario: Scenario, seed: u64) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventory/goldentooth.yaml");
        let (mut inventory, _) = load(&file, &ThisMachine).unwrap();
        let version: Version = version.parse().unwrap();
        inventory.kubernetes.version = Some(version.clone());
        let spec = RackSpec::from_inventory(&inventory, version.clone()).with_scenario(scenario);
        let clock = Clock::simulated("2026-11-22T10:00:00Z".parse().unwrap(), 1.0);
        let planes = inventory.control_planes().map(|host| host.name.clone()).collect();
        let workers = inventory.workers().map(|host| host.name.clone()).collect();
        let rack = Rack::new(spec, clock.clone(), seed);
        Self { rack, clock, version, inventory, planes, workers, token: TOKEN.into(), key: certificate_key() }
    }

    pub(crate) fn first(&self) -> &NodeName {
        &self.planes[0]
    }

    fn host(&self, node: &NodeName) -> &Host {
        self.inventory.host(node).unwrap()
    }

    fn address(&self, node: &NodeName) -> IpAddr {
        self.host(node).private_address.unwrap()
    }

    pub(crate) async fn ask(&self, node: &NodeName, request: Request) -> Reply {
        self.rack.ask(node, &request, LIMIT).await.unwrap()
    }

    /// Writes the configuration that a run renders for `node`.
    pub(crate) async fn put_config(&self, node: &NodeName, ca_hash: Option<&str>, ignored: &[String]) {
        let (token, key) = (Secret::new(&*self.token), Secret::new(&*self.key));
        let values = RunValues {
            version: &self.version,
            kubeadm: &self.version,
            token: &token,
            certificate_key: &key,
            ca_hash,
            advertise: self.address(node),
            first_control_plane: self.address(self.first()),
            ignore_preflight: ignored,
        };
        let host = self.host(node);
        let content = match ca_hash {
            Some(_) => join_config(&self.inventory, host, &values),
            None => init_config(&self.inventory, host, &values),
        };
        let put = Request::Put { path: CONFIG.into(), mode: 0o600, content: content.unwrap() };
        assert_eq!(self.ask(node, put).await.rc, 0);
    }

    pub(crate) async fn read(&self, node: &NodeName, path: &str) -> Option<String> {
        let reply = self.ask(node, Request::Read { path: path.into() }).await;
        (reply.rc == 0).then_some(reply.stdout)
    }

    pub(crate) async fn facts(&self, node: &NodeName) -> Facts {
        let now_ms = self.clock.at(self.clock.elapsed()).as_millisecond();
        let request = Request::Probe {
            endpoint: self.inventory.kubernetes.control_plane_endpoint.clone(),
            cri_socket: self.inventory.kubernetes.cri_socket.clone(),
            now_ms,
        };
        let reply = self.ask(node, request).await;
        assert!(probe::is_whole(&reply.stdout), "{}", reply.stdout);
        let read = |command: &str, help: &str| {
            let command = Command::ALL.into_iter().find(|known| known.as_str() == command).unwrap();
            discover(command, help)
        };
        probe::parse(&reply.stdout, now_ms, Duration::from_millis(8), &read)
    }

    pub(crate) async fn ca_hash(&self) -> String {
        self.facts(self.first()).await.ca_hash.expect("a CA")
    }

    /// Runs kubeadm under a key of its own.
    pub(crate) async fn kubeadm(&self, node: &NodeName, line: &[String], attempt: u32) -> (Ended, String) {
        let key = RunKey::new(&format!("{}.{attempt}", line.join("-")));
        self.run(node, &key, line, Start::Run).await
    }

    pub(crate) async fn run(
        &self,
        node: &NodeName,
        key: &RunKey,
        line: &[String],
        start: Start,
    ) -> (Ended, String) {
        let (sender, mut receiver) = mpsc::channel(16);
        let request = Request::Kubeadm { args: line.to_vec() };
        let collect = async {
            let mut all = Vec::new();
            while let Some(bytes) = receiver.recv().await {
                all.extend(bytes);
            }
            String::from_utf8(all).unwrap()
        };
        let follow = async {
            let ended = self.rack.run(node, key, &request, start, &sender).await.unwrap();
            drop(sender);
            ended
        };
        tokio::join!(follow, collect)
    }

    /// Runs a phase and expects it to have done its work, by the catalog's own judgement.
    pub(crate) async fn good(
        &self,
        node: &NodeName,
        phase: &PhaseId,
        covers: &[PhaseId],
        line: &[String],
    ) -> String {
        let (ended, output) = self.kubeadm(node, line, 1).await;
        let Ended::Exited(rc) = ended else { panic!("{phase} on {node}: {ended:?}\n{output}") };
        let lines: Vec<String> = output.lines().map(str::to_owned).collect();
        let judged = verdict(phase, covers, &self.version, rc, &lines);
        assert!(matches!(judged, Verdict::Succeeded { .. }), "{phase} on {node}: {judged:?}\n{output}");
        output
    }

    pub(crate) fn line(&self, phase: &PhaseId) -> Vec<String> {
        args(phase, &self.version, &Paths { config: CONFIG, ..Paths::default() })
    }

    /// Runs one phase alone.
    pub(crate) async fn phase(&self, node: &NodeName, phase: &str) -> String {
        let phase = PhaseId::new(phase);
        self.good(node, &phase, &[], &self.line(&phase)).await
    }

    /// The same where it may fail.
    pub(crate) async fn attempt(&self, node: &NodeName, phase: &str, attempt: u32) -> (Ended, String) {
        self.kubeadm(node, &self.line(&PhaseId::new(phase)), attempt).await
    }

    /// The leaves of `command` that can be run alone, by the node's own help.
    pub(crate) async fn leaves(&self, node: &NodeName, command: Command) -> Vec<PhaseId> {
        let facts = self.facts(node).await;
        let discovered = match command {
            Command::Init => facts.phases.init,
            Command::Join => facts.phases.join,
            Command::Reset => facts.phases.reset,
        };
        assert!(!discovered.is_empty(), "the node's help lists phases");
        let all = effective(command, &self.version, &discovered);
        let alone = all.into_iter().filter(|phase| !phase.group).map(|phase| phase.id);
        alone.filter(|phase| runnable_alone(phase, &self.version, &discovered)).collect()
    }

    pub(crate) async fn look(&self, node: &NodeName, what: Awaited) -> look::Look {
        let request = Request::Look {
            what,
            endpoint: self.inventory.kubernetes.control_plane_endpoint.clone(),
            advertise: self.address(node).to_string(),
        };
        look::parse(&self.ask(node, request).await.stdout)
    }

    pub(crate) async fn wait_for(&self, node: &NodeName, what: Awaited) -> Duration {
        let begun = self.clock.elapsed();
        for _ in 0..600 {
            if self.look(node, what).await.ready {
                return self.clock.elapsed().saturating_sub(begun);
            }
            self.clock.sleep(Duration::from_millis(500)).await;
        }
        panic!("{node} never got {what:?}");
    }

    /// init, leaf by leaf, with the waits of a run.
    pub(crate) async fn bring_up_first(&self) {
        let node = self.first();
        self.rack.connect(node).await.unwrap();
        self.put_config(node, None, &[]).await;
        for phase in self.leaves(node, Command::Init).await {
            if phase.as_str() == "init/upload-config/kubeadm" {
                self.wait_for(node, Awaited::ApiServer).await;
                self.wait_for(node, Awaited::Endpoint).await;
            }
            if phase.as_str().starts_with("init/kubelet-finalize") {
                self.wait_for_file(node, "/var/lib/kubelet/pki/kubelet-client-current.pem").await;
            }
            self.good(node, &phase, &[], &self.line(&phase)).await;
        }
    }

    /// Without the kubelet's own certificate kubelet-finalize does nothing, successfully.
    async fn wait_for_file(&self, node: &NodeName, path: &str) {
        for _ in 0..100 {
            if self.read(node, path).await.is_some() {
                return;
            }
            self.clock.sleep(Duration::from_secs(1)).await;
        }
        panic!("{node} never got {path}");
    }

    /// A control plane's join, leaf by leaf, and the tail at once where the release wants it so.
    pub(crate) async fn join_plane(&self, node: &NodeName, hash: &str) {
        self.rack.connect(node).await.unwrap();
        self.put_config(node, Some(hash), &[]).await;
        let discovered = self.facts(node).await.phases.join;
        let tail = control_plane_tail(&self.version, CONFIG, &discovered);
        let covered = tail.as_ref().map(|tail| tail.covers.clone()).unwrap_or_default();
        for phase in self.leaves(node, Command::Join).await {
            if !covered.contains(&phase) {
                self.good(node, &phase, &[], &self.line(&phase)).await;
            }
        }
        if let Some(tail) = tail {
            self.good(node, &tail.phase, &tail.covers, &tail.args).await;
        }
    }

    /// A worker's join: preflight, then the rest.
    pub(crate) async fn join_worker(&self, node: &NodeName, hash: &str) {
        self.rack.connect(node).await.unwrap();
        self.put_config(node, Some(hash), &[]).await;
        self.phase(node, "join/preflight").await;
        let tail = worker_tail(&self.version, CONFIG);
        self.good(node, &tail.phase, &tail.covers, &tail.args).await;
    }

    /// Everything, with the joins of workers side by side.
    pub(crate) async fn bring_up(&self) {
        self.bring_up_first().await;
        let hash = self.ca_hash().await;
        let planes = async {
            for node in &self.planes[1..] {
                self.join_plane(node, &hash).await;
            }
        };
        let worker = |index: usize| self.join_worker(&self.workers[index], &hash);
        tokio::join!(planes, worker(0), worker(1), worker(2), worker(3), worker(4), worker(5));
        for node in &self.planes {
            self.wait_for(node, Awaited::ApiServer).await;
        }
        self.clock.sleep(Duration::from_secs(15)).await;
    }

    pub(crate) async fn kubectl(&self, args: &str) -> Reply {
        let args = args.split(' ').map(str::to_owned).collect();
        self.ask(self.first(), Request::Kubectl { args, stdin: None }).await
    }

    pub(crate) async fn etcdctl(&self, args: &str) -> Reply {
        let args = args.split(' ').map(str::to_owned).collect();
        self.ask(self.first(), Request::Etcdctl { args }).await
    }

    /// What the whole cluster is.
    pub(crate) async fn standing(&self) -> Standing {
        verify::parse(&self.ask(self.first(), Request::Standing).await.stdout)
    }

    /// What is not as the inventory wants it.
    pub(crate) async fn wrong(&self) -> Vec<(NodeName, String)> {
        verify::judge(&self.inventory, &self.version, &self.standing().await)
    }
}
