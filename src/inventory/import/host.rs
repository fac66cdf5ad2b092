//! A host's variables as our fields.

use serde_yaml::{Mapping, Value};

use super::Left;
use super::ansible::Vars;
use super::arguments;
use super::roles::Part;
use super::value::{Reading, map_of, put, text_of};
use crate::ids::NodeName;
use crate::inventory::model::Role;

const ADDRESS: [&str; 2] = ["ansible_host", "ansible_ssh_host"];
const USER: [&str; 2] = ["ansible_user", "ansible_ssh_user"];
const PORT: [&str; 2] = ["ansible_port", "ansible_ssh_port"];
const KEY: [&str; 2] = ["ansible_ssh_private_key_file", "ansible_private_key_file"];
const PRIVATE: [&str; 6] =
    ["ip", "access_ip", "internal_ip", "internal_ipv4", "internal_address", "private_ip"];
const ARGUMENTS: [&str; 3] = ["ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"];
const BECOME_PASSWORD: [&str; 4] =
    ["ansible_become_password", "ansible_become_pass", "ansible_sudo_pass", "ansible_sudo_password"];
const LOGIN_PASSWORD: [&str; 2] = ["ansible_password", "ansible_ssh_pass"];
const OTHERS: [&str; 8] = [
    "ansible_become",
    "ansible_become_method",
    "ansible_become_user",
    "ansible_connection",
    "kubernetes_role",
    "node_labels",
    "node_taints",
    "rack",
];

/// Every name that is understood here.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let lists: [&[&'static str]; 9] =
        [&ADDRESS, &USER, &PORT, &KEY, &PRIVATE, &ARGUMENTS, &BECOME_PASSWORD, &LOGIN_PASSWORD, &OTHERS];
    lists.into_iter().flatten().copied()
}

/// The host as an entry of `spec.hosts`.
pub(super) fn entry(
    name: &str,
    part: Part,
    vars: &Vars,
    place: &super::Place,
    left: &mut Vec<Left>,
) -> Mapping {
    let mut reading = Reading { vars, left };
    let mut host = Mapping::new();
    let node = node_name(name);
    if node != name {
        let why = format!("is no node name; it is called `{node}` here");
        reading.left.push(Left::new(place, format!("the host name `{name}`"), &why));
    }
    put(&mut host, "name", node.clone());
    put(&mut host, "role", part.role.to_string());
    if part.schedulable && part.role == Role::ControlPlane {
        host.insert("schedulable".into(), true.into());
    }
    let ssh = ssh(name, &node, &mut reading);
    if !ssh.is_empty() {
        host.insert("ssh".into(), Value::Mapping(ssh));
    }
    let r#become = r#become(&mut reading);
    if !r#become.is_empty() {
        host.insert("become".into(), Value::Mapping(r#become));
    }
    if let Some(address) = reading.text(&PRIVATE) {
        put(&mut host, "privateAddress", address);
    }
    if let Some(rack) = reading.text(&["rack"]) {
        put(&mut host, "rack", rack);
    }
    if let Some(labels) = reading.any(&["node_labels"]) {
        match map_of(&labels) {
            Some(labels) => drop(host.insert("labels".into(), Value::Mapping(labels))),
            None => reading.leave("node_labels", "is no map of labels"),
        }
    }
    if let Some(taints) = reading.texts("node_taints") {
        host.insert("taints".into(), taints);
    }
    if reading.any(&LOGIN_PASSWORD).is_some() {
        let name = reading.name_of(&LOGIN_PASSWORD);
        reading.leave(name, "is a password: ssh logs in with keys, an agent, or ~/.ssh/config");
    }
    host
}

fn ssh(name: &str, node: &str, reading: &mut Reading<'_>) -> Mapping {
    let mut ssh = Mapping::new();
    match reading.text(&ADDRESS) {
        Some(address) if address == node => {}
        Some(address) => put(&mut ssh, "address", address),
        None if name != node => put(&mut ssh, "address", name.to_owned()),
        None => {}
    }
    for (names, key) in [(&USER, "user"), (&PORT, "port"), (&KEY, "keyPath")] {
        if let Some(value) = reading.text(names) {
            put(&mut ssh, key, value);
        }
    }
    let mut options = Mapping::new();
    for from in ARGUMENTS {
        let Some(text) = reading.text(&[from]) else { continue };
        let found = arguments::read(&text);
        if let Some(bastion) = found.bastion {
            put(&mut ssh, "bastion", bastion);
        }
        for (key, value) in found.options {
            put(&mut options, &key, value);
        }
        for (what, why) in found.left {
            reading.leave(&format!("{what} of {from}"), why);
        }
    }
    if !options.is_empty() {
        ssh.insert("options".into(), Value::Mapping(options));
    }
    ssh
}

fn r#become(reading: &mut Reading<'_>) -> Mapping {
    let mut way = Mapping::new();
    match reading.text(&["ansible_become"]).as_deref() {
        Some("false" | "False" | "no" | "No" | "off" | "0") => put(&mut way, "method", "none".to_owned()),
        Some(_) => put(&mut way, "method", "sudo".to_owned()),
        None => {}
    }
    match reading.text(&["ansible_become_method"]).as_deref() {
        None | Some("sudo") => {}
        Some(_) => reading.leave("ansible_become_method", "only sudo is used here"),
    }
    match reading.text(&["ansible_become_user"]).as_deref() {
        None | Some("root") => {}
        Some(_) => reading.leave("ansible_become_user", "kubeadm needs root"),
    }
    let name = reading.name_of(&BECOME_PASSWORD);
    if reading.vars.contains_key(name) {
        // Its value isn't even looked at.
        put(&mut way, "password", "prompt".to_owned());
        reading.leave(name, "is a password: kubestep asks for it; see also env: and cmd:");
    }
    way
}

/// The host's name as Kubernetes takes it.
pub(super) fn node_name(name: &str) -> String {
    let plain = name.to_lowercase().replace('_', "-");
    if NodeName::new(plain.clone()).is_ok() {
        return plain;
    }
    let only: String =
        plain.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    only.trim_matches(['-', '.']).to_owned()
}

/// Where the bastion is, as `ssh -J` takes it.
pub(super) fn hop(name: &str, vars: &Vars, left: &mut Vec<Left>) -> String {
    let mut reading = Reading { vars, left };
    let address = reading.text(&ADDRESS).unwrap_or_else(|| name.to_owned());
    let address = if address.contains(':') { format!("[{address}]") } else { address };
    let user = reading.text(&USER).map_or_else(String::new, |user| format!("{user}@"));
    let port = reading.text(&PORT).map_or_else(String::new, |port| format!(":{port}"));
    if let Some(var) = vars.get(reading.name_of(&KEY)).filter(|var| text_of(&var.value).is_some()) {
        let why = "name the bastion's key in ~/.ssh/config, in a `Host` block of its own";
        reading.left.push(Left::new(&var.place, format!("the key of the bastion `{name}`"), why));
    }
    format!("{user}{address}{port}")
}
