//! One machine.

use std::collections::BTreeMap;

use super::aliases::hint;
use super::{Context, HostPlaces, login};
use crate::ids::NodeName;
use crate::inventory::model::{Host, Role};
use crate::inventory::yaml::{
    Content, Field, Fields, Kind, Node, Report, Shape, address, closest, entries, flag, items, parsed, text,
};

/// What a host may say.
pub(crate) const SHAPE: Shape = Shape {
    required: &["name"],
    ..Shape::of(&[
        Field::new(
            "name",
            "The node's name in Kubernetes, or a range of them: worker[01:06].",
            Kind::form(r"[-a-z0-9.\[\]:]+", &["bettley", "cp-1"]),
        ),
        Field::new("role", "What it becomes.", ROLE),
        Field::new("ssh", "How to log in; the rest is OpenSSH's own configuration.", Kind::Map(&login::SSH)),
        Field::new("become", "How to become root.", Kind::Map(&login::BECOME)),
        Field::new(
            "privateAddress",
            "Where other nodes reach it; {n} is the number of a range.",
            Kind::text(&["10.4.0.11", "192.0.2.11"]),
        ),
        Field::new("rack", "Where it stands, for people.", Kind::text(&["left-2"])),
        Field::new("schedulable", "A control plane that runs workloads too.", Kind::Flag),
        Field::new(
            "labels",
            "Set on the node once it is in the cluster.",
            Kind::Either(&[
                Kind::Names { of: &Kind::text(&["ssd"]), such_as: &[("disk", "ssd")] },
                Kind::List(&Kind::text(&["disk=ssd"])),
            ]),
        ),
        Field::new(
            "taints",
            "key=value:Effect; without any, kubeadm's own default holds.",
            Kind::List(&Kind::form(
                "[^:]+:(NoSchedule|PreferNoSchedule|NoExecute)",
                &["node-role.kubernetes.io/control-plane:NoSchedule", "dedicated=gpu:NoExecute"],
            )),
        ),
        Field::new("leader", "`kubeadm init` runs here.", Kind::Flag),
        Field::new("startAt", "What {n} counts from in a range.", Kind::Number(0)),
    ])
};

/// What all hosts may have in common.
pub(crate) const DEFAULTS: Shape = Shape { required: &[], without: &["name", "leader"], ..SHAPE };

/// Our names; those of other tools are read with a warning.
pub(crate) const ROLE: Kind = Kind::Choice(&["control-plane", "worker"]);

/// A role as it was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoleRead {
    pub(crate) role: Role,
    /// The name said that the control plane runs workloads too.
    pub(crate) schedulable: bool,
}

/// Reads the host `name` from its merged map.
pub(crate) fn read(
    node: &Node,
    name: NodeName,
    mut places: HostPlaces,
    context: Context<'_>,
    report: &mut Report<'_>,
) -> Option<(Host, HostPlaces)> {
    let fields = Fields::open(node, "a host", &SHAPE, hint, report)?;
    let ssh = login::ssh(fields.get("ssh"), name.as_str(), context, &mut places, report);
    let r#become = login::r#become(fields.get("become"), &mut places, report);
    let private = fields.get("privateAddress").and_then(|node| address(node, report));
    places.private = private.as_ref().map(|found| found.at);
    places.taints = fields.get("taints").map(|node| node.at);
    places.leader = fields.get("leader").and_then(|node| flag(node, report)).unwrap_or(false);
    let rack = fields.get("rack").and_then(|node| text(node, "a text on one line", report));
    let schedulable = fields.get("schedulable").and_then(|node| flag(node, report));
    let labels = fields.get("labels").map(|node| labels(node, report)).unwrap_or_default();
    let taints = fields.get("taints").and_then(|node| taints(node, report));
    let help = "write `role: control-plane` or `role: worker`";
    let role = fields.require("role", "a host", help, report).and_then(|node| role(node, report))?;
    let host = Host {
        name,
        role: role.role,
        ssh,
        r#become,
        private_address: private.map(|found| found.value),
        rack: rack.map(|found| found.value),
        schedulable: role.role == Role::ControlPlane && schedulable.unwrap_or(role.schedulable),
        labels,
        taints,
    };
    Some((host, places))
}

