//! `spec.options` and `spec.hooks`.

use std::time::Duration;

use super::Places;
use super::host::{ROLE, role};
use crate::inventory::model::{Allowance, Hook, HookPoint, Options};
use crate::inventory::yaml::{Field, Fields, Kind, Node, Report, Shape, duration, items, number, parsed};

/// `spec.options`.
pub(crate) const SHAPE: Shape = Shape::of(&[
    Field::new("concurrency", "How many nodes at once.", Kind::Map(&CONCURRENCY)),
    Field::new("timeouts", "How long to wait.", Kind::Map(&TIMEOUTS)),
    Field::new("onFailure", "What a failure means for the rest.", Kind::Map(&ON_FAILURE)),
]);

const CONCURRENCY: Shape = Shape::of(&[
    Field::new("limit", "Nodes worked on at once.", Kind::Number(1)),
    Field::new("joins", "Nodes joining at once.", Kind::Number(1)),
]);

const TIMEOUTS: Shape = Shape::of(&[
    Field::new("connect", "To a connection.", TIME),
    Field::new("controlPlane", "Until the first API server answers.", TIME),
    Field::new("join", "For a node's kubelet-start in a join.", TIME),
    Field::new("nodeReady", "Until every node is Ready at the end.", TIME),
]);

const TIME: Kind = Kind::form("([0-9]+(ms|s|m|h))+", &["30s", "1h30m"]);

const ON_FAILURE: Shape = Shape::of(&[
    Field::new(
        "workers",
        "Whether the others go on when a worker fails.",
        Kind::Choice(&["continue", "stop"]),
    ),
    Field::new(
        "maxFailedWorkers",
        "How many workers may fail, or which share of them, and the run still counts as done.",
        Kind::form("[0-9]+%?", &["2", "10%"]),
    ),
]);

/// One of `spec.hooks`.
pub(crate) const HOOK: Shape = Shape {
    required: &["at", "run"],
    ..Shape::of(&[
        Field::new("at", "When.", Kind::Choice(&["before-node", "after-api", "after-node"])),
        Field::new(
            "role",
            "Only on hosts of this role; `after-api` runs on the first control plane alone.",
            ROLE,
        ),
        Field::new("run", "What `sh -c` is given on the node.", Kind::text(&["modprobe br_netfilter"])),
    ])
};

const DEFAULT: Options = Options {
    concurrency: 30,
    joins: 10,
    connect_timeout: Duration::from_secs(10),
    control_plane_timeout: Duration::from_secs(600),
    join_timeout: Duration::from_secs(600),
    node_ready_timeout: Duration::from_secs(300),
    workers_continue: true,
    max_failed_workers: Allowance::Count(0),
};

pub(crate) fn read(node: Option<&Node>, places: &mut Places, report: &mut Report<'_>) -> Options {
    let mut options = DEFAULT;
    let open = |node, what, shape, report: &mut Report<'_>| Fields::open(node, what, shape, |_| None, report);
    let Some(fields) = node.and_then(|node| open(node, "spec.options", &SHAPE, report)) else {
        return options;
    };
    if let Some(node) = fields.get("concurrency")
        && let Some(fields) = open(node, "concurrency", &CONCURRENCY, report)
    {
        for (key, target) in [("limit", &mut options.concurrency), ("joins", &mut options.joins)] {
            if let Some(count) = fields.get(key).and_then(|node| at_least_one(node, report)) {
                *target = count;
            }
        }
    }
    if let Some(node) = fields.get("timeouts")
        && let Some(fields) = open(node, "timeouts", &TIMEOUTS, report)
    {
        for (key, target) in [
            ("connect", &mut options.connect_timeout),
            ("controlPlane", &mut options.control_plane_timeout),
            ("join", &mut options.join_timeout),
            ("nodeReady", &mut options.node_ready_timeout),
        ] {
            if let Some(time) = fields.get(key).and_then(|node| duration(node, report)) {
                *target = time;
            }
        }
    }
    if let Some(node) = fields.get("onFailure")
        && let Some(fields) = open(node, "onFailure", &ON_FAILURE, report)
    {
        if let Some(node) = fields.get("workers") {
            let read = parsed(node, "`continue` or `stop`", "", report, |text| match text {
                "continue" => Some(true),
                "stop" => Some(false),
                _ => None,
            });
            options.workers_continue = read.is_none_or(|found| found.value);
        }
        if let Some(node) = fields.get("maxFailedWorkers") {
            let help = "write a number of workers, or a share like 10%";
            let read = parsed(node, "a number of workers or a share of them", help, report, allowance);
            places.failed_workers = Some(node.at);
            options.max_failed_workers = read.map_or(options.max_failed_workers, |found| found.value);
        }
    }
    options
}

fn at_least_one(node: &Node, report: &mut Report<'_>) -> Option<usize> {
    let found = number::<usize>(node, "a number above 0", report)?;
    if found == 0 {
        report.error(node.at, "`0` is not a number above 0", "");
    }
    (found > 0).then_some(found)
}

fn allowance(text: &str) -> Option<Allowance> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(share) = text.strip_suffix('%') {
        let percent: u8 =
            digits(share).then(|| share.parse().ok()).flatten().filter(|percent| *percent <= 100)?;
        return Some(Allowance::Share(f64::from(percent) / 100.0));
    }
    digits(text).then(|| text.parse().ok().map(Allowance::Count)).flatten()
}

/// `spec.hooks`: a list of `{ at, role, run }`.
pub(crate) fn hooks(node: Option<&Node>, report: &mut Report<'_>) -> Vec<Hook> {
    let Some(list) = node.and_then(|node| items(node, "spec.hooks", report)) else { return Vec::new() };
    let mut hooks = Vec::new();
    for node in list {
        let Some(fields) = Fields::open(node, "a hook", &HOOK, |_| None, report) else {
            continue;
        };
        let help = "a hook says when and what: { at: before-node, run: \"modprobe br_netfilter\" }";
        let point = fields.require("at", "a hook", help, report).and_then(|node| point(node, report));
        let run = fields.require("run", "a hook", help, report).and_then(|node| {
            let sound = |text: &str| !text.trim().is_empty() && !text.contains('\0');
            parsed(node, "a command", "", report, |text| sound(text).then(|| text.to_owned()))
        });
        let role = fields.get("role").and_then(|node| Some(role(node, report)?.role));
        if let (Some(HookPoint::AfterApi), Some(_), Some(node)) = (point, role, fields.get("role")) {
            report.warning(
                node.at,
                "an `after-api` hook runs on the first control plane alone",
                "leave `role` out",
            );
        }
        if let (Some(at), Some(run)) = (point, run) {
            hooks.push(Hook { at, role, run: run.value });
        }
    }
    hooks
}

fn point(node: &Node, report: &mut Report<'_>) -> Option<HookPoint> {
    parsed(node, "before-node, after-api or after-node", "", report, |text| match text {
        "before-node" => Some(HookPoint::BeforeNode),
        "after-api" => Some(HookPoint::AfterApi),
        "after-node" => Some(HookPoint::AfterNode),
        _ => None,
    })
    .map(|found| found.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowances_are_numbers_or_shares() {
        assert_eq!(allowance("3"), Some(Allowance::Count(3)));
        assert_eq!(allowance("10%"), Some(Allowance::Share(0.1)));
        for bad in ["", "%", "101%", "-1", "1.5", "+3", "ten"] {
            assert_eq!(allowance(bad), None, "{bad}");
        }
    }
}
