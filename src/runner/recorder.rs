//! Where events go: journal, state, faces, in that order.

use crate::clock::Clock;
use crate::event::{Envelope, EventKind};
use crate::journal::{JournalError, Writer};
use crate::state::RunState;

use super::Face;

/// Numbers events and hands them on.
pub struct Recorder {
    clock: Clock,
    seq: u64,
    batch: Vec<Envelope>,
    journal: Option<Writer>,
    /// The read model of everything recorded so far.
    pub state: RunState,
    faces: Box<dyn Face>,
    journal_failed: bool,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("seq", &self.seq).finish_non_exhaustive()
    }
}

impl Recorder {
    /// A recorder that writes to `journal`, if there is one, and shows events to `faces`.
    pub fn new(clock: Clock, journal: Option<Writer>, faces: impl Face + 'static) -> Self {
        Self::resumed(clock, RunState::default(), journal, faces)
    }

    /// A recorder that goes on where `state` ends.
    pub fn resumed(
        clock: Clock,
        state: RunState,
        journal: Option<Writer>,
        faces: impl Face + 'static,
    ) -> Self {
        Self {
            clock,
            seq: state.seq,
            batch: Vec::new(),
            journal,
            state,
            faces: Box::new(faces),
            journal_failed: false,
        }
    }

    /// Takes an event; it is on disk and shown after the next [`Recorder::flush`].
    pub fn push(&mut self, kind: EventKind) {
        self.seq += 1;
        let elapsed = self.clock.elapsed();
        self.batch.push(Envelope { seq: self.seq, at: self.clock.at(elapsed), elapsed, kind });
    }

    /// Journals, folds and shows what was taken. A journal that can't be written any more is said once
    /// and never fails the run: what is on the nodes counts for more.
    pub async fn flush(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let mut batch = std::mem::take(&mut self.batch);
        if let Some(mut writer) = self.journal.take() {
            // The disk may be slow; the loop goes on answering meanwhile.
            let written = tokio::task::spawn_blocking(move || {
                let result = writer.append(&batch);
                (writer, batch, result)
            })
            .await;
            match written {
                Ok((writer, back, Ok(()))) => {
                    self.journal = Some(writer);
                    batch = back;
                }
                Ok((_, back, Err(error))) => {
                    batch = back;
                    self.show(batch);
                    self.journal_broke(&error);
                    return;
                }
                Err(_) => return,
            }
        }
        self.show(batch);
    }

    fn journal_broke(&mut self, error: &JournalError) {
        if std::mem::replace(&mut self.journal_failed, true) {
            return;
        }
        let text = format!("the journal can't be written any more, this run can't be resumed: {error}");
        self.push(EventKind::Notice { severity: crate::diag::Severity::Error, text });
        let batch = std::mem::take(&mut self.batch);
        self.show(batch);
    }

    fn show(&mut self, batch: Vec<Envelope>) {
        for envelope in batch {
            self.state.apply(&envelope);
            // A face that can't write (a closed pipe) must not stop the nodes' work.
            let _ = self.faces.event(&envelope, &self.state);
        }
    }

    /// Lets the faces say that time passes.
    pub fn tick(&mut self) {
        let _ = self.faces.tick(self.clock.elapsed(), &self.state);
    }

    /// The last words of the faces.
    pub fn finish(&mut self) {
        let _ = self.faces.finish(&self.state);
    }
}
