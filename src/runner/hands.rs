//! The two kinds of nodes: real ones over ssh, and simulated ones.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::ids::NodeName;
use crate::sim::Rack;
use crate::transport::request::Greeting;
use crate::transport::ssh::Fleet;
use crate::transport::{Ended, Reply, Request, RunKey, Start, TransportError};

/// Where the nodes are.
#[derive(Debug)]
pub enum Hands {
    /// Real machines over OpenSSH.
    Ssh(Fleet),
    /// Machines that exist only in this process.
    Sim(Rack),
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
