//! One phase: how it is run and what the catalog knows, then what there is to be understood.

use super::super::Style;
use super::super::layout::{rounded, wrap};
use super::sections::Lines;
use crate::catalog::{self, Command, Knowledge, Paths, Phase, RetryClass, tree};
use crate::ids::PhaseId;
use crate::teaching::{self, Section};
use crate::version::Version;

/// All about one phase.
pub fn phase(id: &PhaseId, version: &Version, style: Style) -> String {
    let mut lines = Lines::new(style);
    lines.lines.push(style.bold(&format!("{id}  in kubeadm {version}")));
    let Some(known) = catalog::knowledge(id, version) else {
        lines.wrapped(2, "kubestep does not know this phase; it runs it all the same.");
        return lines.text();
    };
    let sections = teaching::phase(id, version);
    lines.wrapped(2, known.summary);
    let (lead, rest): (Vec<&Section>, Vec<&Section>) =
        sections.iter().partition(|section| section.heading.is_empty());
    for section in lead {
        lines.section(section);
    }
    lines.gap();
    lines.lines.extend(fields(id, version, &known, style));
    for section in rest {
        lines.section(section);
    }
    lines.text()
}

/// What is to be known for running it, a name and a value each.
fn fields(id: &PhaseId, version: &Version, known: &Knowledge, style: Style) -> Vec<String> {
    let leaves = catalog::leaves(id, version);
    let parts: Vec<&str> = leaves.iter().filter(|leaf| *leaf != id).map(PhaseId::leaf).collect();
    let mut lines = Vec::new();
    for (name, values, one_each) in [
        ("command", vec![command(id, version)], false),
        ("runs", vec![parts.join(", ")], true),
        ("needs", vec![known.needs.join(", ")], true),
        ("provides", vec![known.provides.join(", ")], true),
        ("talks to", vec![if known.api { "the API server".to_owned() } else { String::new() }], true),
        ("says", known.expect.lines().iter().map(ToString::to_string).collect(), true),
        ("stopped", vec![format!("after {}", rounded(known.budget))], true),
        ("again", vec![again(known).to_owned()], true),
        ("undo", known.undo.iter().map(ToString::to_string).collect(), false),
    ] {
        let values: Vec<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
        // Commands to be copied stay in one line.
        let rows = values.iter().flat_map(|value| {
            if one_each { wrap(value, style.width.max(60).saturating_sub(12)) } else { vec![value.clone()] }
        });
        for (n, row) in rows.enumerate() {
            let head = style.dim(&format!("{:8}", if n == 0 { name } else { "" }));
            lines.push(format!("  {head}  {row}"));
        }
    }
    lines
}

pub(super) fn command(id: &PhaseId, version: &Version) -> String {
    let group = tree_of(id, version).is_some_and(|phase| phase.group);
    if group && !catalog::runs_whole(id) {
        return "none for the group: its phases run one by one".to_owned();
    }
    if let Some(why) = catalog::why_not_alone(id, version, &[]) {
        return format!("none of its own: {why}");
    }
    let paths = Paths { config: "FILE", ..Paths::default() };
    format!("kubeadm {}", catalog::args(id, version, &paths).join(" "))
}

fn tree_of(id: &PhaseId, version: &Version) -> Option<Phase> {
    tree(Command::of(id)?, version).into_iter().find(|phase| phase.id == *id)
}

pub(super) const fn again(known: &Knowledge) -> &'static str {
    match known.retry {
        RetryClass::Safe => "safe: it may be run again as it is",
        RetryClass::NeedsCleanUp => "after a clean-up: what the failed try left has to go first",
        RetryClass::NeverAlone => "never by itself: reset the node, and let it join anew",
    }
}
