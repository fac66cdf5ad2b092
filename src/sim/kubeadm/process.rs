//! A running process: the node it is on, what it prints, how fast it is.

use std::sync::{Arc, Mutex, PoisonError};

use super::output::{Sink, klog};
use crate::sim::jitter::{Jitter, mix};
use crate::sim::model::{Node, World};
use crate::sim::store::Store;

/// One process on a node.
#[derive(Clone)]
pub(crate) struct Process {
    pub(crate) store: Store,
    pub(crate) node: String,
    pub(crate) pid: u32,
    sink: Arc<dyn Sink>,
    rhythm: Arc<Mutex<Rhythm>>,
}

struct Rhythm {
    jitter: Jitter,
    /// Everything takes so many times longer.
    slow: f64,
    pace: f64,
}

impl Process {
    /// A process on `node`; `what` sets it apart from others there, for the small variations of its timing.
    pub(crate) fn new(store: Store, node: &str, what: &str, sink: Arc<dyn Sink>) -> Self {
        let (pid, seed, pace) = store.with(|world| {
            let (seed, pace) = (world.seed, world.pace);
            (world.nodes.get_mut(node).map_or(1, Node::pid), seed, pace)
        });
        let jitter = Jitter::new(mix(seed, &format!("{node} {what}")));
        let rhythm = Arc::new(Mutex::new(Rhythm { jitter, slow: 1.0, pace }));
        Self { store, node: node.to_owned(), pid, sink, rhythm }
    }

    pub(crate) fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        self.store.with(look)
    }

    /// Looks at the process's own node.
    pub(crate) fn on_node<R: Default>(&self, look: impl FnOnce(&mut Node) -> R) -> R {
        self.store.with(|world| world.nodes.get_mut(&self.node).map(look).unwrap_or_default())
    }

    /// The text of a file on the node.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        self.on_node(|node| node.disk.text(path).map(str::to_owned))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.on_node(|node| node.disk.has(path))
    }

    pub(crate) fn write(&self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.on_node(|node| node.disk.write(path, mode, content));
    }

    /// Prints on the standard output.
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        for line in text.as_ref().split('\n') {
            self.sink.line(false, line);
        }
    }

    /// Prints on the standard error.
    pub(crate) fn err(&self, text: impl AsRef<str>) {
        for line in text.as_ref().split('\n') {
            self.sink.line(true, line);
        }
    }

    /// A line of kubeadm's own log.
    pub(crate) fn log(&self, level: char, place: &str, message: &str) {
        self.err(klog(level, self.store.now(), self.pid, place, message));
    }

    /// Works for about `ms` milliseconds.
    pub(crate) async fn work(&self, ms: u64) {
        let ms = {
            let mut rhythm = self.rhythm.lock().unwrap_or_else(PoisonError::into_inner);
            let factor = rhythm.slow * rhythm.pace;
            scale(rhythm.jitter.around(ms), factor)
        };
        self.store.sleep(ms).await;
    }

    /// Waits for exactly `ms` milliseconds of this world's pace, as between two looks.
    pub(crate) async fn wait(&self, ms: u64) {
        let pace = self.rhythm.lock().unwrap_or_else(PoisonError::into_inner).pace;
        self.store.sleep(scale(ms, pace)).await;
    }

    /// Makes everything that follows take `factor` times longer.
    pub(crate) fn slow_down(&self, factor: f64) {
        self.rhythm.lock().unwrap_or_else(PoisonError::into_inner).slow = factor;
    }

    /// Repeats `look` every `every` milliseconds until it gives something, for at most `most`; the last look is at the end.
    pub(crate) async fn poll<T>(
        &self,
        every: u64,
        most: u64,
        mut look: impl FnMut(&mut World) -> Option<T>,
    ) -> Option<T> {
        let mut waited = 0;
        loop {
            if let Some(found) = self.world(&mut look) {
                return Some(found);
            }
            if waited >= most {
                return None;
            }
            self.wait(every).await;
            waited += every;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "milliseconds of minutes"
)]
fn scale(ms: u64, factor: f64) -> u64 {
    (ms as f64 * factor.max(0.0)) as u64
}
