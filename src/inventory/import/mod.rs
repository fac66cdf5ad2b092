//! An Ansible inventory as ours, with a list of what was not carried over.
//!
//! Read are INI and YAML, and `group_vars` and `host_vars` beside them. Groups say what a host becomes, variables how it
//! is reached. Nothing is guessed: a value that Ansible would have to work out is left, and so is every secret.

mod ansible;
mod arguments;
mod cluster;
mod emit;
mod folders;
mod host;
mod ini;
mod roles;
mod value;
mod yaml;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde_yaml::{Mapping, Value};

use self::ansible::{Ansible, Vars};
use super::surroundings::Surroundings;
use crate::diag::Diagnostic;
use crate::ids::NodeName;

pub use self::ansible::Place;

/// An inventory of ours, made of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its text.
    pub yaml: String,
    /// What was not carried over, in the order of the files.
    pub left: Vec<Left>,
}

/// Something that was not carried over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// Where it stands.
    pub place: Place,
    /// What it is; never its value.
    pub what: String,
    /// Why, and what to do instead.
    pub why: String,
}

impl Left {
    fn new(place: &Place, what: String, why: &str) -> Self {
        Self { place: place.clone(), what, why: why.to_owned() }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = crate::text::sanitize(&format!("{}: {}: {}", self.place, self.what, self.why));
        f.write_str(&text)
    }
}

/// Reads the Ansible inventory at `path`. `name` is what the cluster is to be called, if the inventory doesn't say it.
pub fn import(
    path: &Path,
    name: Option<&str>,
    outside: &dyn Surroundings,
) -> Result<Import, Box<Diagnostic>> {
    let failed = |message: String, help: &str| Box::new(Diagnostic::error(message, None).with_help(help));
    let text = outside.read(path).map_err(|error| {
        failed(
            format!("can't read {}: {error}", path.display()),
            "name Ansible's inventory file: hosts, inventory.ini, hosts.yaml …",
        )
    })?;
    let mut left = Vec::new();
    let mut ansible = Ansible::default();
    groups(path, &text, &mut ansible, &mut left)?;
    folders::read(path, &mut ansible, outside, &mut left);
    let parts = roles::parts(&ansible, &mut left);
    let Some((first, _)) = parts.first() else {
        let message =
            format!("{} names no control plane and no worker in a way that is known here", path.display());
        let help = "groups such as kube_control_plane and kube_node say what hosts become; see `kubestep import --help`";
        return Err(failed(message, help));
    };
    let mut found = Vec::new();
    let (settings, said) = cluster::settings(&ansible.vars_of(first), &mut found);
    let bastion: Vec<String> = roles::bastions(&ansible)
        .iter()
        .map(|name| host::hop(name, &ansible.vars_of(name), &mut found))
        .collect();
    let hosts: Vec<Mapping> = parts
        .iter()
        .map(|(name, part)| {
            let place = ansible.hosts.get(name).map(|machine| machine.place.clone()).unwrap_or_default();
            let mut host = host::entry(name, *part, &ansible.vars_of(name), &place, &mut found);
            through(&mut host, &bastion);
            host
        })
        .collect();
    left.append(&mut found);
    unknown(&ansible, &mut left);
    left.sort();
    left.dedup();
    let name = said.or_else(|| name.map(str::to_owned)).unwrap_or_else(|| name_of(path));
    Ok(Import { yaml: emit::inventory(path, &name, settings, hosts), left })
}

/// INI or YAML, by the file's ending, and else by what it looks like.
fn groups(
    path: &Path,
    text: &str,
    ansible: &mut Ansible,
    left: &mut Vec<Left>,
) -> Result<(), Box<Diagnostic>> {
    let file = path.display().to_string();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let yaml = match ending {
        "yml" | "yaml" | "json" => Some(yaml::documents(&file, text)?),
        "ini" => None,
        _ => yaml::documents(&file, text).ok().filter(|documents| {
            documents.first().is_some_and(|root| matches!(root.content, super::yaml::Content::Map(_)))
        }),
    };
    match yaml {
        Some(documents) => documents.iter().for_each(|root| yaml::read(&file, root, ansible, left)),
        None => ini::read(&file, text, ansible, left),
    }
    Ok(())
}

/// The way through the bastions of their group, unless the host has one of its own.
fn through(host: &mut Mapping, bastion: &[String]) {
    if bastion.is_empty() {
        return;
    }
    if !host.contains_key("ssh") {
        host.insert("ssh".into(), Value::Mapping(Mapping::new()));
    }
    if let Some(Value::Mapping(ssh)) = host.get_mut("ssh")
        && !ssh.contains_key("bastion")
    {
        ssh.insert("bastion".into(), bastion.join(",").into());
    }
}

/// Variables of names that mean nothing here, a line for each file.
fn unknown(ansible: &Ansible, left: &mut Vec<Left>) {
    let known: Vec<&str> = host::names().chain(cluster::names()).collect();
    let mut strange: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let groups = ansible.groups.values().flat_map(|group| [&group.vars, &group.outer]);
    let all: Vec<&Vars> = groups.chain(ansible.hosts.values().map(|machine| &machine.vars)).collect();
    for (name, var) in all.into_iter().flatten().filter(|(name, _)| !known.contains(&name.as_str())) {
        let line =
            strange.entry(var.place.file.clone()).or_default().entry(name.clone()).or_insert(var.place.line);
        *line = (*line).min(var.place.line);
    }
    for (file, names) in strange {
        let mut names: Vec<(usize, String)> = names.into_iter().map(|(name, line)| (line, name)).collect();
        names.sort();
        let line = names.first().map_or(0, |(line, _)| *line);
        let list: Vec<String> =
            names.into_iter().map(|(line, name)| format!("{name} (line {line})")).collect();
        left.push(Left::new(&Place { file, line }, list.join(", "), "has no counterpart here"));
    }
}

/// A cluster's name for want of a better one: of the folder that holds the inventory, or of its file.
fn name_of(path: &Path) -> String {
    const USUAL: [&str; 6] = ["hosts", "inventory", "inventories", "ansible", "hosts.yaml", "group_vars"];
    let folders = path.ancestors().skip(1).filter_map(Path::file_name);
    let names = path.file_stem().into_iter().chain(folders).filter_map(|name| name.to_str());
    let fit = names
        .map(host::node_name)
        .find(|name| NodeName::new(name.clone()).is_ok() && !USUAL.contains(&name.as_str()));
    fit.unwrap_or_else(|| "cluster".to_owned())
}
