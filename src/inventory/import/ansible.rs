//! What an Ansible inventory says, before anything is made of it.

use std::fmt;

use indexmap::IndexMap;
use serde_yaml::Value;

use super::Left;
use crate::inventory::read::expand;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The file as the person named it.
    pub file: String,
    /// From 1; 0 for the file as a whole.
    pub line: usize,
}

/// A variable's value; numbers and booleans are texts as they were written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Var {
    pub(super) value: Value,
    pub(super) place: Place,
}

pub(super) type Vars = IndexMap<String, Var>;

#[derive(Debug, Default)]
pub(super) struct Machine {
    pub(super) vars: Vars,
    pub(super) place: Place,
}

#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) hosts: Vec<String>,
    pub(super) children: Vec<String>,
    pub(super) vars: Vars,
    /// From `group_vars`: stronger than every variable of the inventory's own groups.
    pub(super) outer: Vars,
}

/// Hosts and groups in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Ansible {
    pub(super) hosts: IndexMap<String, Machine>,
    pub(super) groups: IndexMap<String, Group>,
}

/// The group of all hosts.
pub(super) const ALL: &str = "all";

impl Ansible {
    pub(super) fn group(&mut self, name: &str) -> &mut Group {
        self.groups.entry(name.to_owned()).or_default()
    }

    /// Puts the hosts that `pattern` stands for into `group`, with their variables.
    pub(super) fn add(
        &mut self,
        group: &str,
        pattern: &str,
        vars: &Vars,
        place: &Place,
        left: &mut Vec<Left>,
    ) {
        let (pattern, port) = port_of(pattern);
        let members = match expand(pattern) {
            Ok(members) => members,
            Err(why) => {
                left.push(Left::new(place, format!("the host `{pattern}`"), why));
                return;
            }
        };
        for member in members {
            let machine = self.hosts.entry(member.name.clone()).or_default();
            if machine.place == Place::default() {
                machine.place = place.clone();
            }
            if let Some(port) = port {
                let var = Var { value: Value::String(port.to_owned()), place: place.clone() };
                machine.vars.insert("ansible_port".to_owned(), var);
            }
            machine.vars.extend(vars.iter().map(|(name, var)| (name.clone(), var.clone())));
            let hosts = &mut self.group(group).hosts;
            if !hosts.contains(&member.name) {
                hosts.push(member.name);
            }
        }
    }

    /// The hosts of a group and of the groups below it, in order.
    pub(super) fn hosts_of(&self, group: &str) -> Vec<&str> {
        let (mut found, mut seen) = (Vec::new(), Vec::new());
        self.collect(group, &mut found, &mut seen);
        found
    }

    fn collect<'a>(&'a self, name: &str, found: &mut Vec<&'a str>, seen: &mut Vec<String>) {
        let Some(group) = self.groups.get(name).filter(|_| !seen.iter().any(|other| other == name)) else {
            return;
        };
        seen.push(name.to_owned());
        for host in &group.hosts {
            if !found.contains(&host.as_str()) {
                found.push(host);
            }
        }
        for child in &group.children {
            self.collect(child, found, seen);
        }
    }

    /// A host's variables, the strongest of each name: groups from the outermost inwards, `group_vars` over those of the
    /// inventory itself, and the host's own over all.
    pub(super) fn vars_of(&self, host: &str) -> Vars {
        let mut groups: Vec<(usize, &str, &Group)> = self
            .groups
            .iter()
            .filter(|(name, _)| *name == ALL || self.hosts_of(name).contains(&host))
            .map(|(name, group)| (if name == ALL { 0 } else { self.depth(name, 0) }, name.as_str(), group))
            .collect();
        groups.sort_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1)));
        let mut vars = Vars::new();
        let mut over = |more: &Vars| vars.extend(more.iter().map(|(name, var)| (name.clone(), var.clone())));
        for (_, _, group) in &groups {
            over(&group.vars);
        }
        for (_, _, group) in &groups {
            over(&group.outer);
        }
        if let Some(machine) = self.hosts.get(host) {
            over(&machine.vars);
        }
        vars
    }

    /// How many groups it is inside of, `all` included. A circle is cut.
    fn depth(&self, name: &str, so_far: usize) -> usize {
        if so_far > self.groups.len() {
            return so_far;
        }
        let parents =
            self.groups.iter().filter(|(_, group)| group.children.iter().any(|child| child == name));
        1 + parents
            .filter(|(parent, _)| *parent != ALL)
            .map(|(parent, _)| self.depth(parent, so_far + 1))
            .max()
            .unwrap_or(0)
    }
}

/// `host:2222`; a colon inside a range or an IPv6 address is none of a port's.
fn port_of(pattern: &str) -> (&str, Option<&str>) {
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match pattern.rsplit_once(':') {
        Some((host, port))
            if is_port(port)
                && host.matches('[').count() == host.matches(']').count()
                && !host.split('[').next().unwrap_or_default().contains(':') =>
        {
            (host, Some(port))
        }
        _ => (pattern, None),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}
