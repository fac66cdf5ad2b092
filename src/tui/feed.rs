//! From the run to the console: an inbox that never makes the run wait, and never grows without bound.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::event::{Envelope, EventKind};
use crate::ids::{Attempt, StepId};
use crate::runner::Face;
use crate::state::RunState;

/// Lines of output that may wait for the console; beyond it the oldest go, and are counted. The journal has them.
const LINES: usize = 200_000;

/// The run's end of it.
#[derive(Debug)]
pub struct Feed(Arc<Inbox>);

/// The console's end of it.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    ready: Notify,
    over: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    batch: Batch,
    lines: usize,
}

/// What came since the console last looked.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Batch {
    /// In the run's order.
    pub events: VecDeque<Envelope>,
    /// Lines of output that are not among them, because the console was too slow for them.
    pub dropped: BTreeMap<(StepId, Attempt), u64>,
}

impl Batch {
    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.dropped.is_empty()
    }
}

/// A feed and the inbox it fills.
pub fn feed() -> (Feed, Arc<Inbox>) {
    let inbox = Arc::new(Inbox::default());
    (Feed(Arc::clone(&inbox)), inbox)
}

impl Inbox {
    /// Puts an event in.
    pub fn put(&self, envelope: Envelope) {
        let mut waiting = self.lock();
        waiting.lines += lines_of(&envelope);
        waiting.batch.events.push_back(envelope);
        while waiting.lines > LINES && waiting.drop_oldest_output() {}
        drop(waiting);
        self.ready.notify_one();
    }

    /// Up to `most` events, the oldest first, with not many more than `most` lines of output; nothing at all when none
    /// wait. Where some are left, [`Inbox::ready`] returns again.
    pub fn take(&self, most: usize) -> Batch {
        let mut waiting = self.lock();
        let mut lines = 0;
        let fits = |envelope: &&Envelope| {
            let has_room = lines < most;
            lines += lines_of(envelope);
            has_room
        };
        let count = waiting.batch.events.iter().take(most).take_while(fits).count();
        let events: VecDeque<Envelope> = waiting.batch.events.drain(..count).collect();
        waiting.lines -= events.iter().map(lines_of).sum::<usize>();
        if !waiting.batch.events.is_empty() {
            self.ready.notify_one();
        }
        Batch { events, dropped: std::mem::take(&mut waiting.batch.dropped) }
    }

    /// Returns when there may be something to take.
    pub async fn ready(&self) {
        self.ready.notified().await;
    }

    /// Whether the run's driver has ended and everything of it was taken.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire) && self.lock().batch.events.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn drop_oldest_output(&mut self) -> bool {
        let Some(at) = self.batch.events.iter().position(|envelope| lines_of(envelope) > 0) else {
            return false;
        };
        let Some(Envelope { kind: EventKind::StepOutput { node, phase, attempt, lines }, .. }) =
            self.batch.events.remove(at)
        else {
            return false;
        };
        self.lines -= lines.len();
        *self.batch.dropped.entry((StepId::new(node, phase), attempt)).or_default() += lines.len() as u64;
        true
    }
}

fn lines_of(envelope: &Envelope) -> usize {
    match &envelope.kind {
        EventKind::StepOutput { lines, .. } => lines.len(),
        _ => 0,
    }
}

impl Face for Feed {
    fn event(&mut self, envelope: &Envelope, _: &RunState) -> io::Result<()> {
        self.0.put(envelope.clone());
        Ok(())
    }

    fn finish(&mut self, _: &RunState) -> io::Result<()> {
        self.0.over.store(true, Ordering::Release);
        self.0.ready.notify_one();
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::ids::NodeName;

    fn output(seq: u64, lines: usize) -> Envelope {
        Envelope {
            seq,
            at: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
            kind: EventKind::StepOutput {
                node: NodeName::new("bettley").unwrap(),
                phase: "init/certs".into(),
                attempt: Attempt::FIRST,
                lines: vec!["x".to_owned(); lines],
            },
        }
    }

    #[test]
    fn a_slow_console_loses_the_oldest_output_is_told_and_keeps_every_other_event() {
        let (_, inbox) = feed();
        let paused = EventKind::PaceChanged { pace: crate::event::Pace::Paused };
        inbox.put(Envelope { kind: paused, ..output(1, 0) });
        for seq in 2..=301 {
            inbox.put(output(seq, 1_000));
        }
        let batch = inbox.take(usize::MAX);
        let seqs: Vec<u64> = batch.events.iter().map(|envelope| envelope.seq).collect();
        assert_eq!(seqs[..2], [1, 102]);
        assert_eq!(batch.dropped.values().sum::<u64>(), 100_000);
        assert_eq!(inbox.take(usize::MAX), Batch::default());
    }
}
