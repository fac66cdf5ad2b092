//! The order to stop, on its way to a step's task.

use tokio_util::sync::CancellationToken;

use crate::event::Stopping;

/// Tells a step's task to stop its work on the node: first gently, then, or at once, by killing it.
#[derive(Debug, Clone, Default)]
pub(super) struct Halt {
    stop: CancellationToken,
    kill: CancellationToken,
}

impl Halt {
    pub(super) fn order(&self, how: Stopping) {
        if how == Stopping::AtOnce {
            self.kill.cancel();
        }
        self.stop.cancel();
    }

    /// Comes back once the step is to stop, in whatever way.
    pub(super) async fn cancelled(&self) {
        self.stop.cancelled().await;
    }

    /// Comes back once the step is to be killed.
    pub(super) async fn killed(&self) {
        self.kill.cancelled().await;
    }
}
