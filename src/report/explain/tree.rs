//! The phases as a list, in kubeadm's order, and what a person means who names one.

use super::super::Style;
use super::super::layout::wrap;
use crate::catalog::{self, Command, Phase, tree};
use crate::ids::PhaseId;
use crate::version::Version;

/// The phases of kubeadm's three commands in that release, in their order, a sentence each.
pub fn phases(version: &Version, style: Style) -> String {
    let mut lines = Vec::new();
    for command in Command::ALL {
        lines.push(style.bold(&format!("kubeadm {command}, {version}")));
        let phases = tree(command, version);
        let indent = |phase: &Phase| 2 + 2 * (phase.id.as_str().matches('/').count() - 1);
        let widest = phases.iter().map(|phase| indent(phase) + phase.id.leaf().len()).max().unwrap_or(0);
        for phase in &phases {
            let name = format!("{}{}", " ".repeat(indent(phase)), phase.id.leaf());
            let room = style.width.max(60).saturating_sub(widest + 2);
            for (n, part) in wrap(&sentence(phase, version), room).iter().enumerate() {
                lines.push(format!("{:widest$}  {part}", if n == 0 { name.as_str() } else { "" }));
            }
        }
        lines.push(String::new());
    }
    lines.push("`kubestep explain NAME` says more about one of these or of the ideas.".to_owned());
    lines.join("\n") + "\n"
}

fn sentence(phase: &Phase, version: &Version) -> String {
    let known = catalog::knowledge(&phase.id, version);
    let mut text = known.as_ref().map_or("", |known| known.summary).to_owned();
    if known.is_some_and(|known| known.no_op) {
        text.push_str(" (Does nothing in this release.)");
    } else if phase.hidden {
        text.push_str(" (Only within the whole command.)");
    } else if phase.deprecated {
        text.push_str(" (Will go away.)");
    }
    text
}

/// The phases that a person means who typed `name`: by path, by path without the command, or by its last word alone.
pub fn meant(name: &str, version: &Version) -> Vec<PhaseId> {
    let name = name.trim_matches('/');
    let all: Vec<PhaseId> =
        Command::ALL.into_iter().flat_map(|command| tree(command, version)).map(|phase| phase.id).collect();
    let named = |how: &dyn Fn(&PhaseId) -> bool| all.iter().filter(|id| how(id)).cloned().collect::<Vec<_>>();
    let whole =
        named(&|id| id.as_str() == name || id.as_str().split_once('/').is_some_and(|it| it.1 == name));
    if whole.is_empty() { named(&|id| id.leaf() == name) } else { whole }
}
