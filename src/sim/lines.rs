//! Links to the nodes: standing or cut, and who is told.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::spec::RackSpec;
use crate::clock::Clock;
use crate::ids::NodeName;
use crate::transport::ssh::LinkEvent;

/// A link's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Up,
    Down,
}

/// ssh misses a node after so long (`ServerAliveInterval` 2, three times).
const NOTICED: Duration = Duration::from_secs(7);
/// A new connection's handshake.
const RECONNECT: Duration = Duration::from_millis(400);

/// The links of a rack.
#[derive(Debug)]
pub(crate) struct Lines {
    lines: Mutex<HashMap<String, watch::Sender<Line>>>,
    reports: Mutex<Option<mpsc::Sender<LinkEvent>>>,
}

impl Lines {
    pub(crate) fn new(spec: &RackSpec) -> Self {
        let lines = spec.nodes.iter().map(|node| (node.name.to_string(), watch::Sender::new(Line::Up)));
        Self { lines: Mutex::new(lines.collect()), reports: Mutex::default() }
    }

    /// Lays links to further nodes.
    pub(crate) fn admit(&self, nodes: &[NodeName]) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend(nodes.iter().map(|node| (node.to_string(), watch::Sender::new(Line::Up))));
    }

    fn line(&self, node: &NodeName) -> Option<watch::Sender<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).get(node.as_str()).cloned()
    }

    pub(crate) fn report(&self, links: mpsc::Sender<LinkEvent>) {
        *self.reports.lock().unwrap_or_else(PoisonError::into_inner) = Some(links);
    }

    /// The link to `node`; one that stands for nodes that aren't there.
    pub(crate) fn watch(&self, node: &NodeName) -> watch::Receiver<Line> {
        self.line(node).unwrap_or_else(|| watch::Sender::new(Line::Up)).subscribe()
    }

    /// Waits until the link to `node` stands.
    pub(crate) async fn wait(&self, node: &NodeName) {
        let _ = self.watch(node).wait_for(|line| *line == Line::Up).await;
    }

    /// Cuts the link for `lasting`, or for good. A cut that ends before ssh notices is only a pause.
    pub(crate) async fn cut(&self, node: &NodeName, lasting: Option<Duration>, clock: &Clock, reason: &str) {
        let Some(line) = self.line(node) else { return };
        line.send_replace(Line::Down);
        if let Some(lasting) = lasting.filter(|lasting| *lasting < NOTICED) {
            clock.sleep(lasting).await;
            line.send_replace(Line::Up);
            return;
        }
        clock.sleep(NOTICED).await;
        self.tell(LinkEvent::Lost { node: node.clone(), reason: reason.to_owned() }).await;
        let Some(lasting) = lasting else { return };
        let lost = clock.elapsed();
        clock.sleep(lasting.saturating_sub(NOTICED) + RECONNECT).await;
        self.tell(LinkEvent::Restored { node: node.clone(), away: clock.elapsed().saturating_sub(lost) })
            .await;
        line.send_replace(Line::Up);
    }

    async fn tell(&self, event: LinkEvent) {
        let reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(reports) = reports {
            let _ = reports.send(event).await;
        }
    }
}
