//! What the names in a lesson can mean: its nodes, and the steps that its run will have.

use std::collections::BTreeSet;

use crate::ids::{NodeName, PhaseId, StepId};
use crate::inventory::yaml::{Node, Report, closest, parsed};
use crate::lesson::rack::LessonRack;
use crate::plan::step::Step;

/// The nodes and steps of the lesson's run.
pub(super) struct Ground {
    nodes: Vec<NodeName>,
    steps: Vec<Step>,
}

impl Ground {
    pub(super) fn new(rack: &LessonRack) -> Self {
        let nodes = rack.inventory.hosts.iter().map(|host| host.name.clone()).collect();
        Self { nodes, steps: rack.steps() }
    }

    /// A node of the rack.
    pub(super) fn node(&self, node: &Node, report: &mut Report<'_>) -> Option<NodeName> {
        let text = node.as_text().unwrap_or_default();
        if let Some(found) = self.nodes.iter().find(|known| known.as_str() == text) {
            return Some(found.clone());
        }
        let names: Vec<&str> = self.nodes.iter().map(NodeName::as_str).collect();
        let help = match closest(text, &names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the rack has {}", names.join(", ")),
        };
        report.error(node.at, format!("`{}` is no node of this lesson's rack", node.shown()), help);
        None
    }

    /// The steps of a phase, on `on` or on every node that has it; of a group, those of its leaves.
    pub(super) fn steps(
        &self,
        phase: &Node,
        on: Option<&NodeName>,
        report: &mut Report<'_>,
    ) -> Option<(PhaseId, Vec<StepId>)> {
        let written = parsed(phase, "a phase", "", report, |text| Some(text.to_owned()))?.value;
        let ours = || self.steps.iter().map(|step| &step.id).filter(|id| on.is_none_or(|on| id.node == *on));
        let found: Vec<StepId> = ours().filter(|id| id.phase.is_within(&written)).cloned().collect();
        if !found.is_empty() {
            return Some((PhaseId::new(written), found));
        }
        let elsewhere = self.steps.iter().find(|step| step.id.phase.is_within(&written));
        if let (Some(on), Some(step)) = (on, elsewhere) {
            let help = format!("{} has it", step.id.node);
            report.error(phase.at, format!("{on} has no phase `{written}` in this lesson's run"), help);
            return None;
        }
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for id in ours() {
            let path = id.phase.as_str();
            known.insert(path);
            known.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
        }
        let known: Vec<&str> = known.into_iter().collect();
        let ends = |path: &&&str| path.ends_with(&format!("/{written}"));
        let help = match known.iter().find(ends).copied().or_else(|| closest(&written, &known)) {
            Some(path) => format!("did you mean `{path}`?"),
            None => "`kubestep explain` lists the phases; write them whole: `init/certs/ca`".to_owned(),
        };
        report.error(phase.at, format!("`{}` is no phase of this lesson's run", phase.shown()), help);
        None
    }
}
