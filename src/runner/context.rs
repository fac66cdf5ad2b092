//! What all steps of a run share.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::ids::{NodeName, RunId};
use crate::inventory::model::{Endpoint, Host, Inventory};
use crate::secret::Redactor;
use crate::survey::facts::Facts;
use crate::survey::finding::Finding;
use crate::version::Version;

use super::files::Looks;
use super::hands::{Enrol, Hands};
use super::material::Material;

/// kubeadm's configuration for `init`, on the first control plane; in a tmpfs, mode 0600.
pub const INIT_CONFIG: &str = "/run/kubestep/init.yaml";
/// kubeadm's configuration for `join`, on every other node.
pub const JOIN_CONFIG: &str = "/run/kubestep/join.yaml";

/// What is not as it should be, by node.
pub(super) type Wrongs = BTreeMap<NodeName, Vec<String>>;

/// Settings and shared knowledge of one run.
#[derive(Debug)]
pub struct Context {
    /// The nodes.
    pub hands: Hands,
    /// The run's time.
    pub clock: Clock,
    /// What the operator wants; it may change while the run goes on.
    inventory: watch::Sender<Arc<Inventory>>,
    /// How nodes are reached that come to the run later.
    pub enrol: Enrol,
    /// Filters everything that comes from nodes.
    pub redactor: Redactor,
    /// The first run of a chain of resumed ones: remote runs are named after it, so that a resumed console
    /// finds what its predecessor started.
    pub root: RunId,
    /// Where the admin kubeconfig goes.
    pub kubeconfig: Option<PathBuf>,
    /// An earlier console's work is gone on with: its traces on the nodes are expected.
    pub resuming: bool,
    /// Nodes are taken down, and none is set up.
    pub(super) resetting: bool,
    pub(super) facts: RefCell<BTreeMap<NodeName, Facts>>,
    /// What all nodes' facts say when held against each other; made when first asked for.
    pub(super) across: RefCell<Option<BTreeMap<NodeName, Vec<Finding>>>>,
    pub(super) material: RefCell<Option<Material>>,
    pub(super) ca_hash: RefCell<Option<String>>,
    pub(super) leader: RefCell<Option<NodeName>>,
    pub(super) version: RefCell<Option<Version>>,
    /// Preflight checks that a node's own finished phases make fail.
    pub(super) ignores: RefCell<BTreeMap<NodeName, Vec<String>>>,
    /// The node's boot mark when its configuration was written, by path.
    pub(super) configs: RefCell<BTreeMap<(NodeName, &'static str), String>>,
    /// What was written on each node, secrets masked, the oldest first.
    pub(super) written: RefCell<BTreeMap<NodeName, Vec<String>>>,
    pub(super) config_locks: RefCell<BTreeMap<NodeName, Rc<tokio::sync::Mutex<()>>>>,
    pub(super) boots: RefCell<BTreeMap<NodeName, String>>,
    /// What is wrong in the cluster, by node, as last asked for, and when.
    pub(super) standing: tokio::sync::Mutex<Option<(Duration, Rc<Wrongs>)>>,
    /// Looks at nodes' files that are still to come.
    pub(super) looks: Looks,
    /// Nodes that were booted anew since this console connected.
    pub(super) rebooted: RefCell<BTreeSet<NodeName>>,
}

impl Context {
    /// A context for nodes not yet asked.
    pub fn new(hands: Hands, clock: Clock, inventory: Inventory, redactor: Redactor, root: RunId) -> Self {
        Self {
            hands,
            clock,
            inventory: watch::Sender::new(Arc::new(inventory)),
            enrol: Enrol::default(),
            redactor,
            root,
            kubeconfig: None,
            resuming: false,
            resetting: false,
            facts: RefCell::default(),
            across: RefCell::default(),
            material: RefCell::default(),
            ca_hash: RefCell::default(),
            leader: RefCell::default(),
            version: RefCell::default(),
            ignores: RefCell::default(),
            configs: RefCell::default(),
            written: RefCell::default(),
            config_locks: RefCell::default(),
            boots: RefCell::default(),
            standing: tokio::sync::Mutex::default(),
            looks: Looks::default(),
            rebooted: RefCell::default(),
        }
    }

    /// What the operator wants now.
    pub fn inventory(&self) -> Arc<Inventory> {
        Arc::clone(&self.inventory.borrow())
    }

    /// What the operator wants, whenever it changes.
    pub fn inventories(&self) -> watch::Receiver<Arc<Inventory>> {
        self.inventory.subscribe()
    }

    pub(super) fn go_by(&self, inventory: Inventory) {
        self.inventory.send_replace(Arc::new(inventory));
    }

    pub(super) fn host(&self, node: &NodeName) -> Option<Host> {
        self.inventory().host(node).cloned()
    }

    /// Where `node`'s own API server is, or would be.
    pub(super) fn advertise(&self, node: &NodeName) -> Option<IpAddr> {
        super::shown::address(&self.host(node)?, self.facts.borrow().get(node))
    }

    /// What all nodes reach the API server by.
    pub(super) fn endpoint(&self) -> Option<Endpoint> {
        let leader = self.leader.borrow().clone()?;
        Some(crate::inventory::kubeadm::endpoint(&self.inventory(), self.advertise(&leader)?))
    }

    pub(super) fn kubeadm_of(&self, node: &NodeName) -> Option<Version> {
        self.facts.borrow().get(node)?.kubeadm.clone()
    }

    /// What was learnt of the node's place in a cluster counts no more; of the first control plane, nor does the cluster.
    pub(super) fn forget_cluster_of(&self, node: &NodeName) {
        self.ignores.borrow_mut().remove(node);
        if self.leader.borrow().as_ref() == Some(node) {
            self.ca_hash.borrow_mut().take();
        }
    }

    /// The version the cluster gets: the inventory's, else the first control plane's kubeadm's.
    pub(super) fn cluster_version(&self) -> Option<Version> {
        self.version.borrow().clone()
    }
}
