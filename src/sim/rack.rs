//! The rack: simulated nodes behind the same calls as real ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, Weak};
use std::time::Duration;

use tokio::sync::mpsc;

use super::fault::{Disturb, Plot};
use super::lines::Lines;
use super::model::World;
use super::runs::Runs;
use super::scenario::{Fault, FaultKind};
use super::spec::RackSpec;
use super::store::Store;
use crate::clock::Clock;
use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::transport::error::{Fault as Refusal, TransportError};
use crate::transport::request::{Ended, Greeting, Reply, Request, RunKey, Start};
use crate::transport::ssh::LinkEvent;

/// How long a handshake takes, beyond the link's own delay.
const HANDSHAKE: Duration = Duration::from_millis(180);
/// How long a connection is tried for.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// Simulated nodes, answering the requests that real ones answer over ssh. Clones share everything.
#[derive(Clone)]
pub struct Rack(pub(super) Arc<Inner>);

/// What clones share.
pub(super) struct Inner {
    spec: RwLock<RackSpec>,
    pub(super) clock: Clock,
    pub(super) store: Store,
    pub(super) plot: Plot,
    pub(super) runs: Runs,
    pub(super) lines: Lines,
    /// The boot that each connection was made to.
    greeted: Mutex<HashMap<String, String>>,
    /// One kubeadm per node at a time.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Faults of links and power that come by themselves; they begin with the first connection.
    pending: Mutex<Vec<(String, Fault)>>,
    pub(super) disturbances: Mutex<Vec<tokio::task::AbortHandle>>,
}

impl std::fmt::Debug for Rack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rack").field("scenario", &self.0.spec().scenario.name).finish_non_exhaustive()
    }
}

impl Rack {
    /// A rack of freshly installed machines. The same `spec` and `seed` give the same machines and the same timing; keys and
    /// certificates are new each time.
    pub fn new(spec: RackSpec, clock: Clock, seed: u64) -> Self {
        let now = clock.at(clock.elapsed()).as_millisecond();
        let mut world = spec.world(seed, 1.0, now);
        let inner = Arc::new_cyclic(|weak: &Weak<Inner>| {
            let weak = weak.clone();
            let disturb: Disturb = Arc::new(move |node, what| {
                if let Some(inner) = weak.upgrade() {
                    inner.disturb(node, what);
                }
            });
            let plot = Plot::new(spec.scenario.faults.clone(), world.titles.clone(), disturb);
            let pending = spec.afflict(&mut world, &plot);
            let lines = Lines::new(&spec);
            Inner {
                store: Store::in_memory(world, clock.clone()),
                clock,
                plot,
                runs: Runs::default(),
                lines,
                greeted: Mutex::default(),
                turns: Mutex::default(),
                pending: Mutex::new(pending),
                disturbances: Mutex::default(),
                spec: RwLock::new(spec),
            }
        });
        Self(inner)
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(super) fn runs(&self) -> &Runs {
        &self.0.runs
    }

    pub(super) fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        self.0.store.with(look)
    }

    /// Puts up the machines of `inventory` that are not there yet, freshly installed.
    pub fn admit(&self, inventory: &Inventory) {
        let inner = &self.0;
        let mut spec = inner.spec.write().unwrap_or_else(PoisonError::into_inner);
        let added = spec.admit(inventory);
        inner.world(|world| spec.settle(world, &added));
        inner.lines.admit(&added);
    }

    /// Tells `links` of links that are lost and restored from now on.
    pub fn report_links(&self, links: mpsc::Sender<LinkEvent>) {
        self.0.lines.report(links);
    }

