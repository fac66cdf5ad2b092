//! A journal, asked questions.

use std::time::Duration;

use kubestep::event::{Envelope, EventKind, StepOutcome};
use kubestep::ids::NodeName;

/// The events of a run.
pub(crate) struct Story(pub(crate) Vec<Envelope>);

/// How a step ended, the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) outcome: StepOutcome,
    pub(crate) reason: String,
    pub(crate) attempt: u32,
    pub(crate) lacking: Vec<String>,
}

impl Story {
    /// How that step ended last.
    pub(crate) fn end(&self, node: &str, phase: &str) -> Option<End> {
        self.0.iter().rev().find_map(|event| match &event.kind {
            EventKind::StepFinished { node: n, phase: p, outcome, reason, attempt, lacking, .. }
                if n.as_str() == node && p.as_str() == phase =>
            {
                Some(End {
                    outcome: *outcome,
                    reason: reason.clone().unwrap_or_default(),
                    attempt: attempt.0,
                    lacking: lacking.iter().map(ToString::to_string).collect(),
                })
            }
            _ => None,
        })
    }

    /// How that step ended last; it must have.
    #[track_caller]
    pub(crate) fn ended(&self, node: &str, phase: &str) -> End {
        self.end(node, phase).unwrap_or_else(|| panic!("{phase} on {node} never ended"))
    }

    /// From the start of a step's first try to its last end.
    #[track_caller]
    pub(crate) fn span(&self, node: &str, phase: &str) -> (Duration, Duration) {
        let mut span = (None, None);
        for event in &self.0 {
            match &event.kind {
                EventKind::StepStarted { node: n, phase: p, .. }
                    if n.as_str() == node && p.as_str() == phase =>
                {
                    span.0.get_or_insert(event.elapsed);
                }
                EventKind::StepFinished { node: n, phase: p, .. }
                    if n.as_str() == node && p.as_str() == phase =>
                {
                    span.1 = Some(event.elapsed);
                }
                _ => {}
            }
        }
        let (Some(begun), Some(ended)) = span else {
            panic!("{phase} on {node} did not run to an end: {span:?}")
        };
        (begun, ended)
    }

    /// Starts of steps, in order: node, phase, attempt.
    pub(crate) fn starts(&self) -> Vec<(&str, &str, u32)> {
        self.0
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::StepStarted { node, phase, attempt, .. } => {
                    Some((node.as_str(), phase.as_str(), attempt.0))
                }
                _ => None,
            })
            .collect()
    }

    /// Starts (true) and ends (false) of the steps whose phase begins with `prefix`, in order, with their node.
    pub(crate) fn runs_of(&self, prefix: &str) -> Vec<(&str, bool)> {
        self.0
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::StepStarted { node, phase, .. } => Some((node, phase, true)),
                EventKind::StepFinished { node, phase, .. } => Some((node, phase, false)),
                _ => None,
            })
            .filter(|(_, phase, _)| phase.as_str().starts_with(prefix))
            .map(|(node, _, begins)| (node.as_str(), begins))
            .collect()
    }

    /// What a step printed, over all its tries.
    pub(crate) fn output(&self, node: &str, phase: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::StepOutput { node: n, phase: p, lines, .. }
                    if n.as_str() == node && p.as_str() == phase =>
                {
                    Some(lines)
                }
                _ => None,
            })
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// Why the run did not end well.
    pub(crate) fn reason(&self) -> String {
        self.0
            .iter()
            .rev()
            .find_map(|event| match &event.kind {
                EventKind::RunFinished { reason, .. } => Some(reason.clone().unwrap_or_default()),
                _ => None,
            })
            .expect("the run has an end")
    }

    /// Nodes whose last `verify` was good.
    pub(crate) fn verified(&self, nodes: &[NodeName]) -> bool {
        nodes.iter().all(|node| {
            self.end(node.as_str(), "verify").is_some_and(|end| end.outcome == StepOutcome::Succeeded)
        })
    }
}

/// Whether two spans have a moment in common.
pub(crate) fn overlap(a: (Duration, Duration), b: (Duration, Duration)) -> bool {
    a.0 < b.1 && b.0 < a.1
}
