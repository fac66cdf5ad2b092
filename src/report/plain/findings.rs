//! What the checks found, the same finding told once for all nodes that have it.

use indexmap::IndexMap;

use super::lines::Columns;
use crate::diag::Severity;
use crate::ids::NodeName;
use crate::plan::step::Work;
use crate::report::layout::counted;
use crate::report::style::Mark;
use crate::state::RunState;
use crate::survey::finding::Finding;

/// Findings not told yet.
#[derive(Debug, Default)]
pub(in crate::report) struct Findings(IndexMap<(Severity, String, String, Option<String>), Vec<NodeName>>);

/// One finding and the nodes that have it.
#[derive(Debug)]
pub(in crate::report) struct Found {
    pub(in crate::report) finding: Finding,
    pub(in crate::report) nodes: Vec<NodeName>,
}

impl Findings {
    pub(in crate::report) fn add(&mut self, node: &NodeName, finding: &Finding) {
        let Finding { check, severity, message, fix } = finding.clone();
        let nodes = self.0.entry((severity, check, message, fix)).or_default();
        if !nodes.contains(node) {
            nodes.push(node.clone());
        }
    }

    /// Whether it is time to tell them: there are some, and all nodes were checked, so that none is told twice.
    pub(in crate::report) fn are_due(&self, state: &RunState) -> bool {
        !self.0.is_empty() && state.steps().all(|step| step.plan.work != Work::Check || step.status.is_over())
    }

    /// Hands over and forgets them, the worst first; notes only when `verbose`.
    pub(in crate::report) fn take(&mut self, verbose: bool) -> Vec<Found> {
        let mut all: Vec<_> = self
            .0
            .drain(..)
            .map(|((severity, check, message, fix), nodes)| Found {
                finding: Finding { check, severity, message, fix },
                nodes,
            })
            .filter(|found| verbose || found.finding.severity != Severity::Note)
            .collect();
        all.sort_by_key(|found| std::cmp::Reverse(found.finding.severity));
        all
    }
}

impl Found {
    pub(super) fn lines(&self, columns: &Columns) -> Vec<String> {
        let Finding { check, severity, message, fix } = &self.finding;
        let who = match self.nodes.as_slice() {
            [one] => one.to_string(),
            many => counted(many.len(), "node"),
        };
        let mut lines = columns.untimed(&who, Mark::from(*severity), &format!("{check}: {message}"), "");
        if self.nodes.len() > 1 {
            lines.extend(columns.more(&self.on()));
        }
        lines.extend(fix.iter().flat_map(|fix| columns.more(&format!("fix: {fix}"))));
        lines
    }

    /// `on bettley, cargyll`.
    pub(in crate::report) fn on(&self) -> String {
        let names: Vec<_> = self.nodes.iter().map(NodeName::as_str).collect();
        format!("on {}", names.join(", "))
    }
}
