//! A node's connection: made when needed, made again when lost, shared by everybody who talks to the node.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use openssh::Session;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc};

use super::exchange::{Exchange, Sink, Unopened};
use super::master;
use super::options::{LinkEvent, SshOptions, Target};
use super::program::{Task, program};
use super::root::Root;
use super::sessions::Sessions;
use super::{classify, config};
use crate::clock::Clock;
use crate::transport::error::Fault;

/// What all links share.
#[derive(Debug)]
pub(super) struct Shared {
    pub options: SshOptions,
    pub gate: Semaphore,
    pub links: mpsc::Sender<LinkEvent>,
    pub folder: PathBuf,
    pub clock: Clock,
    pub counter: AtomicU64,
}

/// One node's.
#[derive(Debug)]
pub(super) struct Link {
    pub target: Target,
    pub shared: Arc<Shared>,
    pub config: PathBuf,
    pub sessions: Sessions,
    state: Mutex<State>,
    /// Learnt at the first connection.
    pub greeted: std::sync::Mutex<Greeted>,
}

/// What the first connection taught us.
#[derive(Debug, Clone, Default)]
pub(super) struct Greeted {
    pub root: Option<Root>,
    pub boot: Option<String>,
    pub new_host_key: Option<String>,
}

#[derive(Debug, Default)]
struct State {
    up: Option<Up>,
    epoch: u64,
    /// When somebody last asked for it.
    used: Duration,
    lost: Option<Duration>,
}

/// A master that stands. Dropping `owner` ends it; what still runs over it has `session`.
#[derive(Debug)]
struct Up {
    owner: Session,
    session: Arc<Session>,
}

/// A connection, and which one of the node's.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    session: Arc<Session>,
    epoch: u64,
}

/// Why an exchange came to no end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The connection is gone.
    Lost(String),
    /// The command ended without our last line, on a connection that stands.
    BrokeOff(String),
    /// Trying again won't help.
    Fault(Fault),
}

/// Commands that break off in a row on a connection that seems to stand, before a new one is made.
const NEW_WIRE_AFTER: u32 = 2;

impl Up {
    /// The master takes no further command, and ends with the last one that still runs over it.
    async fn end(self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.owner.close()).await;
    }
}

impl Link {
    pub(super) fn new(target: Target, shared: Arc<Shared>, config: PathBuf) -> Self {
        let sessions = Sessions::new(shared.options.sessions);
        Self {
            target,
            shared,
            config,
            sessions,
            state: Mutex::default(),
            greeted: std::sync::Mutex::default(),
        }
    }

    /// A word that nobody can guess, another one each time.
    pub(super) fn word(&self) -> String {
        let count = self.shared.counter.fetch_add(1, Ordering::Relaxed);
        let mut hash = Sha256::new();
        hash.update(self.shared.options.seed.expose());
        hash.update(self.target.name.as_str());
        hash.update(count.to_le_bytes());
        hash.finalize().iter().take(12).fold(String::new(), |word, byte| format!("{word}{byte:02x}"))
    }

    /// The connection; made within `limit` if there is none. One attempt.
    pub(super) async fn wire(&self, limit: Duration) -> Result<Wire, Fault> {
        let mut state = self.state.lock().await;
        let now = self.shared.clock.elapsed();
        let idle = now.saturating_sub(state.used) > config::NEARLY_ENDED && self.sessions.is_idle();
        state.used = now;
        if idle && let Some(up) = state.up.take() {
            // The master ends by itself about now. That is no loss, and nobody is to hear of one.
            up.end().await;
        }
        if let Some(up) = &state.up {
            return Ok(Wire { session: Arc::clone(&up.session), epoch: state.epoch });
        }
        let master = {
            let _turn = self.shared.gate.acquire().await;
            master::connect(&self.target, &self.config, &self.shared.folder, limit).await?
        };
        let session = Arc::new(Session::resume_mux(master.session.control_socket().into(), None));
        state.epoch += 1;
        state.up = Some(Up { owner: master.session, session: Arc::clone(&session) });
        let wire = Wire { session, epoch: state.epoch };
        let lost = state.lost.take();
        drop(state);
        if master.new_host_key.is_some() {
            self.learn(|greeted| greeted.new_host_key = master.new_host_key);
        }
        tracing::debug!(node = %self.target.name, epoch = wire.epoch, "connected");
        if let Some(lost) = lost {
            let away = self.shared.clock.elapsed().saturating_sub(lost);
            tracing::info!(node = %self.target.name, ?away, "the link is back");
            self.tell(LinkEvent::Restored { node: self.target.name.clone(), away }).await;
        }
        Ok(wire)
    }

