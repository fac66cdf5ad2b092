//! The whole document.

use super::aliases::{KUBERNETES, OPTIONS, Renamer, SPEC, hint};
use super::{Context, Places, host, hosts, kubernetes, options};
use crate::inventory::model::Inventory;
use crate::inventory::yaml::{Content, Field, Fields, Kind, Node, Report, Shape, parsed};

/// What the `apiVersion` of an inventory is.
const API_VERSION: &str = "kubestep/v1";

/// The whole document.
pub(crate) const DOCUMENT: Shape = Shape {
    required: &["apiVersion", "kind", "metadata", "spec"],
    ..Shape::of(&[
        Field::new("apiVersion", "The version of this format.", Kind::Choice(&[API_VERSION])),
        Field::new("kind", "What this document describes.", Kind::Choice(&["Cluster"])),
        Field::new("metadata", "What the cluster is called.", Kind::Map(&METADATA)),
        Field::new("spec", "What the cluster is to be.", Kind::Map(&SPEC_SHAPE)),
    ])
};

const METADATA: Shape = Shape {
    required: &["name"],
    ..Shape::of(&[Field::new(
        "name",
        "The cluster's name: lower-case letters, digits, `-` and `.`.",
        Kind::form("[a-z0-9]([-a-z0-9.]*[a-z0-9])?", &["my-cluster", "rack-7"]),
    )])
};

const SPEC_SHAPE: Shape = Shape {
    required: &["hosts"],
    ..Shape::of(&[
        Field::new(
            "kubernetes",
            "kubeadm's settings, under kubeadm's own names.",
            Kind::Map(&kubernetes::SHAPE),
        ),
        Field::new("defaults", "What all hosts have unless they say otherwise.", Kind::Map(&host::DEFAULTS)),
        Field::new(
            "hosts",
            "The machines. `kubeadm init` runs on the first control plane.",
            Kind::List(&Kind::Map(&host::SHAPE)),
        ),
        Field::new("options", "How the run is conducted.", Kind::Map(&options::SHAPE)),
        Field::new(
            "hooks",
            "Commands of your own, run on the nodes.",
            Kind::List(&Kind::Map(&options::HOOK)),
        ),
    ])
};

/// Reads a document; what is wrong goes to `report`, and the model holds the rest.
pub(crate) fn document(mut root: Node, context: Context<'_>, report: &mut Report<'_>) -> (Inventory, Places) {
    rename(&mut root, report);
    let mut places = Places { hosts_at: root.at, ..Places::default() };
    let top = Fields::open(&root, "the inventory", &DOCUMENT, hint, report);
    let spec = top.as_ref().and_then(|top| header(top, report));
    let cluster = top.as_ref().and_then(|top| name(top, report)).unwrap_or_default();
    let spec = spec.and_then(|node| Fields::open(node, "spec", &SPEC_SHAPE, hint, report));
    let part = |key: &str| spec.as_ref().and_then(|spec| spec.get(key));
    let inventory = Inventory {
        file: context.path.to_owned(),
        cluster,
        kubernetes: kubernetes::read(part("kubernetes"), context, &mut places, report),
        hosts: match &spec {
            Some(spec) => hosts::read(spec, context, &mut places, report),
            None => Vec::new(),
        },
        options: options::read(part("options"), &mut places, report),
        hooks: options::hooks(part("hooks"), report),
    };
    if spec.is_none() {
        places.hosts_missing = true;
    }
    (inventory, places)
}

fn header<'n>(top: &Fields<'n>, report: &mut Report<'_>) -> Option<&'n Node> {
    for (key, want) in [("apiVersion", API_VERSION), ("kind", "Cluster")] {
        let help = format!("write `{key}: {want}`");
        if let Some(node) = top.require(key, "the inventory", &help, report)
            && node.as_text() != Some(want)
        {
            report.error(node.at, format!("`{}` is not an {key} that can be read", node.shown()), help);
        }
    }
    top.require("spec", "the inventory", "hosts and settings stand under `spec`", report)
}

/// `metadata.name`: part of file names, so as strict as a node's name.
fn name(top: &Fields<'_>, report: &mut Report<'_>) -> Option<String> {
    let help = "name the cluster: `metadata: { name: my-cluster }`";
    let metadata = top.require("metadata", "the inventory", help, report)?;
    let metadata = Fields::open(metadata, "metadata", &METADATA, |_| None, report)?;
    let node = metadata.require("name", "metadata", help, report)?;
    let help = "use lower-case letters, digits, `-` and `.`";
    let name = parsed(node, "a cluster name", help, report, |text| crate::ids::NodeName::new(text).ok())?;
    Some(name.value.as_str().to_owned())
}

/// Other tools' names become ours before anything is read, so that defaults and hosts merge key by key.
fn rename(root: &mut Node, report: &mut Report<'_>) {
    let mut renamer = Renamer::new();
    let Some(spec) = child(root, "spec") else { return };
    renamer.rename(spec, SPEC, report);
    if let Some(node) = child(spec, "kubernetes") {
        renamer.rename(node, KUBERNETES, report);
    }
    if let Some(node) = child(spec, "options") {
        renamer.rename(node, OPTIONS, report);
    }
    if let Some(node) = child(spec, "defaults") {
        renamer.rename_host(node, report);
    }
    if let Some(Node { content: Content::List(hosts), .. }) = child(spec, "hosts") {
        for host in hosts {
            renamer.rename_host(host, report);
        }
    }
}

fn child<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Content::Map(entries) = &mut node.content else { return None };
    entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value)
}
