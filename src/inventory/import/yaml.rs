//! Ansible's YAML: groups with `hosts`, `children` and `vars`; and files of variables.

use serde_yaml::{Mapping, Value};

use super::Left;
use super::ansible::{Ansible, Place, Var, Vars};
use crate::diag::Diagnostic;
use crate::inventory::yaml::{Content, Entry, Node, Source, parse};

/// The documents of a file. Ansible's tags mark what the value itself shows as well, or what we leave alone.
pub(super) fn documents(file: &str, text: &str) -> Result<Vec<Node>, Box<Diagnostic>> {
    let text = text.replace("!vault", "      ").replace("!unsafe", "       ");
    parse(&Source::new(file, text))
}

pub(super) fn read(file: &str, root: &Node, ansible: &mut Ansible, left: &mut Vec<Left>) {
    for entry in entries(root) {
        group(file, entry, ansible, left);
    }
    ansible.group(super::ansible::ALL);
}

fn group(file: &str, entry: &Entry, ansible: &mut Ansible, left: &mut Vec<Left>) {
    let name = &entry.key;
    ansible.group(name);
    for part in entries(&entry.value) {
        match part.key.as_str() {
            "hosts" => {
                for host in entries(&part.value) {
                    let place = place(file, host);
                    ansible.add(name, &host.key, &vars(file, &host.value), &place, left);
                }
            }
            "children" => {
                for child in entries(&part.value) {
                    group(file, child, ansible, left);
                    let children = &mut ansible.group(name).children;
                    if !children.contains(&child.key) {
                        children.push(child.key.clone());
                    }
                }
            }
            "vars" => ansible.group(name).vars.extend(vars(file, &part.value)),
            other => left.push(Left::new(
                &place(file, part),
                format!("`{other}` of the group `{name}`"),
                "a group has hosts, children and vars",
            )),
        }
    }
}

/// A map of variables.
pub(super) fn vars(file: &str, node: &Node) -> Vars {
    let var = |entry: &Entry| {
        (entry.key.clone(), Var { value: as_written(&entry.value), place: place(file, entry) })
    };
    entries(node).iter().map(var).collect()
}

/// The value with its scalars as they were written: a version like 1.30 is no number.
fn as_written(node: &Node) -> Value {
    match &node.content {
        Content::Scalar { .. } => node.as_text().map_or(Value::Null, |text| Value::String(text.to_owned())),
        Content::List(items) => Value::Sequence(items.iter().map(as_written).collect()),
        Content::Map(entries) => Value::Mapping(
            entries
                .iter()
                .map(|entry| (Value::String(entry.key.clone()), as_written(&entry.value)))
                .collect::<Mapping>(),
        ),
    }
}

fn entries(node: &Node) -> &[Entry] {
    match &node.content {
        Content::Map(entries) => entries,
        _ => &[],
    }
}

fn place(file: &str, entry: &Entry) -> Place {
    Place { file: file.to_owned(), line: entry.at.line }
}
