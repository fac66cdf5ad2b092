//! All nodes of a run.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::{Semaphore, mpsc};

use super::config;
use super::folder::Folder;
use super::follow::{self, Following};
use super::greet;
use super::link::{Link, Shared};
use super::options::{LinkEvent, SshOptions, Target, UnfitTarget};
use super::program::Task;
use super::short;
use crate::clock::Clock;
use crate::ids::NodeName;
use crate::secret::Redactor;
use crate::transport::error::{Fault, TransportError};
use crate::transport::request::{Ended, Greeting, Reply, Request, RunKey, Start};

/// Long enough for a kill's own waits on the node, beyond its grace.
const KILL_SLACK: Duration = Duration::from_secs(60);

/// The nodes of a run, each behind its own connection. All methods may be used at the same time.
#[derive(Debug)]
pub struct Fleet {
    links: IndexMap<NodeName, Link>,
    shared: Arc<Shared>,
    redactor: Redactor,
    /// Runs that changed files.
    traced: Mutex<HashSet<(NodeName, RunKey)>>,
    // Last: the sockets in it must outlive the links.
    _folder: Folder,
}

impl Fleet {
    /// Makes ready for `targets`; connects to none of them yet. Changes of the links go to `links`, which must be read.
    pub fn new(
        targets: Vec<Target>,
        options: SshOptions,
        redactor: Redactor,
        links: mpsc::Sender<LinkEvent>,
    ) -> Result<Self, UnfitTarget> {
        let folder = Folder::make()?;
        let handshakes = options.handshakes.max(1);
        let shared = Arc::new(Shared {
            options,
            gate: Semaphore::new(handshakes),
            links,
            folder: folder.path().to_owned(),
            clock: Clock::real(),
            counter: AtomicU64::new(0),
        });
        let mut configs: IndexMap<Option<PathBuf>, PathBuf> = IndexMap::new();
        let mut fleet = IndexMap::new();
        for target in targets {
            config::check(&target)?;
            if let Some(password) = &target.password {
                redactor.learn(password);
            }
            let include = config::operators_file(&target)?;
            let file = if let Some(file) = configs.get(&include) {
                file.clone()
            } else {
                let file = folder.path().join(format!("ssh_config.{}", configs.len()));
                std::fs::write(&file, config::file(&shared.options, include.as_deref()))
                    .map_err(|error| UnfitTarget::Folder { detail: error.to_string() })?;
                configs.insert(include, file.clone());
                file
            };
            fleet.insert(target.name.clone(), Link::new(target, Arc::clone(&shared), file));
        }
        Ok(Self { links: fleet, shared, redactor, traced: Mutex::default(), _folder: folder })
    }

    /// Connects to `node` and becomes root there. Tries again, within the options' time, what may pass.
    pub async fn connect(&self, node: &NodeName) -> Result<Greeting, TransportError> {
        let link = self.link(node)?;
        greet::greet(link).await.map_err(|fault| self.error(node, fault))
    }

    /// Asks `node` and waits `limit` for the answer, over a new connection if need be. Only for what may be done twice.
    pub async fn ask(
        &self,
        node: &NodeName,
        request: &Request,
        limit: Duration,
    ) -> Result<Reply, TransportError> {
        let link = self.link(node)?;
        let text = request.script();
        short::ask(link, &text, limit).await.map_err(|fault| self.error(node, fault))
    }

    /// Starts `request` as run `key`, at most once ever, and follows it to its end through lost links. Its output comes
    /// exactly once and in order. Dropping the future leaves the run alone.
    pub async fn run(
        &self,
        node: &NodeName,
        key: &RunKey,
        request: &Request,
        start: Start,
        output: &mpsc::Sender<Vec<u8>>,
    ) -> Result<Ended, TransportError> {
        let link = self.link(node)?;
        let text = request.script();
        let failed = |fault| self.error(node, fault);
        let boot = match link.greeted(|greeted| greeted.boot.clone()) {
            Some(boot) => boot,
            None => greet::greet(link).await.map_err(failed)?.boot,
        };
        let watched = request.is_watched();
        let following = Following { key, text: &text, boot: &boot, start, output, watched, begun: false };
        following.finish(link).await.map(|over| self.over(node, key, over)).map_err(failed)
    }

    /// Ends run `key` on `node`: TERM, then KILL after `grace`, with everything it started. One that never started never
    /// will.
    pub async fn kill(
        &self,
        node: &NodeName,
        key: &RunKey,
        grace: Duration,
    ) -> Result<Ended, TransportError> {
        let link = self.link(node)?;
        let end = short::order(link, Task::Kill { key, grace }, grace + KILL_SLACK).await;
        end.and_then(|end| follow::ended(&end, &self.shared.options.base_dir))
            .map(|over| self.over(node, key, over))
            .map_err(|fault| self.error(node, fault))
    }

    /// Whether run `key` is known to have changed files, once it has ended; asked once.
    pub fn changed_files(&self, node: &NodeName, key: &RunKey) -> bool {
        let mut traced = self.traced.lock().unwrap_or_else(PoisonError::into_inner);
        traced.remove(&(node.clone(), key.clone()))
    }

    fn over(&self, node: &NodeName, key: &RunKey, over: follow::Over) -> Ended {
        if over.files {
            let mut traced = self.traced.lock().unwrap_or_else(PoisonError::into_inner);
            traced.insert((node.clone(), key.clone()));
        }
        over.ended
    }

    /// Removes what `node` keeps of runs that are over, whichever console began them.
    pub async fn forget(&self, node: &NodeName) -> Result<(), TransportError> {
        let link = self.link(node)?;
        short::order(link, Task::Forget, Duration::from_secs(30))
            .await
            .map(drop)
            .map_err(|fault| self.error(node, fault))
    }

    /// Ends all connections. What runs on the nodes goes on.
    pub async fn close(&self) {
        for link in self.links.values() {
            link.close().await;
        }
    }

    fn link(&self, node: &NodeName) -> Result<&Link, TransportError> {
        self.links.get(node).ok_or_else(|| TransportError {
            node: node.clone(),
            fault: Fault::UnknownHost { address: node.to_string() },
        })
    }

    fn error(&self, node: &NodeName, mut fault: Fault) -> TransportError {
        if let Fault::LoginRefused { detail }
        | Fault::SudoRefused { detail }
        | Fault::NotWritable { detail, .. }
        | Fault::Lost { detail }
        | Fault::Shell { detail }
        | Fault::Local { detail } = &mut fault
        {
            *detail = self.redactor.redact(detail);
        }
        TransportError { node: node.clone(), fault }
    }
}
