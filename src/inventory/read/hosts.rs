//! `spec.hosts`: defaults merged in, ranges expanded.

use super::aliases::hint;
use super::host::{self, DEFAULTS, SHAPE};
use super::range::{Member, expand, fill};
use super::{Context, HostPlaces, Places};
use crate::ids::NodeName;
use crate::inventory::model::{Host, Role};
use crate::inventory::yaml::{Content, Entry, Fields, Node, Report, items, number};

/// Where `{n}` and `{name}` are filled in.
const TEMPLATES: &[&[&str]] = &[&["ssh", "address"], &["privateAddress"], &["rack"]];

pub(crate) fn read(
    spec: &Fields<'_>,
    context: Context<'_>,
    places: &mut Places,
    report: &mut Report<'_>,
) -> Vec<Host> {
    let defaults = spec.get("defaults").map(|node| known_only(node, report));
    places.hosts_at = spec.at;
    let list = spec
        .require("hosts", "spec", "list the machines: `- { name: cp1, role: control-plane }`", report)
        .and_then(|node| {
            places.hosts_at = node.at;
            items(node, "spec.hosts", report)
        });
    let Some(list) = list else {
        places.hosts_missing = true;
        return Vec::new();
    };
    let mut found: Vec<(Host, HostPlaces)> = Vec::new();
    for node in list {
        let merged = merge(defaults.as_ref(), node);
        let before = found.len();
        let whole = machines(node, &merged, context, &mut found, report);
        places.hosts_missing |= !whole || found.len() == before;
    }
    // `kubeadm init` runs on the first control plane: a leader goes to the front.
    found.sort_by_key(|(host, at)| !(at.leader && host.role == Role::ControlPlane));
    let (hosts, at) = found.into_iter().unzip();
    places.hosts = at;
    hosts
}

/// Reads the hosts of one entry; false if one of them couldn't be.
fn machines(
    node: &Node,
    merged: &Node,
    context: Context<'_>,
    found: &mut Vec<(Host, HostPlaces)>,
    report: &mut Report<'_>,
) -> bool {
    let Some(fields) = Fields::open(node, "a host", &SHAPE, hint, report) else { return false };
    let Some(name) = fields.require("name", "a host", "name it: `name: bettley`", report) else {
        return false;
    };
    let members = match expand(name.as_text().unwrap_or_default()) {
        Ok(members) => members,
        Err(problem) => {
            report.error(name.at, format!("`{}` has a range that can't be read", name.shown()), problem);
            return false;
        }
    };
    let mut whole = true;
    for member in members {
        let help = "use lower-case letters, digits, `-` and `.`, with a letter or digit at both ends";
        let Ok(node_name) = NodeName::new(member.name.as_str()) else {
            report.error(name.at, format!("`{}` is not a node name", name.shown()), help);
            return false;
        };
        let mut own = merged.clone();
        fill_in(&mut own, &member, report);
        let at = HostPlaces { name: name.at, ..HostPlaces::default() };
        match host::read(&own, node_name, at, context, report) {
            Some(host) => found.push(host),
            None => whole = false,
        }
    }
    whole
}

/// Defaults without what no host could have; that is reported once, here.
fn known_only(node: &Node, report: &mut Report<'_>) -> Node {
    let mut node = node.clone();
    let _ = Fields::open(&node, "spec.defaults", &DEFAULTS, hint, report);
    let keys = DEFAULTS.keys();
    if let Content::Map(entries) = &mut node.content {
        entries.retain(|entry| keys.contains(&entry.key.as_str()));
    }
    node
}

/// The host's own entries over the defaults; maps are merged, everything else replaces.
fn merge(defaults: Option<&Node>, own: &Node) -> Node {
    let (Some(Content::Map(base)), Content::Map(over)) = (defaults.map(|node| &node.content), &own.content)
    else {
        return own.clone();
    };
    let mut entries: Vec<Entry> = over.clone();
    for default in base {
        match entries.iter_mut().find(|entry| entry.key == default.key) {
            Some(entry) if matches!(entry.value.content, Content::Map(_)) => {
                entry.value = merge(Some(&default.value), &entry.value);
            }
            Some(_) => {}
            None => entries.push(default.clone()),
        }
    }
    Node { at: own.at, content: Content::Map(entries) }
}

fn fill_in(node: &mut Node, member: &Member, report: &mut Report<'_>) {
    let start = start_at(Some(node), report);
    let ssh = node.get("ssh").and_then(|ssh| start_at(Some(ssh), report)).or(start);
    for path in TEMPLATES {
        let Some(target) = path.iter().try_fold(&mut *node, |node, key| child(node, key)) else { continue };
        let at = target.at;
        let Content::Scalar { value: serde_yaml::Value::String(text), .. } = &mut target.content else {
            continue;
        };
        if let Some(filled) = fill(text, member, if path[0] == "ssh" { ssh } else { start }) {
            *text = filled;
        } else {
            let help = "name it like \"worker[01:06]\", or write the address out";
            report.error(at, "`{n}` needs a range in the host's name", help);
            target.content = Content::Scalar { value: serde_yaml::Value::Null, written: String::new() };
        }
    }
}

fn start_at(node: Option<&Node>, report: &mut Report<'_>) -> Option<u64> {
    number(node?.get("startAt")?, "a number to count from", report)
}

fn child<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Content::Map(entries) = &mut node.content else { return None };
    entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value)
}
