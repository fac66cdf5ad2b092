//! Links that are cut and nodes that lose their power, in their own time.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::fault::Disturbance;
use super::rack::Inner;
use super::scenario::FaultKind;
use crate::ids::NodeName;

impl Inner {
    /// Cuts a link or takes a node's power away, in its own time.
    pub(super) fn disturb(self: &Arc<Self>, node: &str, what: Disturbance) {
        let inner = Arc::clone(self);
        let Ok(name) = NodeName::new(node) else { return };
        let task = tokio::spawn(async move {
            inner.clock.sleep(what.after).await;
            match what.kind {
                FaultKind::CutLink => {
                    inner.lines.cut(&name, what.lasting, &inner.clock, "the connection went away").await;
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
        self.lines.cut(node, lasting, &self.clock, "the node does not answer").await;
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for task in self.disturbances.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}
