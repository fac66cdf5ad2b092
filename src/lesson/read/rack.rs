//! The machines.

use std::fmt::Write as _;
use std::path::Path;

use crate::ids::NodeName;
use crate::inventory::yaml::{
    Content, Field, Fields, Kind, Node, Report, Shape, closest, items, number, parsed,
};
use crate::inventory::{self, ThisMachine};
use crate::lesson::rack::LessonRack;
use crate::version::Version;

/// The rack that is called so.
const TOPOLOGIES: [(&str, &str); 1] = [("goldentooth", include_str!("../../../inventory/goldentooth.yaml"))];
/// kubeadm of a lesson that doesn't say.
const VERSION: &str = "v1.31.0";
/// Machines of a rack at most: a lesson is looked at.
const MOST: usize = 30;

pub(super) const SHAPE: Shape = Shape::of(&[
    Field::new(
        "topology",
        "A rack that ships with kubestep, in place of machines of its own.",
        Kind::Choice(&["goldentooth"]),
    ),
    Field::new(
        "controlPlanes",
        "Names of the control planes; init runs on the first.",
        Kind::List(&Kind::text(&["bettley"])),
    ),
    Field::new("workers", "Names of the workers.", Kind::List(&Kind::text(&["jast"]))),
    Field::new(
        "endpoint",
        "Address of the load balancer before the control planes.",
        Kind::text(&["10.4.0.10:6443"]),
    ),
    Field::new("version", "kubeadm on every machine.", Kind::form(r"v?[0-9]+\.[0-9]+\.[0-9]+", &["v1.31.0"])),
    Field::new(
        "scenario",
        "What goes wrong: a name of `kubestep demo --list-scenarios`, or several.",
        Kind::Either(&[Kind::text(&["worker-dies"]), Kind::List(&Kind::text(&["swap-on", "no-cni"]))]),
    ),
    Field::new("seed", "The same number gives the same run.", Kind::Number(0)),
]);

pub(super) fn read(node: &Node, scenarios: &[&str], report: &mut Report<'_>) -> Option<LessonRack> {
    let fields = Fields::open(node, "rack", &SHAPE, |_| None, report)?;
    let before = report.found.len();
    let version = fields.get("version").and_then(|node| {
        let help = "write it like v1.31.0";
        parsed(node, "a version", help, report, |text| text.parse::<Version>().ok())
    });
    let version = version.map(|found| found.value).or_else(|| VERSION.parse().ok())?;
    let mut named = Vec::new();
    if let Some(node) = fields.get("scenario") {
        let one = std::slice::from_ref(node);
        let nodes =
            if matches!(node.content, Content::List(_)) { items(node, "scenario", report)? } else { one };
        named.extend(nodes.iter().filter_map(|node| known(node, "scenario", scenarios, report)));
    }
    let seed = fields.get("seed").and_then(|node| number(node, "a whole number", report)).unwrap_or(1);
    let text = match fields.get("topology") {
        Some(named) => {
            for key in ["controlPlanes", "workers", "endpoint"] {
                if let Some(node) = fields.get(key) {
                    report.error(
                        node.at,
                        format!("`{key}` beside `topology`"),
                        "name a rack, or its machines",
                    );
                }
            }
            let names = TOPOLOGIES.map(|(name, _)| name);
            let name = known(named, "rack", &names, report)?;
            TOPOLOGIES.iter().find(|(known, _)| *known == name)?.1.to_owned()
        }
        None => own(&fields, report)?,
    };
    if report.found.len() > before {
        return None;
    }
    match inventory::parse(Path::new("the lesson's rack"), text, &ThisMachine) {
        Ok((mut inventory, _)) => {
            inventory.kubernetes.version = Some(version.clone());
            Some(LessonRack { inventory, version, scenarios: named, seed })
        }
        Err(wrong) => {
            for finding in wrong {
                report.error(node.at, finding.message, finding.help.unwrap_or_default());
            }
            None
        }
    }
}

/// One of `names`.
fn known(node: &Node, what: &str, names: &[&str], report: &mut Report<'_>) -> Option<String> {
    let written = node.as_text().unwrap_or_default();
    if names.contains(&written) {
        return Some(written.to_owned());
    }
    let help = match closest(written, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", names.join(", ")),
    };
    report.error(node.at, format!("there is no {what} `{}`", node.shown()), help);
    None
}

/// An inventory of the machines that are named.
fn own(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<String> {
    let help = "name one at least: `controlPlanes: [bettley]`";
    let planes = fields.require("controlPlanes", "rack", help, report)?;
    let mut hosts = String::new();
    let mut count = 0;
    for (list, role) in [(Some(planes), "control-plane"), (fields.get("workers"), "worker")] {
        let Some(list) = list else { continue };
        for item in items(list, "a list of machines", report)? {
            let help = "use lower-case letters, digits, `-` and `.`";
            let name = parsed(item, "a node name", help, report, |text| NodeName::new(text).ok())?;
            count += 1;
            let address = format!("10.4.0.{}", 10 + count);
            let _ = writeln!(
                hosts,
                "    - {{ name: {}, role: {role}, ssh: {{ address: {address} }}, privateAddress: {address} }}",
                name.value
            );
            if count > MOST {
                report.error(
                    item.at,
                    format!("more than {MOST} machines"),
                    "a lesson is looked at: take fewer",
                );
                return None;
            }
        }
    }
    let endpoint = fields.get("endpoint").and_then(|node| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-');
        let sound = |text: &str| (!text.is_empty() && text.chars().all(plain)).then(|| text.to_owned());
        parsed(node, "an address", "write it like 10.4.0.10:6443", report, sound)
    });
    let endpoint =
        endpoint.map_or_else(String::new, |at| format!("\n    controlPlaneEndpoint: \"{}\"", at.value));
    Some(format!(
        "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: {{ name: lesson }}\nspec:\n  kubernetes:\n    \
         podSubnet: 192.168.0.0/16\n    serviceSubnet: 10.96.0.0/16{endpoint}\n  hosts:\n{hosts}"
    ))
}
