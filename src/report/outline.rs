//! A plan on paper: text, JSON, or a flowchart.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use indexmap::IndexMap;
use serde_json::json;

use super::Style;
use super::layout::{counted, rounded, wrap};
use crate::ids::{NodeName, PhaseId, StepId};
use crate::plan::step::{Awaited, Edge, Need, Resource, Step, Work};
use crate::text;

/// kubeadm's configuration files by node: path on the node, and text with secrets masked.
pub type Configs = BTreeMap<NodeName, (String, String)>;

/// For people: first the looking, then node by node what is done there, in order, with what each step waits for beyond the
/// one above it; nodes on which the same is done stand together. Then kubeadm's files. `heading` is the first line.
pub fn text(heading: &str, steps: &[Step], configs: &Configs, style: Style) -> String {
    let width = style.width.max(60);
    let mut out = format!("{}\n", style.bold(heading));
    let (looking, working): (Vec<&Step>, Vec<&Step>) = steps.iter().partition(|step| is_look(step));
    let mut blocks: Vec<(Vec<&NodeName>, String)> = Vec::new();
    for (nodes, own) in [by_node(&looking), by_node(&working)].into_iter().flatten() {
        let block = block(&own, width, style);
        match blocks.iter_mut().find(|(_, same)| *same == block) {
            Some((same, _)) => same.push(nodes),
            None => blocks.push((vec![nodes], block)),
        }
    }
    for (nodes, block) in blocks {
        let names: Vec<&str> = nodes.iter().map(|node| node.as_str()).collect();
        out.push('\n');
        for line in wrap(&names.join(", "), width) {
            let _ = writeln!(out, "{}", style.bold(&line));
        }
        out.push_str(&block);
    }
    for (node, (path, config)) in configs {
        let _ = write!(out, "\n{}\n{config}", style.bold(&format!("{node}: {path}")));
    }
    let commands = steps.iter().filter(|step| step.command().is_some()).count();
    let _ = writeln!(
        out,
        "\n{} on {}, {} of kubeadm. Nothing was changed.",
        counted(steps.len(), "step"),
        counted(by_node(&steps.iter().collect::<Vec<_>>()).len(), "node"),
        counted(commands, "command")
    );
    out
}

const fn is_look(step: &Step) -> bool {
    matches!(step.work, Work::Connect | Work::Probe | Work::Check)
}

/// In the order in which nodes come up first.
fn by_node<'a>(steps: &[&'a Step]) -> Vec<(&'a NodeName, Vec<&'a Step>)> {
    let mut nodes: IndexMap<&NodeName, Vec<&Step>> = IndexMap::new();
    for step in steps {
        nodes.entry(&step.id.node).or_default().push(step);
    }
    nodes.into_iter().collect()
}

/// A node's steps, without its name.
fn block(steps: &[&Step], width: usize, style: Style) -> String {
    let mut out = String::new();
    let mut before = None;
    for step in steps {
        let _ = writeln!(out, "  {}", step.id.phase);
        // Commands are there to be copied: they stay in one line.
        let _ = writeln!(out, "      {}", what(step));
        let mut more = Vec::new();
        if !step.covers.is_empty() {
            let leaves: Vec<&str> = step.covers.iter().map(PhaseId::leaf).collect();
            more.push(format!("at once: {}", leaves.join(", ")));
        }
        if step.holds.contains(&Resource::EtcdMembership) {
            more.push("one node at a time: it changes etcd's members".to_owned());
        }
        more.extend(waits_for(step, before));
        for line in more.iter().flat_map(|text| wrap(text, width.saturating_sub(6))) {
            let _ = writeln!(out, "      {}", style.dim(&line));
        }
        before = Some(&step.id);
    }
    out
}

/// What a step waits for, but for the looking, which all wait for, and the step before it on its node.
fn waits_for(step: &Step, before: Option<&StepId>) -> Option<String> {
    if step.work == Work::CleanUp {
        let everybody = step.after.iter().any(|edge| edge.step.node != step.id.node);
        return Some(format!(
            "when all other steps {} over, whatever came of them",
            if everybody { "on all nodes are" } else { "on this node are" }
        ));
    }
    let mut by_node: IndexMap<&NodeName, Vec<&str>> = IndexMap::new();
    let edges = step.after.iter().filter(|edge| edge.need == Need::Done && Some(&edge.step) != before);
    for Edge { step: before, .. } in edges {
        if !["connect", "probe", "check"].contains(&before.phase.as_str()) {
            by_node.entry(&before.node).or_default().push(before.phase.as_str());
        }
    }
    let names: Vec<String> = by_node
        .into_iter()
        .map(|(node, phases)| {
            let phases = phases.join(", ");
            if *node == step.id.node { phases } else { format!("{phases} on {node}") }
        })
        .collect();
    (!names.is_empty()).then(|| format!("after {}", names.join(", ")))
}

