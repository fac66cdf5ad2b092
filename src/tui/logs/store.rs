//! The output of every attempt of every step.

use std::collections::BTreeMap;

use super::{LogLine, Ring};
use crate::event::{Envelope, EventKind};
use crate::ids::{Attempt, StepId};

/// Rings by step and attempt.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Logs {
    rings: BTreeMap<(StepId, Attempt), Ring>,
}

impl Logs {
    /// Takes in what an event printed.
    pub fn apply(&mut self, envelope: &Envelope) {
        let EventKind::StepOutput { node, phase, attempt, lines } = &envelope.kind else { return };
        let ring = self.rings.entry((StepId::new(node.clone(), phase.clone()), *attempt)).or_default();
        for text in lines {
            ring.push(LogLine { at: envelope.elapsed, text: text.clone() });
        }
    }

    /// The output of one attempt; none if it printed nothing.
    pub fn of(&self, step: &StepId, attempt: Attempt) -> Option<&Ring> {
        self.rings.get(&(step.clone(), attempt))
    }

    /// Counts lines that were passed over before they came here.
    pub fn pass_over(&mut self, step: StepId, attempt: Attempt, count: u64) {
        self.rings.entry((step, attempt)).or_default().pass_over(count);
    }
}
