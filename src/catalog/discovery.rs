//! The phases that a node's own kubeadm lists in its help.

use std::collections::BTreeSet;

use super::command::Command;
use super::tree::{Phase, tree};
use crate::ids::PhaseId;
use crate::version::Version;

/// More phases than any kubeadm has; a help text that lists more is not one.
const MOST: usize = 200;

/// The phases in a help text, in its order, groups before their children.
///
/// Reads the block of `kubeadm init --help` (which is in execution order) and, as a second best, the `Available Commands`
/// of `kubeadm init phase --help` and of `kubeadm init phase certs --help` (which are in alphabetical order). Hidden phases
/// are in neither. Anything else in the text is passed over; a text without phases gives an empty list.
pub fn discover(command: Command, help: &str) -> Vec<PhaseId> {
    let mut found = Found { command, phases: Vec::new() };
    found.read_block(help);
    found.read_commands(help);
    found.phases
}

struct Found {
    command: Command,
    phases: Vec<PhaseId>,
}

impl Found {
    fn push(&mut self, path: &str) {
        let id = self.command.phase(path);
        if self.phases.len() < MOST && !self.phases.contains(&id) {
            self.phases.push(id);
        }
    }

    /// The fenced block after "executes the following phases": children are indented by two and begin with `/`.
    fn read_block(&mut self, help: &str) {
        let mut above: Vec<&str> = Vec::new();
        for line in lines_of_block(help) {
            let rest = line.trim_start_matches(' ');
            let depth = (line.len() - rest.len()) / 2;
            let name = rest.split_whitespace().next().unwrap_or("").trim_start_matches('/');
            if !is_name(name) || depth > above.len() {
                continue;
            }
            above.truncate(depth);
            above.push(name);
            self.push(&above.join("/"));
        }
    }

    /// The list of sub-commands of `kubeadm init phase [group]`.
    fn read_commands(&mut self, help: &str) {
        let mut group = None;
        let mut listing = false;
        for line in help.lines() {
            let usage =
                line.trim().strip_prefix("kubeadm ").and_then(|l| l.strip_prefix(self.command.as_str()));
            if let Some(path) = usage.and_then(|l| l.trim_start().strip_prefix("phase")) {
                let words: Vec<&str> = path.split_whitespace().take_while(|word| is_name(word)).collect();
                group = Some(words.join("/"));
            }
            if line.trim_end() == "Available Commands:" {
                listing = true;
                continue;
            }
            let name = line.split_whitespace().next().unwrap_or("");
            if !listing || !line.starts_with("  ") || !is_name(name) {
                listing = listing && line.starts_with("  ");
                continue;
            }
            match group.as_deref() {
                Some("") => self.push(name),
                Some(group) if name != "all" => {
                    self.push(group);
                    self.push(&format!("{group}/{name}"));
                }
                _ => {}
            }
        }
    }
}

fn lines_of_block(help: &str) -> impl Iterator<Item = &str> {
    help.lines()
        .skip_while(|line| !line.contains("executes the following phases"))
        .skip_while(|line| line.trim() != "```")
        .skip(1)
        .take_while(|line| line.trim() != "```")
}

fn is_name(word: &str) -> bool {
    word.len() <= 64
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The phases to drive on a node: those its help lists, in its order, with what the catalog knows added to them.
///
/// Hidden phases, which no help lists, are put where the catalog has them. A phase that the catalog knows as hidden but
/// that the help lists is not hidden. Phases that the catalog doesn't know stay where the help has them. An alphabetical
/// list (that of `init phase --help`) says which phases there are, and the catalog in which order and with which children.
/// Without a discovery the catalog stands alone.
pub fn effective(command: Command, version: &Version, discovered: &[PhaseId]) -> Vec<Phase> {
    let known = tree(command, version);
    let listed: Vec<&PhaseId> = discovered.iter().filter(|id| Command::of(id) == Some(command)).collect();
    if listed.is_empty() {
        return known;
    }
    let set: BTreeSet<&PhaseId> = listed.iter().copied().collect();
    let only_tops = listed.iter().all(|id| id.parent().is_none());
    let is_there = |phase: &Phase| match phase.id.parent() {
        _ if set.contains(&phase.id) => true,
        Some(group) => set.contains(&group) && (phase.hidden || only_tops),
        None => phase.hidden,
    };
    let expected: Vec<&Phase> = known.iter().filter(|phase| is_there(phase)).collect();

    let listed = if is_alphabetical(&listed) { by_catalog(&listed, &known) } else { listed };
    let mut order: Vec<PhaseId> = listed.into_iter().cloned().collect();
    for (at, phase) in expected.iter().enumerate() {
        if order.contains(&phase.id) {
            continue;
        }
        let place = expected[..at]
            .iter()
            .rev()
            .find_map(|before| order.iter().position(|id| id == &before.id))
            .map_or(0, |position| end_of(&order, position, &phase.id));
        order.insert(place, phase.id.clone());
    }
    order
        .iter()
        .map(|id| Phase {
            id: id.clone(),
            hidden: !set.contains(id) && known.iter().any(|p| p.id == *id && p.hidden),
            deprecated: known.iter().any(|p| p.id == *id && p.deprecated),
            group: order.iter().any(|other| other.parent().as_ref() == Some(id)),
        })
        .collect()
}

/// Where `phase` goes when it follows the phase at `position`: behind that one and behind its children, unless it is one
/// of them.
fn end_of(order: &[PhaseId], position: usize, phase: &PhaseId) -> usize {
    let before = &order[position];
    let group =
        before.parent().filter(|group| !phase.is_within(group.as_str())).unwrap_or_else(|| before.clone());
    let inside = |id: &PhaseId| id.is_within(group.as_str()) && !phase.is_within(group.as_str());
    position + 1 + order[position + 1..].iter().take_while(|id| inside(id)).count()
}

fn is_alphabetical(ids: &[&PhaseId]) -> bool {
    let tops: Vec<&&PhaseId> = ids.iter().filter(|id| id.parent().is_none()).collect();
    tops.len() > 1 && tops.is_sorted()
}

/// `listed` in the catalog's order; what the catalog doesn't know comes last.
fn by_catalog<'a>(listed: &[&'a PhaseId], known: &[Phase]) -> Vec<&'a PhaseId> {
    let mut sorted = listed.to_vec();
    sorted.sort_by_key(|id| known.iter().position(|phase| phase.id == **id).unwrap_or(usize::MAX));
    sorted
}