/// One object: `steps` as they stand in the journal, and `configs` by node.
pub fn json(steps: &[Step], configs: &Configs) -> Result<String, serde_json::Error> {
    let configs: BTreeMap<&str, serde_json::Value> = configs
        .iter()
        .map(|(node, (path, config))| (node.as_str(), json!({ "path": path, "content": config })))
        .collect();
    let steps: Vec<serde_json::Value> = steps
        .iter()
        .map(|step| {
            let own = json!({ "node": step.id.node, "phase": step.id.phase, "command": step.command() });
            let (serde_json::Value::Object(mut object), serde_json::Value::Object(mut rest)) =
                (own, serde_json::to_value(step)?)
            else {
                return Ok(serde_json::Value::Null);
            };
            rest.shift_remove("id");
            object.append(&mut rest);
            Ok(serde_json::Value::Object(object))
        })
        .collect::<Result<_, serde_json::Error>>()?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&json!({ "steps": steps, "configs": configs }))?))
}

/// A Mermaid flowchart: a box a node, an arrow for what must be done before.
pub fn mermaid(steps: &[Step]) -> String {
    let mut out = String::from("flowchart LR\n");
    let names: HashMap<&StepId, String> =
        steps.iter().zip(1..).map(|(step, number)| (&step.id, format!("s{number}"))).collect();
    let mut seen: Vec<&NodeName> = Vec::new();
    for step in steps {
        if !seen.contains(&&step.id.node) {
            seen.push(&step.id.node);
        }
    }
    for (node, number) in seen.iter().zip(1..) {
        let _ = writeln!(out, "  subgraph n{number}[\"{node}\"]");
        for step in steps.iter().filter(|step| step.id.node == **node) {
            // Phase names come from a node's own help: keep to what a label may hold.
            let label: String = step
                .id
                .phase
                .as_str()
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || "-/._".contains(*c))
                .collect();
            let _ = writeln!(out, "    {}[\"{label}\"]", names[&step.id]);
        }
        out.push_str("  end\n");
    }
    for step in steps {
        let done = || step.after.iter().filter(|edge| edge.need == Need::Done);
        // Whatever waits for work waits for the looking as well.
        let looked = |edge: &&Edge| edge.step.phase.as_str() == "check" && done().count() > 1;
        for edge in done().filter(|edge| !looked(edge)) {
            if let Some(before) = names.get(&edge.step) {
                let _ = writeln!(out, "  {before} --> {}", names[&step.id]);
            }
        }
    }
    out
}

fn what(step: &Step) -> String {
    match &step.work {
        Work::Connect => "log in over ssh and become root".to_owned(),
        Work::Probe => "ask the node about itself; changes nothing".to_owned(),
        Work::Check => "hold the answers against kubeadm's needs and against the other nodes".to_owned(),
        Work::WriteConfig => "write kubeadm's configuration, with the run's secrets, mode 0600".to_owned(),
        Work::Kubeadm { .. } => step.command().unwrap_or_default(),
        Work::Wait { what } => {
            let what = match what {
                Awaited::Kubelet => "the kubelet answers",
                Awaited::ApiServer => "this node's API server answers",
                Awaited::Endpoint => "the control-plane endpoint answers to this node",
            };
            format!("wait until {what}, {} at most", rounded(step.budget))
        }
        Work::Apply { manifest } => format!("kubectl apply -f {}", text::sanitize(manifest)),
        Work::Hook { run } => format!("sh: {}", text::sanitize(run).replace('\n', "; ")),
        Work::SignClusterInfo => {
            "sign cluster-info with the token, as the controller manager will".to_owned()
        }
        Work::Label { labels } => format!("set the labels {}", labels.join(", ")),
        Work::FetchKubeconfig => "fetch the admin kubeconfig".to_owned(),
        Work::Verify => "look whether the node is Ready and what it should be".to_owned(),
        Work::CleanUp => "remove the files with secrets".to_owned(),
        Work::Evict { from, etcd: true } => {
            format!("from {from}: remove its etcd member and delete its node object")
        }
        Work::Evict { from, etcd: false } => format!("from {from}: delete its node object"),
        Work::Sweep => "remove what kubeadm reset leaves behind".to_owned(),
    }
}
