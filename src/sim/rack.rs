//! The rack: simulated nodes behind the same calls as real ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::mpsc;

use super::answers;
use super::fault::{Disturb, Disturbance, Plot, Trick};
use super::kubeadm::{self, Process};
use super::lines::Lines;
use super::model::World;
use super::runs::{Run, Runs};
use super::scenario::FaultKind;
use super::spec::{RackSpec, role_name};
use super::store::Store;
use crate::clock::Clock;
use crate::ids::NodeName;
use crate::inventory::model::Role;
use crate::transport::error::{Fault, TransportError};
use crate::transport::request::{Ended, Greeting, Reply, Request, RunKey, Start};
use crate::transport::ssh::LinkEvent;

/// How long a handshake takes, beyond the link's own delay.
const HANDSHAKE: Duration = Duration::from_millis(180);
/// How long a connection is tried for.
const CONNECT: Duration = Duration::from_secs(10);

/// Simulated nodes, answering the requests that real ones answer over ssh. Clones share everything.
#[derive(Clone)]
pub struct Rack(Arc<Inner>);

struct Inner {
    spec: RackSpec,
    clock: Clock,
    store: Store,
    plot: Plot,
    runs: Runs,
    lines: Lines,
    /// The boot that each connection was made to.
    greeted: Mutex<HashMap<String, String>>,
    /// One kubeadm per node at a time.
    turns: HashMap<String, Arc<tokio::sync::Mutex<()>>>,
    disturbances: Mutex<Vec<tokio::task::AbortHandle>>,
}

