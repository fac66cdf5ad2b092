//! Conditions: one map, or a list of them that all have to hold.

use super::ground::Ground;
use crate::ids::NodeName;
use crate::inventory::yaml::{
    Content, Field, Fields, Kind, Node, Report, Shape, closest, flag, number, text,
};
use crate::lesson::condition::{Condition, NodeStanding, RunStanding, Standing};
use crate::survey::check::CHECKS;

pub(super) const SHAPE: Shape = Shape::of(&[
    Field::new(
        "phase",
        "A phase, or a group for all of its leaves.",
        Kind::text(&["init/certs/ca", "init/certs"]),
    ),
    Field::new(
        "node",
        "Its node; without it, every node that has the phase. Alone: the node itself.",
        Kind::text(&["bettley"]),
    ),
    Field::new(
        "is",
        "How it stands. A phase: succeeded, failed, skipped, running, waiting, over; a node: reached, joined, ready, failed, away.",
        Kind::Choice(&[
            "succeeded",
            "failed",
            "skipped",
            "running",
            "waiting",
            "over",
            "reached",
            "joined",
            "ready",
            "away",
        ]),
    ),
    Field::new(
        "diagnosis",
        "The rule that recognised the failure of `phase`.",
        Kind::text(&["kubelet-unhealthy"]),
    ),
    Field::new("run", "How the whole run stands.", Kind::Choice(RunStanding::WORDS)),
    Field::new("check", "A check that found something on `node`.", Kind::text(&["swap"])),
    Field::new("found", "Whether `check` found something; false: nothing.", Kind::Flag),
    Field::new("shell", "A command typed on `node`.", Kind::text(&["swapon --show"])),
    Field::new("says", "What it has to print.", Kind::text(&["Ready"])),
    Field::new("lacks", "What it must not print.", Kind::text(&["NotReady"])),
    Field::new("exit", "How it has to end.", Kind::Number(0)),
]);

pub(super) const KIND: Kind = Kind::Either(&[Kind::Map(&SHAPE), Kind::List(&Kind::Map(&SHAPE))]);

/// Which keys go with which subject; the subject first.
const FORMS: [(&str, &[&str]); 5] = [
    ("phase", &["phase", "node", "is", "diagnosis"]),
    ("run", &["run"]),
    ("check", &["check", "node", "found"]),
    ("shell", &["shell", "node", "says", "lacks", "exit"]),
    ("node", &["node", "is"]),
];

pub(super) fn read(node: &Node, ground: &Ground, report: &mut Report<'_>) -> Vec<Condition> {
    match &node.content {
        Content::List(items) => items.iter().filter_map(|item| one(item, ground, report)).collect(),
        _ => one(node, ground, report).into_iter().collect(),
    }
}

fn one(node: &Node, ground: &Ground, report: &mut Report<'_>) -> Option<Condition> {
    let fields = Fields::open(node, "a condition", &SHAPE, |_| None, report)?;
    let Some((subject, keys)) = FORMS.iter().find(|(subject, _)| fields.get(subject).is_some()) else {
        let help = "begin with one of `phase`, `node`, `run`, `check`, `shell`";
        report.error(node.at, "a condition of nothing", help);
        return None;
    };
    if let Content::Map(entries) = &node.content {
        let others = entries.iter().filter(|entry| SHAPE.keys().contains(&entry.key.as_str()));
        for entry in others.filter(|entry| !keys.contains(&entry.key.as_str())) {
            let help = match keys.get(1..).unwrap_or_default() {
                [] => format!("`{subject}` stands alone; write a list for several conditions"),
                others => format!("with `{subject}` go {}", others.join(", ")),
            };
            report.error(entry.at, format!("`{}` says nothing of `{subject}`", entry.key), help);
        }
    }
    let on = match fields.get("node") {
        Some(node) => Some(ground.node(node, report)?),
        None => None,
    };
    let needs = |report: &mut Report<'_>| -> Option<NodeName> {
        if on.is_none() {
            report.error(fields.at, format!("`{subject}` without `node`"), "say on which node");
        }
        on.clone()
    };
    match *subject {
        "phase" => {
            let (phase, steps) = ground.steps(fields.get("phase")?, on.as_ref(), report)?;
            let diagnosis = fields.get("diagnosis").and_then(|node| rule(node, report));
            let is = match fields.get("is") {
                Some(node) => word(node, Standing::WORDS, Standing::named, report)?,
                None if diagnosis.is_some() => Standing::Failed,
                None => Standing::Succeeded,
            };
            Some(Condition::Phase { phase, steps, is, diagnosis })
        }
        "run" => word(fields.get("run")?, RunStanding::WORDS, RunStanding::named, report).map(Condition::Run),
        "check" => {
            let known = |word: &str| CHECKS.contains(&word).then(|| word.to_owned());
            let check = word(fields.get("check")?, &CHECKS, known, report)?;
            let there = fields.get("found").is_none_or(|node| flag(node, report).unwrap_or(true));
            Some(Condition::Found { node: needs(report)?, check, there })
        }
        "shell" => {
            let line = |key: &str, report: &mut Report<'_>| {
                fields.get(key).and_then(|node| text(node, "a line of text", report)).map(|found| found.value)
            };
            let exit = fields.get("exit").and_then(|node| number(node, "an exit status", report));
            let (command, says, lacks) =
                (line("shell", report)?, line("says", report), line("lacks", report));
            Some(Condition::Shell { node: needs(report)?, command, says, lacks, exit })
        }
        _ => {
            let is = match fields.get("is") {
                Some(node) => word(node, NodeStanding::WORDS, NodeStanding::named, report)?,
                None => NodeStanding::Ready,
            };
            Some(Condition::Node { node: needs(report)?, is })
        }
    }
}

/// One of `words`.
fn word<T>(
    node: &Node,
    words: &[&str],
    named: impl Fn(&str) -> Option<T>,
    report: &mut Report<'_>,
) -> Option<T> {
    let written = node.as_text().unwrap_or_default();
    let found = named(written);
    if found.is_none() {
        let help = match closest(written, words) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("write one of {}", words.join(", ")),
        };
        report.error(node.at, format!("`{}` can't be said here", node.shown()), help);
    }
    found
}

/// A rule by which failures are recognised.
fn rule(node: &Node, report: &mut Report<'_>) -> Option<String> {
    let written = text(node, "a rule's name", report)?.value;
    let known = crate::catalog::rule_names();
    if known.contains(&written.as_str()) {
        return Some(written);
    }
    let help = match closest(&written, &known) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    report.error(node.at, format!("no diagnosis is called `{written}`"), help);
    None
}
