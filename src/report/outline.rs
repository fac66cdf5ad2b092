//! A plan on paper: text, JSON, or a flowchart.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde_json::json;

use super::Style;
use crate::ids::{NodeName, StepId};
use crate::plan::step::{Need, Resource, Step, Work};
use crate::text;

/// kubeadm's configuration files by node: path on the node, and text with secrets masked.
pub type Configs = BTreeMap<NodeName, (String, String)>;

/// For people: steps in plan order, numbered, with what each waits for and runs; then the files.
pub fn text(steps: &[Step], configs: &Configs, style: Style) -> String {
    let mut out = String::new();
    let numbers: HashMap<&StepId, usize> =
        steps.iter().zip(1..).map(|(step, number)| (&step.id, number)).collect();
    let width = steps.iter().map(|step| step.id.node.as_str().len()).max().unwrap_or(0);
    for (step, number) in steps.iter().zip(1..) {
        let _ = writeln!(out, "{number:>4}  {:width$}  {}", step.id.node, step.id.phase);
        let _ = writeln!(out, "      {:width$}    {}", "", what(step));
        let after = nearest(step, &numbers);
        if !after.is_empty() {
            let _ = writeln!(out, "      {:width$}    after {after}", "");
        }
        if !step.covers.is_empty() {
            let leaves: Vec<&str> = step.covers.iter().map(|leaf| leaf.leaf()).collect();
            let _ = writeln!(out, "      {:width$}    at once: {}", "", leaves.join(", "));
        }
        if step.holds.contains(&Resource::EtcdMembership) {
            let _ = writeln!(
                out,
                "      {:width$}    one at a time on the whole rack: it changes etcd's members",
                ""
            );
        }
    }
    for (node, (path, config)) in configs {
        let rule = if style.unicode { "─" } else { "-" };
        let _ = write!(out, "\n{} {node}: {path}\n{config}", rule.repeat(3));
    }
    let _ = writeln!(out, "\n{} steps on {} nodes. Nothing was changed.", steps.len(), nodes(steps));
    out
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
            let mut value = serde_json::to_value(step)?;
            if let Some(object) = value.as_object_mut() {
                object.insert("node".into(), json!(step.id.node));
                object.insert("phase".into(), json!(step.id.phase));
                object.insert("command".into(), json!(step.command()));
                object.remove("id");
            }
            Ok(value)
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
        for edge in step.after.iter().filter(|edge| edge.need == Need::Done) {
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
        Work::Wait { .. } => format!("wait until it answers, {} at most", text::duration(step.budget)),
        Work::Apply { manifest } => format!("kubectl apply -f {}", text::sanitize(manifest)),
        Work::Hook { run } => format!("sh: {}", text::sanitize(run).replace('\n', "; ")),
        Work::Label { labels } => format!("kubectl label node {} {}", step.id.node, labels.join(" ")),
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

/// The steps right before, by number; steps that merely must be over are many and left out.
fn nearest(step: &Step, numbers: &HashMap<&StepId, usize>) -> String {
    let mut before: Vec<usize> = step
        .after
        .iter()
        .filter(|edge| edge.need == Need::Done)
        .filter_map(|edge| numbers.get(&edge.step).copied())
        .collect();
    before.sort_unstable();
    before.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

fn nodes(steps: &[Step]) -> usize {
    let mut names: Vec<&NodeName> = steps.iter().map(|step| &step.id.node).collect();
    names.sort();
    names.dedup();
    names.len()
}
