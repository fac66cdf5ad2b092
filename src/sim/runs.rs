//! Remote runs: begun once, going on without followers, followed from the start of their output.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::kubeadm::output::Sink;
use super::lines::Line;
use crate::artifact::told::List;
use crate::ids::NodeName;
use crate::transport::request::{Ended, RunKey};

/// One run on a node.
#[derive(Debug, Default)]
pub(crate) struct Run {
    state: Mutex<State>,
    changes: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    output: Vec<u8>,
    ended: Option<Ended>,
    files: Files,
    task: Option<AbortHandle>,
}

/// The node's files before and after the work.
#[derive(Debug, Default)]
enum Files {
    /// They are not watched.
    #[default]
    Unwatched,
    /// As they were before.
    Before(List),
    /// The work did nothing to them.
    Same,
    /// As they were before and after.
    Both(Box<(List, List)>),
}

impl Run {
    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_replace(());
        result
    }

    pub(crate) fn print(&self, text: &str) {
        self.change(|state| {
            if state.ended.is_none() {
                state.output.extend_from_slice(text.as_bytes());
                state.output.push(b'\n');
            }
        });
    }

    pub(crate) fn owned_by(&self, task: AbortHandle) {
        self.change(|state| state.task = Some(task));
    }

    /// Remembers the node's files before the work.
    pub(crate) fn files_before(&self, list: List) {
        self.change(|state| state.files = Files::Before(list));
    }

    /// Holds the node's files against those before, once.
    pub(crate) fn files_after(&self, list: impl FnOnce() -> List) {
        let before = self.change(|state| match std::mem::take(&mut state.files) {
            Files::Before(before) => Some(before),
            other => {
                state.files = other;
                None
            }
        });
        let Some(before) = before else { return };
        let after = list();
        let files = if before == after { Files::Same } else { Files::Both(Box::new((before, after))) };
        self.change(|state| state.files = files);
    }

    /// The node's files before and after, where they are not the same.
    pub(crate) fn files(&self) -> Option<(List, List)> {
        match &self.state.lock().unwrap_or_else(PoisonError::into_inner).files {
            Files::Both(both) => Some((**both).clone()),
            _ => None,
        }
    }

    /// Ends it this way, unless it has ended.
    pub(crate) fn end(&self, ended: Ended) {
        self.change(|state| {
            state.ended.get_or_insert(ended);
        });
    }

    /// Stops the work; gives how the run ended, which may be earlier.
    pub(crate) fn kill(&self, rc: i32) -> Ended {
        self.change(|state| {
            if let Some(task) = state.task.take() {
                task.abort();
            }
            *state.ended.get_or_insert(Ended::Exited(rc))
        })
    }

    fn is_over(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).ended.is_some()
    }

    fn lose(&self) {
        self.change(|state| {
            if let Some(task) = state.task.take() {
                task.abort();
            }
            state.ended = Some(Ended::Unknown);
        });
    }

    /// Hands the output over, from its start, as it comes and while the link stands; then the end.
    pub(crate) async fn follow(&self, line: &watch::Receiver<Line>, output: &mpsc::Sender<Vec<u8>>) -> Ended {
        let mut changes = self.changes.subscribe();
        let mut line = line.clone();
        let mut seen = 0;
        loop {
            if line.wait_for(|line| *line == Line::Up).await.is_err() {
                return Ended::Lost;
            }
            let (news, ended) = {
                changes.borrow_and_update();
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                (state.output.get(seen..).unwrap_or_default().to_vec(), state.ended)
            };
            if !news.is_empty() {
                seen += news.len();
                // A receiver that is gone does not want the output; the end still counts.
                let _ = output.send(news).await;
                continue;
            }
            if let Some(ended) = ended {
                return ended;
            }
            tokio::select! {
                _ = changes.changed() => {}
                _ = line.changed() => {}
            }
        }
    }
}

impl Sink for Run {
    fn line(&self, _error: bool, text: &str) {
        self.print(text);
    }
}

/// All runs of a rack.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<HashMap<(String, RunKey), Arc<Run>>>);

impl Runs {
    fn with<R>(&self, look: impl FnOnce(&mut HashMap<(String, RunKey), Arc<Run>>) -> R) -> R {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Node and key of every run that is remembered.
    pub(crate) fn kept(&self) -> Vec<(String, String)> {
        let mut kept: Vec<_> = self
            .with(|runs| runs.keys().map(|(node, key)| (node.clone(), key.as_str().to_owned())).collect());
        kept.sort();
        kept
    }

    pub(crate) fn find(&self, node: &NodeName, key: &RunKey) -> Option<Arc<Run>> {
        self.with(|runs| runs.get(&(node.to_string(), key.clone())).cloned())
    }

    pub(crate) fn begin(&self, node: &NodeName, key: &RunKey) -> Arc<Run> {
        self.with(|runs| Arc::clone(runs.entry((node.to_string(), key.clone())).or_default()))
    }

    /// Those on `node` that are over go.
    pub(crate) fn forget(&self, node: &NodeName) {
        self.with(|runs| runs.retain(|(of, _), run| of != node.as_str() || !run.is_over()));
    }

    /// The node lost its power: the work is gone, and so is every trace of it.
    pub(crate) fn lose_all(&self, node: &NodeName) {
        let lost: Vec<Arc<Run>> = self.with(|runs| {
            let gone: Vec<_> = runs.keys().filter(|(of, _)| of == node.as_str()).cloned().collect();
            gone.iter().filter_map(|key| runs.remove(key)).collect()
        });
        for run in lost {
            run.lose();
        }
    }
}
