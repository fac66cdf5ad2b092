//! How many commands run at once on one connection, and who goes first.
//!
//! Followers of long runs give their place up when somebody waits for one: with `MaxSessions 1` a question still gets
//! through while a phase runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// The places of one node.
#[derive(Debug)]
pub(super) struct Sessions {
    places: Arc<Semaphore>,
    limit: AtomicUsize,
    waiting: watch::Sender<usize>,
}

/// Counts one that waits, for as long as it lives.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

impl Sessions {
    pub(super) fn new(limit: usize) -> Self {
        let limit = limit.max(1);
        Self {
            places: Arc::new(Semaphore::new(limit)),
            limit: AtomicUsize::new(limit),
            waiting: watch::Sender::new(0),
        }
    }

    /// A place, in the order of asking.
    pub(super) async fn take(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return place;
            }
            self.waiting.send_modify(|waiting| *waiting += 1);
            let _waiting = Waiting(&self.waiting);
            if let Ok(place) = Arc::clone(&self.places).acquire_owned().await {
                return place;
            }
        }
    }

    /// Whether nobody uses the connection.
    pub(super) fn is_idle(&self) -> bool {
        self.places.available_permits() >= self.limit.load(Ordering::Relaxed)
    }

    /// Waits until somebody waits for a place.
    pub(super) async fn wanted(&self) {
        let mut waiting = self.waiting.subscribe();
        if waiting.wait_for(|waiting| *waiting > 0).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// sshd refused a session for whom `place` was taken. True when there are others, and the limit is now their number;
    /// false when this was the only one.
    pub(super) fn refused(&self, place: OwnedSemaphorePermit) -> bool {
        let limit = self.limit.load(Ordering::Relaxed);
        let open = limit - self.places.available_permits() - 1;
        if open == 0 {
            return false;
        }
        place.forget();
        let free = self.places.forget_permits(usize::MAX >> 4);
        self.limit.store(limit - 1 - free, Ordering::Relaxed);
        true
    }
}
