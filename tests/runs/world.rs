//! A simulated rack, and what is asked of it behind the run's back.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kubestep::clock::Clock;
use kubestep::ids::NodeName;
use kubestep::inventory::model::Inventory;
use kubestep::inventory::{self, ThisMachine};
use kubestep::journal::StateDir;
use kubestep::runner::{INIT_CONFIG, JOIN_CONFIG};
use kubestep::sim::{Rack, RackSpec, Scenario};
use kubestep::survey::verify::{self, Standing};
use kubestep::transport::Request;
use kubestep::version::Version;

pub(crate) const GOLDENTOOTH: &str = include_str!("../../inventory/goldentooth.yaml");

/// Runs a test on virtual time. One thread writes journals, so that waiting for it means that all is written.
pub(crate) fn on_virtual_time<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .unwrap()
        .block_on(test)
}

pub(crate) fn name(text: &str) -> NodeName {
    NodeName::new(text).unwrap()
}

pub(crate) fn parsed(text: &str) -> Inventory {
    inventory::parse(Path::new("tests/runs/rack.yaml"), text.to_owned(), &ThisMachine)
        .expect("a sound inventory")
        .0
}

/// Control planes `c1`…, workers `w1`…; `more` is put below `spec:`.
pub(crate) fn rack(planes: usize, workers: usize, more: &str) -> Inventory {
    let mut text = String::from(
        "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: rack }\nspec:\n  kubernetes: { controlPlaneEndpoint: 10.4.0.10:6443, podSubnet: 192.168.0.0/16, serviceSubnet: 172.16.0.0/20 }\n",
    );
    text.push_str(more);
    text.push_str("  hosts:\n");
    for plane in 1..=planes {
        let _ = writeln!(
            text,
            "    - {{ name: c{plane}, role: control-plane, ssh: {{ address: 10.4.0.{} }} }}",
            10 + plane
        );
    }
    for worker in 1..=workers {
        let address = format!("10.4.{}.{}", 1 + worker / 200, 1 + worker % 200);
        let _ = writeln!(text, "    - {{ name: w{worker}, role: worker, ssh: {{ address: {address} }} }}");
    }
    parsed(&text)
}

/// A scenario of these faults; one flow mapping a line.
pub(crate) fn faults(list: &[&str]) -> Scenario {
    scenario("", list)
}

/// A scenario of these faults and `more` at its top level.
pub(crate) fn scenario(more: &str, list: &[&str]) -> Scenario {
    let mut text = format!("name: test\nabout: a test\n{more}faults:\n");
    for fault in list {
        let _ = writeln!(text, "  - {fault}");
    }
    if list.is_empty() {
        text = text.replace("faults:\n", "");
    }
    Scenario::parse("test", &text).unwrap()
}

/// A rack with machines that outlive consoles.
pub(crate) struct World {
    pub(crate) inventory: Inventory,
    pub(crate) rack: Rack,
    pub(crate) clock: Clock,
    pub(crate) dir: StateDir,
    /// Tokens and certificate keys that were on a node at any time.
    pub(crate) secrets: Arc<Mutex<BTreeSet<String>>>,
    folder: tempfile::TempDir,
    runs: AtomicU32,
}

impl World {
    pub(crate) fn new(inventory: Inventory, kubeadm: &str, scenario: Scenario) -> Self {
        Self::at_speed(1.0, inventory, kubeadm, scenario)
    }

    /// A world whose time passes so many times as fast as the runtime's.
    pub(crate) fn at_speed(speed: f64, inventory: Inventory, kubeadm: &str, scenario: Scenario) -> Self {
        let clock = Clock::simulated("2026-11-22T10:00:00Z".parse().unwrap(), speed);
        let kubeadm: Version = kubeadm.parse().unwrap();
        let mut inventory = inventory;
        inventory.kubernetes.version = Some(kubeadm.clone());
        let spec = RackSpec::from_inventory(&inventory, kubeadm).with_scenario(scenario);
        let folder = tempfile::tempdir().unwrap();
        Self {
            rack: Rack::new(spec, clock.clone(), 7),
            clock,
            dir: StateDir::new(folder.path().join("state")),
            secrets: Arc::default(),
            folder,
            runs: AtomicU32::new(0),
            inventory,
        }
    }

