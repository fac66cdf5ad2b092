//! What step tasks tell the loop while they work.

use tokio::sync::mpsc;

use super::files::Sight;
use crate::artifact::Files;
use crate::diag::Severity;
use crate::engine::Exit;
use crate::ids::{Attempt, NodeName, PhaseId, StepId};
use crate::survey::facts::Facts;
use crate::survey::finding::Finding;

/// One word from a step.
#[derive(Debug)]
pub(super) enum Word {
    /// Lines it printed.
    Lines(Vec<String>),
    /// A leaf of a group was done.
    Seen(PhaseId),
    /// What a wait sees.
    Wait { waiting_for: String, facts: Vec<(String, String)> },
    /// What the node said of itself.
    Facts(Box<Facts>),
    /// What a check found.
    Finding(NodeName, Finding),
    /// To the operator.
    Notice(Severity, String),
    /// Something it did is to be looked at, beside the run.
    Look(Sight),
    /// What was seen of files and objects.
    Files(Files),
    /// It is over.
    Exit(Exit),
}

/// A word with its sender.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) step: StepId,
    pub(super) attempt: Attempt,
    pub(super) word: Word,
}

/// A step's way to the loop. Bounded: a step that talks faster than the journal writes has to wait.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    pub(super) step: StepId,
    pub(super) attempt: Attempt,
    pub(super) to: mpsc::Sender<Report>,
}

impl Voice {
    /// Says it; when the loop is gone, nobody listens and nothing is lost.
    pub(super) async fn say(&self, word: Word) {
        let report = Report { step: self.step.clone(), attempt: self.attempt, word };
        let _ = self.to.send(report).await;
    }

    pub(super) async fn notice(&self, severity: Severity, text: impl Into<String>) {
        self.say(Word::Notice(severity, text.into())).await;
    }

    /// One line of our own in the step's log.
    pub(super) async fn tell(&self, line: impl Into<String>) {
        self.say(Word::Lines(vec![line.into()])).await;
    }
}
