//! A small stand-in for the engine: runs phases on a rack and collects what they print.

use std::time::Duration;

use kubestep::catalog::{Command, tree};
use kubestep::clock::Clock;
use kubestep::ids::NodeName;
use kubestep::inventory::model::{Endpoint, Role};
use kubestep::secret::Secret;
use kubestep::sim::{NodeSpec, Rack, RackSpec, Scenario};
use kubestep::survey::awaited::Awaited;
use kubestep::transport::{Ended, Reply, Request, RunKey, Start};
use kubestep::version::Version;
use tokio::sync::mpsc;

pub(crate) const CONFIG: &str = "/run/kubestep/kubeadm.yaml";
pub(crate) const TOKEN: &str = "abcdef.0123456789abcdef";
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

pub(crate) fn key() -> String {
    "0f".repeat(32)
}

pub(crate) fn name(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

pub(crate) struct Cluster {
    pub(crate) rack: Rack,
    pub(crate) clock: Clock,
    pub(crate) version: Version,
    pub(crate) planes: Vec<NodeName>,
    pub(crate) workers: Vec<NodeName>,
}

impl Cluster {
    pub(crate) fn new(version: &str, planes: usize, workers: usize, scenario: Scenario) -> Self {
        Self::seeded(version, planes, workers, scenario, 7)
    }

    pub(crate) fn seeded(
        version: &str,
        planes: usize,
        workers: usize,
        scenario: Scenario,
        seed: u64,
    ) -> Self {
        let spec = spec(version, planes, workers).with_scenario(scenario);
        let clock = Clock::simulated("2026-11-22T10:00:00Z".parse().unwrap(), 1.0);
        let of = |role| spec.nodes.iter().filter(move |node| node.role == role).map(|node| node.name.clone());
        let (planes, workers) = (of(Role::ControlPlane).collect(), of(Role::Worker).collect());
        let version = spec.kubeadm.clone();
        Self { rack: Rack::new(spec, clock, seed), clock, version, planes, workers }
    }

    pub(crate) fn init(&self) -> &NodeName {
        &self.planes[0]
    }

    fn api_version(&self) -> &'static str {
        match self.version.minor {
            ..=21 => "v1beta2",
            22..=30 => "v1beta3",
            _ => "v1beta4",
        }
    }

    pub(crate) async fn put(&self, node: &NodeName, text: String) {
        let put = Request::Put { path: CONFIG.into(), mode: 0o600, content: Secret::new(text) };
        assert_eq!(self.rack.ask(node, &put, LIMIT).await.unwrap().rc, 0);
    }

    pub(crate) async fn put_init(&self) {
        let (api, version) = (self.api_version(), &self.version);
        let key = key();
        let text = format!(
            "apiVersion: kubeadm.k8s.io/{api}\nkind: InitConfiguration\nbootstrapTokens: [{{ token: {TOKEN}, ttl: 24h0m0s }}]\ncertificateKey: {key}\nlocalAPIEndpoint: {{ advertiseAddress: 10.4.0.11, bindPort: 6443 }}\nnodeRegistration: {{ name: {}, criSocket: 'unix:///run/containerd/containerd.sock' }}\n---\napiVersion: kubeadm.k8s.io/{api}\nkind: ClusterConfiguration\nkubernetesVersion: {version}\ncontrolPlaneEndpoint: 10.4.0.10:6443\nnetworking: {{ podSubnet: 192.168.0.0/16, serviceSubnet: 172.16.0.0/20 }}\n",
            self.init()
        );
        self.put(self.init(), text).await;
    }

    pub(crate) async fn put_join(&self, node: &NodeName, token: &str, hash: &str, key: &str) {
        let api = self.api_version();
        let plane = self.planes.iter().position(|plane| plane == node);
        let control_plane = plane.map_or(String::new(), |index| {
            format!("controlPlane: {{ certificateKey: {key}, localAPIEndpoint: {{ advertiseAddress: 10.4.0.{}, bindPort: 6443 }} }}\n", 11 + index)
        });
        let text = format!(
            "apiVersion: kubeadm.k8s.io/{api}\nkind: JoinConfiguration\nnodeRegistration: {{ name: {node}, criSocket: 'unix:///run/containerd/containerd.sock' }}\ndiscovery:\n  bootstrapToken: {{ token: {token}, apiServerEndpoint: '10.4.0.10:6443', caCertHashes: ['{hash}'] }}\n{control_plane}"
        );
        self.put(node, text).await;
    }

    pub(crate) async fn read(&self, node: &NodeName, path: &str) -> Option<String> {
        let reply = self.rack.ask(node, &Request::Read { path: path.into() }, LIMIT).await.unwrap();
        (reply.rc == 0).then_some(reply.stdout)
    }

    pub(crate) async fn ca_hash(&self) -> String {
        let probe = self.probe(self.init()).await;
        value(&probe, "ca_hash").expect("a CA").to_owned()
    }

    pub(crate) async fn probe(&self, node: &NodeName) -> String {
        let request = Request::Probe {
            endpoint: Some(Endpoint { host: "10.4.0.10".into(), port: 6443 }),
            cri_socket: "unix:///run/containerd/containerd.sock".into(),
            now_ms: 0,
        };
        self.rack.ask(node, &request, LIMIT).await.unwrap().stdout
    }

    /// Runs kubeadm under a key of its own.
    pub(crate) async fn kubeadm(&self, node: &NodeName, line: &str, attempt: u32) -> (Ended, String) {
        let key = RunKey::new(&format!("{line}.{attempt}"));
        self.run(node, &key, line, Start::Run).await
    }

    pub(crate) async fn run(
        &self,
        node: &NodeName,
        key: &RunKey,
        line: &str,
        start: Start,
    ) -> (Ended, String) {
        let (sender, mut receiver) = mpsc::channel(16);
        let request = Request::Kubeadm { args: line.split(' ').map(str::to_owned).collect() };
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

    /// Runs kubeadm and expects it to succeed.
    pub(crate) async fn good(&self, node: &NodeName, line: &str) -> String {
        let (ended, output) = self.kubeadm(node, line, 1).await;
        assert_eq!(ended, Ended::Exited(0), "kubeadm {line} on {node}:\n{output}");
        output
    }

    /// A leaf's command line; flags come last.
    pub(crate) fn line(command: Command, path: &str) -> String {
        let mut line = format!("{command} phase {} --config {CONFIG}", path.replace('/', " "));
        if path == "upload-certs" {
            line.push_str(" --upload-certs");
        }
        if path == "certs/sa" {
            line = line.replace(&format!(" --config {CONFIG}"), "");
        }
        line
    }

    /// The visible leaves of a command that can be run alone.
    pub(crate) fn leaves(&self, command: Command) -> Vec<String> {
        let leaves = tree(command, &self.version).into_iter().filter(|phase| !phase.group && !phase.hidden);
        let paths = leaves.map(|phase| phase.id.as_str().split_once('/').unwrap().1.to_owned());
        paths.filter(|path| path != "show-join-command" && path != "wait-control-plane").collect()
    }

    pub(crate) async fn wait_for(&self, node: &NodeName, what: Awaited) -> Duration {
        let index = self.planes.iter().position(|plane| plane == node).unwrap_or(0);
        let begun = self.clock.elapsed();
        for _ in 0..600 {
            let look = Request::Look {
                what,
                endpoint: Some(Endpoint { host: "10.4.0.10".into(), port: 6443 }),
                advertise: format!("10.4.0.{}", 11 + index),
            };
            let reply = self.rack.ask(node, &look, LIMIT).await.unwrap();
            if value(&reply.stdout, "ready") == Some("yes") {
                return self.clock.elapsed() - begun;
            }
            self.clock.sleep(Duration::from_millis(500)).await;
        }
        panic!("{node} never got {what:?}");
    }

    /// init, leaf by leaf, with the waits of a run.
    pub(crate) async fn bring_up_first(&self) {
        let node = self.init();
        self.rack.connect(node).await.unwrap();
        self.put_init().await;
        for path in self.leaves(Command::Init) {
            if path == "upload-config/kubeadm" {
                self.wait_for(node, Awaited::ApiServer).await;
                self.wait_for(node, Awaited::Endpoint).await;
            }
            let output = self.good(node, &Self::line(Command::Init, &path)).await;
            assert!(output.contains('[') || path.starts_with("kubelet-finalize"), "{path} said: {output}");
        }
    }

    /// A control plane's join, leaf by leaf.
    pub(crate) async fn join_plane(&self, node: &NodeName, hash: &str) {
        self.rack.connect(node).await.unwrap();
        self.put_join(node, TOKEN, hash, &key()).await;
        // 1.33 and 1.34 hide what comes after kubelet-start: it runs as one command.
        let tail = matches!(self.version.minor, 33 | 34);
        for path in self.leaves(Command::Join) {
            let hidden_away = tail && (path == "etcd-join" || path.starts_with("control-plane-join"));
            if !hidden_away {
                self.good(node, &Self::line(Command::Join, &path)).await;
            }
        }
        if tail {
            let skipped = "preflight,control-plane-prepare,kubelet-start";
            self.good(node, &format!("join --config {CONFIG} --skip-phases={skipped}")).await;
        }
    }

    /// A worker's join: preflight, then the rest.
    pub(crate) async fn join_worker(&self, node: &NodeName, hash: &str) {
        self.rack.connect(node).await.unwrap();
        self.put_join(node, TOKEN, hash, &key()).await;
        self.good(node, &Self::line(Command::Join, "preflight")).await;
        self.good(node, &format!("join --config {CONFIG} --skip-phases=preflight")).await;
    }

    pub(crate) async fn kubectl(&self, args: &str) -> Reply {
        let request = Request::Kubectl { args: args.split(' ').map(str::to_owned).collect(), stdin: None };
        self.rack.ask(self.init(), &request, LIMIT).await.unwrap()
    }

    pub(crate) async fn members(&self) -> Vec<String> {
        let request = Request::Etcdctl { args: vec!["member".into(), "list".into()] };
        let reply = self.rack.ask(self.init(), &request, LIMIT).await.unwrap();
        assert_eq!(reply.rc, 0, "{}", reply.stderr);
        reply.stdout.lines().map(str::to_owned).collect()
    }
}

pub(crate) fn spec(version: &str, planes: usize, workers: usize) -> RackSpec {
    let node = |index: usize, role, prefix: &str, base: usize| NodeSpec {
        name: name(&format!("{prefix}{}", index + 1)),
        role,
        address: format!("10.4.0.{}", base + index),
        aliases: Vec::new(),
    };
    let nodes = (0..planes).map(|index| node(index, Role::ControlPlane, "cp", 11));
    let nodes = nodes.chain((0..workers).map(|index| node(index, Role::Worker, "w", 21))).collect();
    RackSpec {
        nodes,
        balancer: Some(("10.4.0.10".into(), 6443)),
        kubeadm: version.parse().unwrap(),
        cri_socket: "unix:///run/containerd/containerd.sock".into(),
        network_by_manifest: false,
        scenario: Scenario::uneventful(),
    }
}

/// The first value of `key` in `key=value` lines.
pub(crate) fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}
