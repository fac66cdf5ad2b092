//! What a page wants done: one map, or a list of them.

use super::ground::Ground;
use crate::ids::StepId;
use crate::inventory::yaml::{Content, Field, Fields, Kind, Node, Report, Shape, flag, text};
use crate::lesson::deed::Deed;

const SHAPE: Shape = Shape::of(&[
    Field::new(
        "run",
        "A phase or group to run, with what it needs.",
        Kind::text(&["init/certs/ca", "init/certs"]),
    ),
    Field::new("retry", "A failed phase to try again.", Kind::text(&["join/preflight"])),
    Field::new("node", "Where; without it, every node that has the phase.", Kind::text(&["bettley"])),
    Field::new("recheck", "A node to ask anew, before anything was changed.", Kind::text(&["bettley"])),
    Field::new("reset", "A node to take out of the cluster and begin anew.", Kind::text(&["fenn"])),
    Field::new("continue", "Let everything run that can.", Kind::Flag),
    Field::new("type", "Something to type on `node`.", Kind::text(&["swapoff -a"])),
]);

pub(super) const KIND: Kind = Kind::Either(&[Kind::Map(&SHAPE), Kind::List(&Kind::Map(&SHAPE))]);

const SUBJECTS: [&str; 6] = ["run", "retry", "recheck", "reset", "continue", "type"];

pub(super) fn read(node: &Node, ground: &Ground, report: &mut Report<'_>) -> Vec<Deed> {
    match &node.content {
        Content::List(items) => items.iter().filter_map(|item| one(item, ground, report)).collect(),
        _ => one(node, ground, report).into_iter().collect(),
    }
}

fn one(node: &Node, ground: &Ground, report: &mut Report<'_>) -> Option<Deed> {
    let fields = Fields::open(node, "something to do", &SHAPE, |_| None, report)?;
    let named: Vec<&str> = SUBJECTS.into_iter().filter(|key| fields.get(key).is_some()).collect();
    let [subject] = named[..] else {
        let help = "do one thing at a time: `run`, `retry`, `recheck`, `reset`, `continue` or `type`";
        report.error(
            node.at,
            if named.is_empty() { "nothing to do" } else { "several things to do at once" },
            help,
        );
        return None;
    };
    let value = fields.get(subject)?;
    let on = match fields.get("node") {
        Some(node) => Some(ground.node(node, report)?),
        None => None,
    };
    match subject {
        "run" => {
            let (phase, steps) = ground.steps(value, on.as_ref(), report)?;
            Some(Deed::Run { phase, steps })
        }
        "retry" => {
            let (phase, steps) = ground.steps(value, on.as_ref(), report)?;
            let one: Option<&StepId> = steps.first().filter(|_| steps.len() == 1);
            if one.is_none() {
                let help = "name one phase on one node";
                report.error(value.at, format!("`{phase}` is {} steps", steps.len()), help);
            }
            one.cloned().map(Deed::Retry)
        }
        "recheck" => ground.node(value, report).map(Deed::Recheck),
        "reset" => ground.node(value, report).map(Deed::Reset),
        "continue" => flag(value, report).filter(|on| *on).map(|_| Deed::Continue),
        _ => {
            let command = text(value, "a command", report)?.value;
            if on.is_none() {
                report.error(fields.at, "`type` without `node`", "say on which node it is typed");
            }
            Some(Deed::Type { node: on?, command })
        }
    }
}
