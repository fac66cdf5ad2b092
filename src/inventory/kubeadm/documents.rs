//! The operator's own kubeadm, kubelet and kube-proxy documents: read, and looked at for what clashes with ours.

use serde_yaml::Value;

use super::{arguments, fields};
use crate::diag::Diagnostic;
use crate::inventory::surroundings::Surroundings;
use crate::inventory::yaml::{self, At, Content, Node, Report, Source, closest};

/// The kinds that may be given, and the group of each.
const KINDS: &[(&str, &str)] = &[
    ("InitConfiguration", "kubeadm.k8s.io/"),
    ("ClusterConfiguration", "kubeadm.k8s.io/"),
    ("JoinConfiguration", "kubeadm.k8s.io/"),
    ("KubeletConfiguration", "kubelet.config.k8s.io/"),
    ("KubeProxyConfiguration", "kubeproxy.config.k8s.io/"),
];

/// What we set for each node or run, whatever stands there.
const ALWAYS_OURS: &[(&str, &str)] = &[
    ("InitConfiguration", "bootstrapTokens"),
    ("InitConfiguration", "certificateKey"),
    ("InitConfiguration", "nodeRegistration.name"),
    ("InitConfiguration", "localAPIEndpoint.advertiseAddress"),
    ("InitConfiguration", "skipPhases"),
    ("InitConfiguration", "dryRun"),
    ("JoinConfiguration", "nodeRegistration.name"),
    ("JoinConfiguration", "nodeRegistration.criSocket"),
    ("JoinConfiguration", "discovery.bootstrapToken"),
    ("JoinConfiguration", "discovery.file"),
    ("JoinConfiguration", "discovery.tlsBootstrapToken"),
    ("JoinConfiguration", "controlPlane.localAPIEndpoint.advertiseAddress"),
    ("JoinConfiguration", "controlPlane.certificateKey"),
    ("JoinConfiguration", "skipPhases"),
    ("JoinConfiguration", "dryRun"),
];

/// The documents in the file at `config`, and what is to be said about them.
pub(crate) fn read(
    config: &At<std::path::PathBuf>,
    inventory: &mut Report<'_>,
    outside: &dyn Surroundings,
) -> (Vec<Node>, Option<Source>, Vec<Diagnostic>) {
    let path = &config.value;
    let text = match outside.read(path) {
        Ok(text) => text,
        Err(error) => {
            inventory.error(config.at, format!("can't read {}: {error}", path.display()), "");
            return (Vec::new(), None, Vec::new());
        }
    };
    let source = Source::new(&path.display().to_string(), text);
    let mut documents = match yaml::parse(&source) {
        Ok(documents) => documents,
        Err(problem) => return (Vec::new(), None, vec![*problem]),
    };
    let mut report = Report::new(&source);
    let mut kinds: Vec<String> = Vec::new();
    documents.retain_mut(|document| look_at(document, &mut kinds, &mut report));
    let found = report.found;
    (documents, Some(source), found)
}

/// Checks one document; false if it is none of ours.
fn look_at(document: &mut Node, kinds: &mut Vec<String>, report: &mut Report<'_>) -> bool {
    let text = |key: &str| document.get(key).and_then(Node::as_text).unwrap_or_default().to_owned();
    let (kind, version) = (text("kind"), text("apiVersion"));
    let Some((_, group)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        let help = match closest(&kind, &names) {
            Some(name) if !kind.is_empty() => format!("did you mean `{name}`?"),
            _ => format!("kinds that are read: {}", names.join(", ")),
        };
        let at = document.get("kind").map_or(document.at, |node| node.at);
        report.error(
            at,
            format!("a document of kind `{kind}` has no place in kubeadm's configuration"),
            help,
        );
        return false;
    };
    if !version.starts_with(group) {
        let at = document.get("apiVersion").map_or(document.at, |node| node.at);
        report.error(
            at,
            format!("`{version}` is not an apiVersion of {kind}"),
            format!("it begins with {group}"),
        );
    }
    if kinds.contains(&kind) {
        report.error(document.at, format!("a second {kind}"), "put both into one document");
        return false;
    }
    unknown_fields(document, "", &kind, report);
    for (_, field) in ALWAYS_OURS.iter().filter(|(of, _)| *of == kind) {
        if let Some(node) = find(document, field) {
            report.warning(
                node.at,
                format!("`{field}` is set for each node by kubestep"),
                "this value is not used; remove it",
            );
        }
    }
    if let Some(node) = find(document, "certificatesDir")
        && kind == "ClusterConfiguration"
        && node.as_text() != Some("/etc/kubernetes/pki")
    {
        report.error(
            node.at,
            "another certificatesDir is not supported",
            "leave it out: /etc/kubernetes/pki is used",
        );
    }
    for field in arguments::FIELDS {
        arguments_as_text(document, field, report);
    }
    kinds.push(kind);
    true
}

/// The node at a dotted path.
pub(super) fn find<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('.').try_fold(node, |node, key| node.get(key))
}

fn find_mut<'n>(node: &'n mut Node, path: &str) -> Option<&'n mut Node> {
    path.split('.').try_fold(node, |node, key| {
        let Content::Map(entries) = &mut node.content else { return None };
        entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value)
    })
}

/// kubeadm leaves out what it doesn't know, with a line in its log only: kubeadm.md §3, strictness.
fn unknown_fields(node: &Node, above: &str, kind: &str, report: &mut Report<'_>) {
    let (Some(known), Content::Map(entries)) = (fields::of(kind), &node.content) else { return };
    for entry in entries {
        if above.is_empty() && matches!(entry.key.as_str(), "apiVersion" | "kind") {
            continue;
        }
        let path = format!("{above}{}", entry.key);
        let below = format!("{path}.");
        if known.iter().any(|(field, ..)| *field == path) {
            continue;
        }
        if known.iter().any(|(field, ..)| field.starts_with(&below)) {
            unknown_fields(&entry.value, &below, kind, report);
            continue;
        }
        let siblings: Vec<&str> = known
            .iter()
            .filter_map(|(field, ..)| field.strip_prefix(above))
            .map(|rest| rest.split('.').next().unwrap_or(rest))
            .collect();
        let help = closest(&entry.key, &siblings).map(|key| format!("did you mean `{key}`?"));
        report.warning(
            entry.at,
            format!("`{path}` is no field of {kind} that is known here"),
            help.unwrap_or_else(|| "kubeadm leaves out what it doesn't know".to_owned()),
        );
    }
}

/// Arguments are texts: `v: 1.20` means `1.20`, not a number.
fn arguments_as_text(document: &mut Node, field: &str, report: &mut Report<'_>) {
    let Some(node) = find_mut(document, field) else { return };
    let at = node.at;
    match &mut node.content {
        Content::Map(entries) => entries.iter_mut().for_each(|entry| as_text(&mut entry.value)),
        Content::List(items) => items.iter_mut().for_each(|item| {
            if let Some(value) = find_mut(item, "value") {
                as_text(value);
            }
        }),
        Content::Scalar { .. } => {}
    }
    if arguments::read(field, Some(&node.to_value())).is_err() {
        report.error(
            at,
            format!("`{field}` is neither a map of arguments nor a list of `name` and `value`"),
            "",
        );
    }
}

fn as_text(node: &mut Node) {
    if let Content::Scalar { value, written } = &mut node.content
        && (value.is_bool() || value.is_number())
    {
        *value = Value::String(written.clone());
    }
}
