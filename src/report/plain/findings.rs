//! What the checks found, the same finding told once for all nodes that have it.

use indexmap::IndexMap;

use super::lines::Columns;
use crate::diag::Severity;
use crate::ids::NodeName;
use crate::report::style::Mark;
use crate::survey::finding::Finding;

/// Findings not told yet.
#[derive(Debug, Default)]
pub(super) struct Findings(IndexMap<(Severity, String, String, Option<String>), Vec<NodeName>>);

impl Findings {
    pub(super) fn add(&mut self, node: &NodeName, finding: &Finding) {
        let Finding { check, severity, message, fix } = finding.clone();
        let nodes = self.0.entry((severity, check, message, fix)).or_default();
        if !nodes.contains(node) {
            nodes.push(node.clone());
        }
    }

    /// Tells and forgets them, the worst first; notes only when `verbose`.
    pub(super) fn take(&mut self, columns: &Columns, verbose: bool) -> Vec<String> {
        let mut found: Vec<_> = self.0.drain(..).collect();
        found.sort_by_key(|((severity, ..), _)| std::cmp::Reverse(*severity));
        let mut lines = Vec::new();
        for ((severity, check, message, fix), nodes) in found {
            if severity == Severity::Note && !verbose {
                continue;
            }
            let who = match nodes.as_slice() {
                [one] => one.to_string(),
                many => format!("{} nodes", many.len()),
            };
            lines.extend(columns.untimed(&who, Mark::from(severity), &format!("{check}: {message}"), ""));
            if nodes.len() > 1 {
                let names: Vec<_> = nodes.iter().map(NodeName::as_str).collect();
                lines.extend(columns.more(&format!("on {}", names.join(", "))));
            }
            lines.extend(fix.iter().flat_map(|fix| columns.more(&format!("fix: {fix}"))));
        }
        lines
    }
}
