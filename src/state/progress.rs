//! How far a run is.

use super::index::Index;

/// Steps by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Not started.
    pub waiting: usize,
    /// Under way.
    pub running: usize,
    /// Failed, and tried again by themselves.
    pub retrying: usize,
    /// Done.
    pub succeeded: usize,
    /// Not done.
    pub failed: usize,
    /// Left out.
    pub skipped: usize,
    /// Ended by us, or never to start.
    pub cancelled: usize,
    /// Whether all steps of the run are known.
    pub complete: bool,
}

impl Progress {
    pub(super) fn count(index: &Index, complete: bool) -> Self {
        Self {
            waiting: index.count(0),
            running: index.count(1),
            retrying: index.count(2),
            succeeded: index.count(3),
            failed: index.count(4),
            skipped: index.count(5),
            cancelled: index.count(6),
            complete,
        }
    }

    /// All steps known so far.
    pub const fn total(&self) -> usize {
        self.waiting + self.running + self.retrying + self.over()
    }

    /// Steps with which nothing more happens by itself.
    pub const fn over(&self) -> usize {
        self.succeeded + self.failed + self.skipped + self.cancelled
    }
}
