//! kubeadm's configuration of a node, secrets masked, and what changed in it since the last attempt.

use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use super::Part;
use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::plan::step::{Step, Work};
use crate::runner::{Config, shown_configs};
use crate::state::RunState;
use crate::tui::theme::Role;
use crate::version::Version;

/// The configurations written so far, by node, oldest first: path and text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Configs(BTreeMap<NodeName, Vec<(String, String)>>);

impl Configs {
    /// Remembers what a step that has just started writes on `node`.
    pub fn written(&mut self, node: &NodeName, config: (String, String)) {
        let written = self.0.entry(node.clone()).or_default();
        if written.last() != Some(&config) {
            written.push(config);
        }
    }

    /// What was written last and what before it.
    #[expect(clippy::type_complexity, reason = "two of the same")]
    fn last(&self, node: &NodeName) -> (Option<&(String, String)>, Option<&(String, String)>) {
        let written = self.0.get(node).map_or(&[][..], Vec::as_slice);
        let mut back = written.iter().rev();
        (back.next(), back.next())
    }
}

/// The configuration that `node` would get now: path and text.
pub fn rendered(run: &RunState, inventory: &Inventory, node: &NodeName) -> Option<(String, String)> {
    let leader =
        run.steps().find(|step| step.id().phase.is_within("init")).map(|step| step.id().node.clone());
    let facts: BTreeMap<_, _> =
        run.nodes().filter_map(|node| Some((node.name.clone(), (**node.facts.as_ref()?).clone()))).collect();
    let leader = leader.or_else(|| crate::plan::leader(inventory, &facts))?;
    let steps: Vec<Step> = run
        .steps_of(node)
        .filter(|step| step.plan.work == Work::WriteConfig)
        .map(|step| step.plan.clone())
        .collect();
    let version = version(run, inventory, &leader)?;
    shown_configs(inventory, &facts, &version, &leader, &steps).remove(node)
}

/// The version that the cluster gets.
fn version(run: &RunState, inventory: &Inventory, leader: &NodeName) -> Option<Version> {
    let own = || run.node(leader)?.facts.as_ref()?.kubeadm.clone();
    inventory.kubernetes.version.clone().or_else(own)
}

/// The lines that differ, with a few around them.
pub fn changed(was: &str, now: &str) -> Vec<Part> {
    const AROUND: usize = 2;
    let diff = TextDiff::from_lines(was, now);
    let mut parts = Vec::new();
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            parts.push(Part::Verbatim(Role::Dim, "  ...".to_owned()));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            parts.push(line(change.tag(), change.value()));
        }
    }
    parts
}

fn line(tag: ChangeTag, text: &str) -> Part {
    let (sign, role) = match tag {
        ChangeTag::Equal => ("  ", Role::Text),
        ChangeTag::Insert => ("+ ", Role::Added),
        ChangeTag::Delete => ("- ", Role::Removed),
    };
    Part::Verbatim(role, format!("{sign}{}", text.trim_end()))
}

/// The card.
pub fn config(
    run: &RunState,
    inventory: &Inventory,
    configs: &Configs,
    node: &NodeName,
) -> Option<Vec<Part>> {
    let now = rendered(run, inventory, node);
    let (last, before) = configs.last(node);
    let (path, text) = now.as_ref().or(last)?;
    let written = before.iter().chain(&last).map(|(_, text)| text.clone()).collect();
    let config = Config { path: path.clone(), now: text.clone(), written };
    Some(config_as_run(node, &config))
}

/// The same of what the run itself knows.
pub fn config_as_run(node: &NodeName, config: &Config) -> Vec<Part> {
    let Config { path, now, written } = config;
    let was = match written.as_slice() {
        [.., last] if last != now => {
            Some(("what was written last: it is written before the next phase that reads it", last))
        }
        [.., before, _] => Some(("what was written before", before)),
        _ => None,
    };
    let state = if written.is_empty() { "not written yet" } else { "written" };
    let mut parts =
        vec![Part::Text(Role::Note, format!("{path} on {node}, {state}; secrets are masked")), Part::Gap];
    let Some((what, was)) = was else {
        parts.extend(now.lines().map(|line| Part::Verbatim(Role::Text, line.to_owned())));
        return parts;
    };
    parts.insert(1, Part::Text(Role::Note, format!("- and + mark what differs from {what}")));
    for change in TextDiff::from_lines(was.as_str(), now.as_str()).iter_all_changes() {
        parts.push(line(change.tag(), change.value()));
    }
    parts
}