impl std::fmt::Debug for Rack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rack").field("scenario", &self.0.spec.scenario.name).finish_non_exhaustive()
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
            let plot = Plot::new(spec.scenario.faults.clone(), disturb);
            spec.afflict(&mut world, &plot);
            let lines = Lines::new(&spec);
            let turns = spec.nodes.iter().map(|node| (node.name.to_string(), Arc::default())).collect();
            Inner {
                store: Store::in_memory(world, clock),
                clock,
                plot,
                runs: Runs::default(),
                lines,
                greeted: Mutex::default(),
                turns,
                disturbances: Mutex::default(),
                spec,
            }
        });
        Self(inner)
    }

    pub(super) fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        self.0.store.with(look)
    }

    /// Tells `links` of links that are lost and restored from now on.
    pub fn report_links(&self, links: mpsc::Sender<LinkEvent>) {
        self.0.lines.report(links);
    }

    /// Logs in to `node`.
    pub async fn connect(&self, node: &NodeName) -> Result<Greeting, TransportError> {
        let inner = &self.0;
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
        Ok(inner.runs.find(node, key).unwrap_or_else(|| inner.runs.begin(node, key)).kill(143))
    }

    /// Removes what `node` keeps of finished runs.
    pub async fn forget(&self, node: &NodeName, keys: &[RunKey]) -> Result<(), TransportError> {
        let inner = &self.0;
        inner.admitted(node)?;
        inner.way(node, CONNECT).await?;
        inner.clock.sleep(inner.latency(node) * 2).await;
        inner.runs.forget(node, keys);
        Ok(())
    }

    /// Ends all connections. What runs on the nodes goes on.
    #[expect(clippy::unused_async, reason = "the shape of the ssh fleet's")]
    pub async fn close(&self) {
        self.0.greeted.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn failed(node: &NodeName, fault: Fault) -> TransportError {
    TransportError { node: node.clone(), fault }
}

impl Inner {
    fn role(&self, node: &str) -> Role {
        self.spec.nodes.iter().find(|spec| spec.name.as_str() == node).map_or(Role::Worker, |spec| spec.role)
    }

    fn latency(&self, node: &NodeName) -> Duration {
        Duration::from_millis(self.spec.latency(node.as_str(), self.role(node.as_str())))
    }

    fn boot(&self, node: &NodeName) -> String {
        self.store.with(|world| {
            let seed = world.seed;
            world.nodes.get(node.as_str()).map(|node| node.boot_id(seed)).unwrap_or_default()
        })
    }

    fn address(&self, node: &NodeName) -> String {
        self.spec
            .nodes
            .iter()
            .find(|spec| spec.name == *node)
            .map_or_else(|| node.to_string(), |spec| spec.address.clone())
    }

    fn timed_out(&self, node: &NodeName, limit: Duration) -> TransportError {
        failed(node, Fault::TimedOut { address: self.address(node), seconds: limit.as_secs() })
    }

    /// Whether anybody gets in at all.
    fn admitted(&self, node: &NodeName) -> Result<(), TransportError> {
        let Some(spec) = self.spec.nodes.iter().find(|spec| spec.name == *node) else {
            return Err(failed(node, Fault::UnknownHost { address: node.to_string() }));
        };
        let name = node.as_str();
        let closed = self.spec.scenario.faults.iter().find(|fault| {
            let meant = fault.node == "*" || fault.node == name || fault.node == role_name(spec.role);
            meant && matches!(fault.kind, FaultKind::Unreachable | FaultKind::LoginRefused)
        });
        match closed.map(|fault| fault.kind) {
            Some(FaultKind::Unreachable) => {
                Err(failed(node, Fault::Refused { address: spec.address.clone() }))
            }
            Some(FaultKind::LoginRefused) => {
                Err(failed(node, Fault::LoginRefused { detail: "Permission denied (publickey).".into() }))
            }
            _ => Ok(()),
        }
    }

    /// Waits until the link stands, for `limit` at most.
    async fn way(&self, node: &NodeName, limit: Duration) -> Result<(), TransportError> {
        tokio::select! {
            () = self.lines.wait(node) => Ok(()),
            () = self.clock.sleep(limit) => Err(self.timed_out(node, limit)),
        }
    }

    async fn answer(
        &self,
        node: &NodeName,
        request: &Request,
        limit: Duration,
    ) -> Result<Reply, TransportError> {
        self.way(node, limit).await?;
        let name = node.as_str();
        let role = self.role(name);
        let mut effort = answers::effort(request);
        match self.plot.trick(name, &[role_name(role)], answers::name(request)) {
            Trick::Fail { output, rc } => return Ok(Reply { rc, stdout: String::new(), stderr: output }),
            Trick::Hang => std::future::pending().await,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "milliseconds"
            )]
            Trick::Slow(factor) => effort = (effort as f64 * factor) as u64,
            Trick::Nothing => {}
        }
        let latency = self.latency(node);
        self.clock.sleep(latency + Duration::from_millis(effort)).await;
        let reply = if let Request::Kubeadm { args } = request {
            let heard = Arc::new(Heard::default());
            let process = Process::new(self.store.clone(), name, &args.join(" "), heard.clone());
            let rc = kubeadm::main(process, args.clone(), self.plot.clone()).await;
            heard.reply(rc)
        } else {
            let shell = self.spec.shell(name, role);
            self.store.with(|world| answers::answer(world, name, request, effort, shell.as_deref()))
        };
        self.clock.sleep(latency).await;
        // The link may have gone while the node worked.
        self.way(node, limit).await?;
        Ok(reply)
    }

    /// Sets the work going; it belongs to the node and not to whoever asked for it.
    fn start(self: &Arc<Self>, node: &NodeName, key: &RunKey, request: &Request, run: &Arc<Run>) {
        let inner = Arc::clone(self);
        let (node, request, state) = (node.clone(), request.clone(), Arc::clone(run));
        let what = key.as_str().to_owned();
        let task = tokio::spawn(async move {
            let rc = inner.work(&node, &request, &what, &state).await;
            state.end(Ended::Exited(rc));
        });
        run.owned_by(task.abort_handle());
    }

    async fn work(&self, node: &NodeName, request: &Request, what: &str, run: &Arc<Run>) -> i32 {
        let name = node.as_str();
        if let Request::Kubeadm { args } = request {
            let Some(turn) = self.turns.get(name) else { return 127 };
            let _turn = if let Ok(turn) = turn.try_lock() {
                turn
            } else {
                run.print(
                    "[kubestep] another kubeadm of kubestep runs on this node; waiting up to 900 s for it",
                );
                turn.lock().await
            };
            let process = Process::new(self.store.clone(), name, what, Arc::clone(run) as _);
            return kubeadm::main(process, args.clone(), self.plot.clone()).await;
        }
        let roles = [role_name(self.role(name))];
        match self.plot.trick(name, &roles, answers::name(request)) {
            Trick::Fail { output, rc } => {
                run.print(output.trim_end());
                return rc;
            }
            Trick::Hang => std::future::pending().await,
            Trick::Slow(_) | Trick::Nothing => {}
        }
        let effort = answers::effort(request);
        self.clock.sleep(Duration::from_millis(effort)).await;
        let shell = self.spec.shell(name, self.role(name));
        let reply = self.store.with(|world| answers::answer(world, name, request, effort, shell.as_deref()));
        for text in [&reply.stdout, &reply.stderr] {
            if !text.is_empty() {
                run.print(text.trim_end_matches('\n'));
            }
        }
        reply.rc
    }

    /// Cuts a link or takes a node's power away, in its own time.
    fn disturb(self: &Arc<Self>, node: &str, what: Disturbance) {
        let inner = Arc::clone(self);
        let Ok(name) = NodeName::new(node) else { return };
        let task = tokio::spawn(async move {
            inner.clock.sleep(what.after).await;
            match what.kind {
                FaultKind::CutLink => {
                    inner.lines.cut(&name, what.lasting, inner.clock, "the connection went away").await;
                }
                FaultKind::PowerOff => inner.power_off(&name, what.lasting).await,
                _ => {}
            }
        });
        self.disturbances.lock().unwrap_or_else(PoisonError::into_inner).push(task.abort_handle());
    }

    async fn power_off(&self, node: &NodeName, lasting: Option<Duration>) {
        self.runs.lose_all(node);
        self.store.with(|world| {
            let boots_at =
                lasting.map(|lasting| world.now + i64::try_from(lasting.as_millis()).unwrap_or(i64::MAX));
            if let Some(machine) = world.nodes.get_mut(node.as_str()) {
                machine.power_off(boots_at);
            }
        });
        // sshd is there a little after the kernel.
        let lasting = lasting.map(|lasting| lasting + Duration::from_secs(2));
        self.lines.cut(node, lasting, self.clock, "the node does not answer").await;
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for task in self.disturbances.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}

/// Collects what a process prints.
#[derive(Default)]
struct Heard(Mutex<(String, String)>);

impl kubeadm::output::Sink for Heard {
    fn line(&self, error: bool, text: &str) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stream = if error { &mut heard.1 } else { &mut heard.0 };
        stream.push_str(text);
        stream.push('\n');
    }
}

impl Heard {
    fn reply(&self, rc: i32) -> Reply {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (stdout, stderr) = std::mem::take(&mut *heard);
        Reply { rc, stdout, stderr }
    }
}
