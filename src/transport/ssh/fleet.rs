//! All nodes of a run.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
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
    links: RwLock<IndexMap<NodeName, Arc<Link>>>,
    /// Those that another one has taken the place of.
    retired: Mutex<Vec<Arc<Link>>>,
    /// Our own configuration for ssh, one for each of the operator's that is included.
    configs: Mutex<IndexMap<Option<PathBuf>, PathBuf>>,
    shared: Arc<Shared>,
    redactor: Redactor,
    /// Runs that changed files.
    traced: Mutex<HashSet<(NodeName, RunKey)>>,
    // Last: the sockets in it must outlive the links.
    folder: Folder,
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
        let fleet = Self {
            links: RwLock::default(),
            retired: Mutex::default(),
            configs: Mutex::default(),
            shared,
            redactor,
            traced: Mutex::default(),
            folder,
        };
        fleet.admit(targets)?;
        Ok(fleet)
    }

    /// Makes ready for further `targets`; one that is known already is reached in this way from now on, and must be
    /// connected to anew.
    pub fn admit(&self, targets: Vec<Target>) -> Result<(), UnfitTarget> {
        for target in targets {
            config::check(&target)?;
            if let Some(password) = &target.password {
                self.redactor.learn(password);
            }
            let file = self.config(&target)?;
            let (name, link) = (target.name.clone(), Link::new(target, Arc::clone(&self.shared), file));
            let former =
                self.links.write().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(link));
            self.retired.lock().unwrap_or_else(PoisonError::into_inner).extend(former);
        }
        Ok(())
    }

    fn config(&self, target: &Target) -> Result<PathBuf, UnfitTarget> {
        let include = config::operators_file(target)?;
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = configs.get(&include) {
            return Ok(file.clone());
        }
        let file = self.folder.path().join(format!("ssh_config.{}", configs.len()));
        std::fs::write(&file, config::file(&self.shared.options, include.as_deref()))
            .map_err(|error| UnfitTarget::Folder { detail: error.to_string() })?;
        configs.insert(include, file.clone());
        Ok(file)
    }

    /// Connects to `node` and becomes root there. Tries again, within the options' time, what may pass.
    pub async fn connect(&self, node: &NodeName) -> Result<Greeting, TransportError> {
        let link = &self.link(node)?;
        greet::greet(link).await.map_err(|fault| self.error(node, fault))
    }

    /// Asks `node` and waits `limit` for the answer, over a new connection if need be. Only for what may be done twice.
    pub async fn ask(
        &self,
        node: &NodeName,
        request: &Request,
        limit: Duration,
    ) -> Result<Reply, TransportError> {
        let link = &self.link(node)?;
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
        let link = &self.link(node)?;
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
        let link = &self.link(node)?;
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
        let link = &self.link(node)?;
        short::order(link, Task::Forget, Duration::from_secs(30))
            .await
            .map(drop)
            .map_err(|fault| self.error(node, fault))
    }

    /// Ends all connections. What runs on the nodes goes on.
    pub async fn close(&self) {
        let mut links = std::mem::take(&mut *self.retired.lock().unwrap_or_else(PoisonError::into_inner));
        links.extend(self.links.read().unwrap_or_else(PoisonError::into_inner).values().cloned());
        for link in links {
            link.close().await;
        }
    }

    fn link(&self, node: &NodeName) -> Result<Arc<Link>, TransportError> {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        links.get(node).cloned().ok_or_else(|| TransportError {
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
