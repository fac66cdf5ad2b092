//! The two kinds of nodes: real ones over ssh, and simulated ones.

use std::cell::RefCell;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::sim::Rack;
use crate::transport::request::Greeting;
use crate::transport::ssh::{Fleet, Target};
use crate::transport::{Ended, Reply, Request, RunKey, Start, TransportError};

/// Where the nodes are.
#[derive(Debug)]
pub enum Hands {
    /// Real machines over OpenSSH.
    Ssh(Box<Fleet>),
    /// Machines that exist only in this process.
    Sim(Rack),
}

/// Makes of hosts that come to a run under way what is needed to reach them, or says why that can't be.
type Enroller = dyn FnMut(&Inventory, &[NodeName]) -> Result<Vec<Target>, String>;

/// How nodes are reached that come to a run later; by default not at all.
#[derive(Default)]
pub struct Enrol(Option<RefCell<Box<Enroller>>>);

impl Enrol {
    /// By `enroller`, which must not wait for anybody.
    pub fn by(
        enroller: impl FnMut(&Inventory, &[NodeName]) -> Result<Vec<Target>, String> + 'static,
    ) -> Self {
        Self(Some(RefCell::new(Box::new(enroller))))
    }

    fn targets(&self, inventory: &Inventory, nodes: &[NodeName]) -> Result<Vec<Target>, String> {
        match &self.0 {
            Some(enroller) => (enroller.borrow_mut())(inventory, nodes),
            None => Err("nodes can't come to this run".to_owned()),
        }
    }
}

impl std::fmt::Debug for Enrol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrol").finish_non_exhaustive()
    }
}

macro_rules! delegate {
    ($self:ident.$method:ident($($argument:expr),*)) => {
        match $self {
            Self::Ssh(fleet) => fleet.$method($($argument),*).await,
            Self::Sim(rack) => rack.$method($($argument),*).await,
        }
    };
}

impl Hands {
    /// Makes ready for `nodes` of `inventory`, which come to the run, or are reached in another way from now on.
    pub fn admit(&self, inventory: &Inventory, nodes: &[NodeName], enrol: &Enrol) -> Result<(), String> {
        match self {
            Self::Ssh(_) if nodes.is_empty() => Ok(()),
            Self::Ssh(fleet) => {
                fleet.admit(enrol.targets(inventory, nodes)?).map_err(|error| error.to_string())
            }
            Self::Sim(rack) => {
                rack.admit(inventory);
                Ok(())
            }
        }
    }

    /// Connects, logs in and becomes root.
    pub async fn connect(&self, node: &NodeName) -> Result<Greeting, TransportError> {
        delegate!(self.connect(node))
    }

    /// A short request that may be repeated.
    pub async fn ask(
        &self,
        node: &NodeName,
        request: &Request,
        limit: Duration,
    ) -> Result<Reply, TransportError> {
        delegate!(self.ask(node, request, limit))
    }

    /// A long one that outlives the link and this process.
    pub async fn run(
        &self,
        node: &NodeName,
        key: &RunKey,
        request: &Request,
        start: Start,
        output: &mpsc::Sender<Vec<u8>>,
    ) -> Result<Ended, TransportError> {
        delegate!(self.run(node, key, request, start, output))
    }

    /// Ends a long request's whole process tree on the node.
    pub async fn kill(
        &self,
        node: &NodeName,
        key: &RunKey,
        grace: Duration,
    ) -> Result<Ended, TransportError> {
        delegate!(self.kill(node, key, grace))
    }

    /// Whether a long request that has ended is known to have changed files; asked once.
    pub fn changed_files(&self, node: &NodeName, key: &RunKey) -> bool {
        match self {
            Self::Ssh(fleet) => fleet.changed_files(node, key),
            Self::Sim(rack) => rack.changed_files(node, key),
        }
    }

    /// Removes what long requests that are over left on the node, whichever console began them.
    pub async fn forget(&self, node: &NodeName) -> Result<(), TransportError> {
        delegate!(self.forget(node))
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Ssh(fleet) => fleet.close().await,
            Self::Sim(rack) => rack.close().await,
        }
    }
}