    /// Gives `wire` up, unless another one took its place already.
    pub(super) async fn broken(&self, wire: &Wire, reason: &str) {
        let mut state = self.state.lock().await;
        if state.epoch != wire.epoch {
            return;
        }
        let Some(up) = state.up.take() else { return };
        // Before the first greeting nobody counts on the link.
        let first = state.lost.is_none() && self.greeted(|greeted| greeted.boot.is_some());
        if first {
            state.lost = Some(self.shared.clock.elapsed());
        }
        drop(state);
        up.end().await;
        tracing::info!(node = %self.target.name, reason, "the link is lost");
        if first {
            self.tell(LinkEvent::Lost { node: self.target.name.clone(), reason: reason.to_owned() }).await;
        }
    }

    /// Ends the connection for good, if there is one.
    pub(super) async fn close(&self) {
        if let Some(up) = self.state.lock().await.up.take() {
            up.end().await;
        }
    }

    /// Has `task` done as root, and gives the node's last line.
    pub(super) async fn exchange(
        &self,
        wire: &Wire,
        task: Task<'_>,
        sink: &mut impl Sink,
    ) -> Result<String, Trouble> {
        let root = self.greeted(|greeted| greeted.root).unwrap_or(Root::Login);
        self.exchange_as(wire, root, task, sink).await
    }

    /// The same by a way to root that is not settled yet.
    pub(super) async fn exchange_as(
        &self,
        wire: &Wire,
        root: Root,
        task: Task<'_>,
        sink: &mut impl Sink,
    ) -> Result<String, Trouble> {
        let end = self.exchange_until(wire, root, task, sink, std::future::pending()).await?;
        end.ok_or_else(|| Trouble::BrokeOff("the command was left".to_owned()))
    }

    /// The same, but the place is given up when `leave` is over: no last line then.
    pub(super) async fn exchange_until(
        &self,
        wire: &Wire,
        root: Root,
        task: Task<'_>,
        sink: &mut impl Sink,
        leave: impl Future<Output = ()>,
    ) -> Result<Option<String>, Trouble> {
        let mark = self.word();
        let program = program(task, &self.shared.options.base_dir, &mark);
        let input = root.input(program, self.target.password.as_ref());
        let exchange = self.open(wire, root.command()).await?;
        let outcome = exchange.run(&input, &mark, sink, leave).await;
        if outcome.end.is_some() || outcome.left {
            return Ok(outcome.end);
        }
        if !self.is_alive(wire).await {
            return Err(Trouble::Lost("the connection went away".to_owned()));
        }
        let said = classify::last_line(&outcome.noise);
        match outcome.exited {
            Some(status) if !outcome.ours && root == Root::Login => {
                Err(Trouble::Fault(Fault::Shell { detail: format!("status {status}: {said}") }))
            }
            Some(_) if !outcome.ours => Err(Trouble::Fault(classify::sudo(&outcome.noise))),
            _ => Err(Trouble::BrokeOff(format!("the command broke off: {said}"))),
        }
    }

    /// Draws the consequence of `trouble`, the one after `earlier` others in a row, and gives it as a fault.
    pub(super) async fn after(&self, wire: &Wire, trouble: Trouble, earlier: u32) -> Fault {
        let detail = match trouble {
            Trouble::Fault(fault) => return fault,
            Trouble::BrokeOff(detail) if earlier < NEW_WIRE_AFTER => return Fault::Lost { detail },
            Trouble::Lost(detail) | Trouble::BrokeOff(detail) => detail,
        };
        self.broken(wire, &detail).await;
        Fault::Lost { detail }
    }

    /// A session for `command`, in turn with the others.
    pub(super) async fn open(&self, wire: &Wire, command: &str) -> Result<Exchange, Trouble> {
        const TRIES: u32 = 40;
        let mut tries = 0;
        loop {
            let place: OwnedSemaphorePermit = self.sessions.take().await;
            match Exchange::open(&wire.session, command, place).await {
                Ok(exchange) => return Ok(exchange),
                Err(Unopened::Broken(reason)) => return Err(Trouble::Lost(reason)),
                Err(Unopened::Refused(place)) => {
                    if !self.sessions.refused(place) {
                        tries += 1;
                        if tries > TRIES {
                            return Err(Trouble::Fault(Fault::SessionLimit));
                        }
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        }
    }

    /// Whether the master still stands; it falls when it misses the node for 6 to 8 s.
    async fn is_alive(&self, wire: &Wire) -> bool {
        matches!(tokio::time::timeout(Duration::from_secs(1), wire.session.check()).await, Ok(Ok(())))
    }

    pub(super) fn learn(&self, change: impl FnOnce(&mut Greeted)) {
        change(&mut self.greeted.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    pub(super) fn greeted<T>(&self, look: impl FnOnce(&Greeted) -> T) -> T {
        look(&self.greeted.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    async fn tell(&self, event: LinkEvent) {
        let _ = self.shared.links.send(event).await;
    }
}