    /// Counts the runs.
    pub(crate) fn number(&self) -> u32 {
        self.runs.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A path on the operator's side.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn nodes(&self) -> Vec<NodeName> {
        self.inventory.hosts.iter().map(|host| host.name.clone()).collect()
    }

    pub(crate) fn planes(&self) -> Vec<NodeName> {
        self.inventory.control_planes().map(|host| host.name.clone()).collect()
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds)).await;
    }

    /// The cluster as `node` sees it.
    pub(crate) async fn standing(&self, node: &NodeName) -> Standing {
        let reply = self.rack.ask(node, &Request::Standing, Duration::from_secs(60)).await.unwrap();
        verify::parse(&reply.stdout)
    }

    /// Holds the rack against the inventory: every node as it should be, etcd's voters are the control planes, no
    /// secret is left.
    pub(crate) async fn assert_healthy(&self) {
        for plane in self.planes() {
            let standing = self.standing(&plane).await;
            let version = self.inventory.kubernetes.version.clone().unwrap();
            assert_eq!(verify::judge(&self.inventory, &version, &standing), [], "as {plane} sees it");
            let nodes: BTreeSet<&str> = standing.nodes.keys().map(String::as_str).collect();
            let all = self.nodes();
            assert_eq!(nodes, all.iter().map(NodeName::as_str).collect(), "nodes, as {plane} sees them");
            let members = standing.etcd_members.expect("etcd's members");
            let voters: BTreeSet<&str> =
                members.iter().filter(|m| m.started && m.voter).map(|m| m.name.as_str()).collect();
            assert_eq!(members.len(), voters.len(), "{members:?}");
            assert_eq!(voters, self.planes().iter().map(NodeName::as_str).collect(), "{members:?}");
        }
        self.assert_no_secrets();
    }

    /// No file of ours, and no file with a token or certificate key that ever was on a node.
    pub(crate) fn assert_no_secrets(&self) {
        for node in self.nodes() {
            for path in [INIT_CONFIG, JOIN_CONFIG] {
                assert_eq!(self.rack.file(&node, path).map(|_| path), None, "left on {node}");
            }
        }
        assert_eq!(self.rack.kept_runs(), [], "output of remote runs that is still on the nodes");
        for secret in self.secrets.lock().unwrap().iter() {
            assert_eq!(self.rack.files_with(secret), [], "files with a secret of the run");
        }
    }

    /// kubeadm processes that took `phase` to its end on `node`.
    pub(crate) fn done(&self, node: &NodeName, phase: &str) -> usize {
        let calls = self.rack.calls();
        calls
            .iter()
            .filter(|call| call.node == node.as_str())
            .flat_map(|call| &call.phases)
            .filter(|stretch| stretch.phase == phase)
            .count()
    }
}

/// Reads the run's secrets from kubeadm's configuration on the nodes, as an attacker with root would.
pub(crate) fn secrets_on(rack: &Rack, node: &NodeName) -> Vec<String> {
    let configs = [INIT_CONFIG, JOIN_CONFIG].map(|path| rack.file(node, path));
    configs.iter().flatten().flat_map(|text| secrets_in(text)).collect()
}

fn secrets_in(text: &str) -> Vec<String> {
    let value = |line: &str| {
        let line = line.trim().trim_start_matches("- ");
        let value = line.strip_prefix("token:").or_else(|| line.strip_prefix("certificateKey:"))?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    };
    text.lines().filter_map(value).filter(|value| !value.is_empty()).collect()
}