/// A role by our name or another tool's; RKE writes a list.
pub(crate) fn role(node: &Node, report: &mut Report<'_>) -> Option<RoleRead> {
    let names: Option<Vec<&str>> = match &node.content {
        Content::List(items) => items.iter().map(Node::as_text).collect(),
        _ => node.as_text().map(|text| text.split('+').collect()),
    };
    let wrong = |report: &mut Report<'_>| {
        let near = node.as_text().and_then(|text| closest(text, &["control-plane", "worker"]));
        let help = near.map_or_else(
            || "write control-plane or worker".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        report.error(node.at, format!("`{}` is not a role", node.shown()), help);
        None
    };
    let Some(names) = names.filter(|names| !names.is_empty()) else { return wrong(report) };
    let (mut control_plane, mut worker) = (false, false);
    for name in &names {
        match *name {
            "control-plane" | "controller" | "controlplane" | "control_plane" | "master" | "server" => {
                control_plane = true;
            }
            "worker" | "node" | "agent" => worker = true,
            "single" => (control_plane, worker) = (true, true),
            "etcd" if names.len() > 1 => {}
            _ => return wrong(report),
        }
    }
    let read = RoleRead {
        role: if control_plane { Role::ControlPlane } else { Role::Worker },
        schedulable: control_plane && worker,
    };
    if node.as_text() != Some(&read.role.to_string()) {
        let more = if read.schedulable { " with `schedulable: true`" } else { "" };
        let message = format!("the role `{}` is called `{}`{more} here", names.join("+"), read.role);
        report.warning_once(node.at, message, "it is understood; rename it");
    }
    Some(read)
}

/// A map, or kubectl's list of `key=value`.
fn labels(node: &Node, report: &mut Report<'_>) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    if let Content::List(list) = &node.content {
        for item in list {
            let pair = |text: &str| {
                let (key, value) = text.split_once('=')?;
                (is_label_key(key) && is_label_value(value)).then(|| (key.to_owned(), value.to_owned()))
            };
            labels.extend(
                parsed(item, "a label", "write it as key: value", report, pair).map(|found| found.value),
            );
        }
        return labels;
    }
    for entry in entries(node, "labels", report).unwrap_or_default() {
        if !is_label_key(&entry.key) {
            let help = "letters, digits, `-`, `_` and `.`, with a domain and `/` in front if you like";
            report.error(entry.at, format!("`{}` is not a label's name", entry.key), help);
            continue;
        }
        let value = |text: &str| is_label_value(text).then(|| text.to_owned());
        if entry.value.is_null() {
            labels.insert(entry.key.clone(), String::new());
        } else if let Some(found) = parsed(&entry.value, "a label's value", LABEL_HELP, report, value) {
            labels.insert(entry.key.clone(), found.value);
        }
    }
    labels
}

const LABEL_HELP: &str = "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";

fn taints(node: &Node, report: &mut Report<'_>) -> Option<Vec<String>> {
    let help = "write it as key=value:NoSchedule; effects are NoSchedule, PreferNoSchedule and NoExecute";
    let list = items(node, "taints", report)?;
    let sound = |text: &str| is_taint(text).then(|| text.to_owned());
    Some(
        list.iter()
            .filter_map(|node| parsed(node, "a taint", help, report, sound))
            .map(|found| found.value)
            .collect(),
    )
}

/// A Kubernetes name with an optional DNS prefix: apimachinery's `IsQualifiedName`.
fn is_label_key(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    !name.is_empty() && is_label_value(name) && prefix.is_none_or(|prefix| NodeName::new(prefix).is_ok())
}

/// Empty, or at most 63 characters: apimachinery's `IsValidLabelValue`.
fn is_label_value(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let ends = |c: char| c.is_ascii_alphanumeric();
    text.is_empty()
        || (text.len() <= 63 && text.bytes().all(inner) && text.starts_with(ends) && text.ends_with(ends))
}

fn is_taint(text: &str) -> bool {
    let Some((pair, effect)) = text.rsplit_once(':') else { return false };
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    matches!(effect, "NoSchedule" | "PreferNoSchedule" | "NoExecute")
        && is_label_key(key)
        && is_label_value(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_taints_follow_kubernetes_rules() {
        for good in ["disk", "node.kubernetes.io/disk", "a_b.c-d"] {
            assert!(is_label_key(good), "{good}");
        }
        for bad in ["", "a b", "/x", "x/", "A_B/x", "-a", "a/b/c", "$(id)"] {
            assert!(!is_label_key(bad), "{bad}");
        }
        for good in ["dedicated=gpu:NoSchedule", "dedicated:NoExecute", "a.b/c=:PreferNoSchedule"] {
            assert!(is_taint(good), "{good}");
        }
        for bad in ["", "dedicated", "a=b", "a=b:Never", "=b:NoSchedule", "a=b;c:NoSchedule"] {
            assert!(!is_taint(bad), "{bad}");
        }
    }
}
