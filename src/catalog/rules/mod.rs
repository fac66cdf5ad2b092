//! Failures that show themselves in text: kubeadm.md §9, in its order.

mod cluster;
mod look;
mod node;
mod timeouts;
mod trust;

use super::diagnosis::Diagnosis;
use crate::ids::PhaseId;

/// One way to fail.
#[derive(Debug)]
pub(super) struct Rule {
    name: &'static str,
    /// Only in these phases and what is below them; everywhere when empty.
    phases: &'static [&'static str],
    /// Any of these, each with all of its parts in one line; lower case.
    signs: &'static [&'static [&'static str]],
    cause: &'static str,
    fix: &'static str,
    look: &'static [&'static str],
}

impl Rule {
    pub(super) fn is_about(&self, phase: &PhaseId) -> bool {
        self.phases.is_empty() || self.phases.iter().any(|wanted| phase.is_within(wanted))
    }

    #[cfg(test)]
    pub(super) const fn fix(&self) -> &'static str {
        self.fix
    }

    /// Whether a line in lower case shows it.
    pub(super) fn matches(&self, line: &str) -> bool {
        self.signs.iter().any(|parts| parts.iter().all(|part| line.contains(part)))
    }

    pub(super) fn diagnosis(&self, symptom: &str) -> Diagnosis {
        let host = host_in(symptom);
        Diagnosis {
            rule: self.name.to_owned(),
            symptom: symptom.chars().take(400).collect(),
            cause: self.cause.to_owned(),
            fix: self.fix.to_owned(),
            look: self.look.iter().map(|command| command.replace("{}", host)).collect(),
        }
    }
}

/// The host that was asked, if the words name one; only plain characters, as it goes into commands.
fn host_in(symptom: &str) -> &str {
    let host = symptom.split_once("https://").map_or("", |(_, rest)| rest);
    let end =
        host.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-')).unwrap_or(host.len());
    let host = host[..end].trim_start_matches('-');
    if host.is_empty() { "ENDPOINT" } else { host }
}

/// The phase of the first control plane that puts back what a join found missing; none where a failure wants another cure.
pub fn published_by(rule: &str) -> Option<&'static str> {
    match rule {
        "token" | "ca-hash" | "tls-bootstrap" => Some("init/bootstrap-token"),
        "kubeadm-certs-missing" | "certificate-key" => Some("init/upload-certs"),
        _ => None,
    }
}

/// Rules whose words mean one thing, most telling first.
pub(super) fn specific() -> impl Iterator<Item = &'static Rule> {
    node::RULES.iter().chain(trust::RULES).chain(cluster::RULES)
}

/// What the rule of that name says, of `symptom`.
pub(super) fn named(name: &str, symptom: &str) -> Option<Diagnosis> {
    specific().find(|rule| rule.name == name).map(|rule| rule.diagnosis(symptom))
}

/// The commands that rules name, as they stand in the tables.
pub(super) fn looks() -> impl Iterator<Item = &'static str> {
    specific().chain(generic()).flat_map(|rule| rule.look.iter().copied())
}

/// The names of all rules, by which failures are recognised.
pub fn names() -> Vec<&'static str> {
    specific().chain(generic()).map(|rule| rule.name).chain(super::preflight::names()).collect()
}

/// Rules for what ran out of time without saying why.
pub(super) fn generic() -> impl Iterator<Item = &'static Rule> {
    timeouts::RULES.iter()
}