    /// Logs in to `node`.
    pub async fn connect(&self, node: &NodeName) -> Result<Greeting, TransportError> {
        let inner = &self.0;
        for (name, fault) in inner.pending.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            inner.plot.disturb(&name, &fault);
        }
        inner.admitted(node)?;
        inner.way(node, CONNECT).await?;
        let latency = inner.latency(node);
        inner.clock.sleep(HANDSHAKE + latency * 8).await;
        let boot = inner.boot(node);
        inner.greeted.lock().unwrap_or_else(PoisonError::into_inner).insert(node.to_string(), boot.clone());
        Ok(Greeting { boot, new_host_key: None, round_trip: latency * 2 })
    }

    /// Asks `node` and waits `limit` for the answer.
    pub async fn ask(
        &self,
        node: &NodeName,
        request: &Request,
        limit: Duration,
    ) -> Result<Reply, TransportError> {
        let inner = &self.0;
        inner.admitted(node)?;
        let begun = inner.clock.elapsed();
        let answer = inner.answer(node, request, limit);
        tokio::select! {
            reply = answer => reply,
            () = inner.clock.sleep(limit.saturating_sub(inner.clock.elapsed().saturating_sub(begun))) => {
                Err(inner.timed_out(node, limit))
            }
        }
    }

    /// Starts `request` as run `key`, at most once ever, and follows it from the start of its output to its end, through lost
    /// links. Dropping the future leaves the run alone.
    pub async fn run(
        &self,
        node: &NodeName,
        key: &RunKey,
        request: &Request,
        start: Start,
        output: &mpsc::Sender<Vec<u8>>,
    ) -> Result<Ended, TransportError> {
        let inner = &self.0;
        inner.admitted(node)?;
        inner.lines.wait(node).await;
        inner.clock.sleep(inner.latency(node) * 2).await;
        let run = match (inner.runs.find(node, key), start) {
            (Some(run), _) => run,
            (None, Start::Attach) => return Ok(Ended::Unknown),
            (None, Start::Run) => {
                let boot = inner.boot(node);
                let known =
                    inner.greeted.lock().unwrap_or_else(PoisonError::into_inner).get(node.as_str()).cloned();
                if known.is_some_and(|known| known != boot) {
                    return Ok(Ended::Rebooted);
                }
                let run = inner.runs.begin(node, key);
                inner.start(node, key, request, &run);
                run
            }
        };
        Ok(run.follow(&inner.lines.watch(node), output).await)
    }

    /// Ends run `key` on `node`. One that never started never will.
    pub async fn kill(
        &self,
        node: &NodeName,
        key: &RunKey,
        grace: Duration,
    ) -> Result<Ended, TransportError> {
        let inner = &self.0;
        inner.admitted(node)?;
        inner.way(node, grace + CONNECT).await?;
        inner.clock.sleep(inner.latency(node) * 2).await;
        let run = inner.runs.find(node, key).unwrap_or_else(|| inner.runs.begin(node, key));
        let ended = run.kill(if grace.is_zero() { 137 } else { 143 });
        run.files_after(|| inner.files(node));
        Ok(ended)
    }

    /// Whether run `key` changed files.
    pub fn changed_files(&self, node: &NodeName, key: &RunKey) -> bool {
        self.0.runs.find(node, key).is_some_and(|run| run.files().is_some())
    }

    /// Removes what `node` keeps of runs that are over, whichever console began them.
    pub async fn forget(&self, node: &NodeName) -> Result<(), TransportError> {
        let inner = &self.0;
        inner.admitted(node)?;
        inner.way(node, CONNECT).await?;
        inner.clock.sleep(inner.latency(node) * 2).await;
        inner.runs.forget(node);
        Ok(())
    }

    /// Ends all connections. What runs on the nodes goes on.
    #[expect(clippy::unused_async, reason = "the shape of the ssh fleet's")]
    pub async fn close(&self) {
        self.0.greeted.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn failed(node: &NodeName, fault: Refusal) -> TransportError {
    TransportError { node: node.clone(), fault }
}

impl Inner {
    pub(super) fn latency(&self, node: &NodeName) -> Duration {
        Duration::from_millis(self.spec().latency(node.as_str()))
    }

    pub(super) fn spec(&self) -> RwLockReadGuard<'_, RackSpec> {
        self.spec.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        self.store.with(look)
    }

    /// One kubeadm on `node` at a time.
    pub(super) fn turn(&self, node: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(node.to_owned()).or_default())
    }

    fn boot(&self, node: &NodeName) -> String {
        self.store.with(|world| {
            let seed = world.seed;
            world.nodes.get(node.as_str()).map(|node| node.boot_id(seed)).unwrap_or_default()
        })
    }

    fn address(&self, node: &NodeName) -> String {
        self.spec()
            .nodes
            .iter()
            .find(|spec| spec.name == *node)
            .map_or_else(|| node.to_string(), |spec| spec.address.clone())
    }

    fn timed_out(&self, node: &NodeName, limit: Duration) -> TransportError {
        failed(node, Refusal::TimedOut { address: self.address(node), seconds: limit.as_secs() })
    }

    /// Whether anybody gets in at all.
    pub(super) fn admitted(&self, node: &NodeName) -> Result<(), TransportError> {
        let rack = self.spec();
        let Some(spec) = rack.nodes.iter().find(|spec| spec.name == *node) else {
            return Err(failed(node, Refusal::UnknownHost { address: node.to_string() }));
        };
        let titles = rack.titles(node.as_str());
        let closed = rack.scenario.faults.iter().find(|fault| {
            let closes = matches!(fault.kind, FaultKind::Unreachable | FaultKind::LoginRefused);
            closes && titles.contains(&fault.node)
        });
        match closed.map(|fault| fault.kind) {
            Some(FaultKind::Unreachable) => {
                Err(failed(node, Refusal::Refused { address: spec.address.clone() }))
            }
            Some(FaultKind::LoginRefused) => {
                Err(failed(node, Refusal::LoginRefused { detail: "Permission denied (publickey).".into() }))
            }
            _ => Ok(()),
        }
    }

    /// Waits until the link stands, for `limit` at most.
    pub(super) async fn way(&self, node: &NodeName, limit: Duration) -> Result<(), TransportError> {
        tokio::select! {
            () = self.lines.wait(node) => Ok(()),
            () = self.clock.sleep(limit) => Err(self.timed_out(node, limit)),
        }
    }
}
