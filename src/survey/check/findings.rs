//! Findings as they come together on one node.

use crate::diag::Severity;
use crate::inventory::model::{Host, Inventory, Role};
use crate::survey::facts::{Facts, Membership};
use crate::survey::finding::Finding;
use crate::version::Version;

/// A node's findings, weighed by what the inventory ignores and by what the node already is.
pub(super) struct Findings<'a> {
    ignored: &'a [String],
    /// The node is in this cluster already; preflight won't run there again.
    pub(super) member: bool,
    /// Whose preflight rules hold: the node's own kubeadm's, else the wanted version's.
    pub(super) version: Option<Version>,
    list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(inv: &'a Inventory, host: &Host, facts: &Facts) -> Self {
        Self {
            ignored: &inv.kubernetes.ignore_preflight_errors,
            member: is_member(inv, host, facts),
            version: facts.kubeadm.clone().or_else(|| inv.kubernetes.version.clone()),
            list: Vec::new(),
        }
    }

    /// Whether the version's known and before 1.`minor`.
    pub(super) fn before(&self, minor: u16) -> bool {
        self.version.as_ref().is_some_and(|version| !version.at_least(minor))
    }

    /// Whether the version's known and 1.`minor` or later.
    pub(super) fn since(&self, minor: u16) -> bool {
        self.version.as_ref().is_some_and(|version| version.at_least(minor))
    }

    /// Whether the inventory accepts this as it is, by kubeadm's name of the check or by ours.
    pub(super) fn ignores(&self, name: &str) -> bool {
        self.ignored
            .iter()
            .any(|ignored| ignored.eq_ignore_ascii_case("all") || ignored.eq_ignore_ascii_case(name))
    }

    pub(super) fn error(&mut self, check: &str, kubeadm: &str, message: String, fix: &str) {
        if self.ignores(check) || (!kubeadm.is_empty() && self.ignores(kubeadm)) {
            self.push(check, Severity::Warning, format!("{message} (ignored by the inventory)"), fix);
        } else if self.member {
            self.warning(check, message, fix);
        } else {
            self.push(check, Severity::Error, message, fix);
        }
    }

    /// An error that being in the cluster doesn't soften.
    pub(super) fn refusal(&mut self, check: &str, message: String, fix: &str) {
        self.push(check, Severity::Error, message, fix);
    }

    pub(super) fn warning(&mut self, check: &str, message: String, fix: &str) {
        self.push(check, Severity::Warning, message, fix);
    }

    pub(super) fn note(&mut self, check: &str, message: String) {
        self.push(check, Severity::Note, message, "");
    }

    fn push(&mut self, check: &str, severity: Severity, message: String, fix: &str) {
        let fix = (!fix.is_empty()).then(|| fix.to_owned());
        self.list.push(Finding { check: check.to_owned(), severity, message, fix });
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

/// Whether the node already is in this cluster and has the role that the inventory wants.
fn is_member(inv: &Inventory, host: &Host, facts: &Facts) -> bool {
    let wanted = match host.role {
        Role::ControlPlane => Membership::ControlPlane,
        Role::Worker => Membership::Worker,
    };
    facts.membership() == wanted && belongs_here(inv, facts) != Some(false)
}

/// Whether the cluster in the node's kubelet.conf is this one, by its address; none where the node has no such file.
///
/// Since 1.33 a control plane's own kubelet talks to the API server beside it, so any address of the inventory counts.
pub fn belongs_here(inv: &Inventory, facts: &Facts) -> Option<bool> {
    let server = facts.server.as_deref()?;
    let host = host_of(server);
    let of_inventory = inv.hosts.iter().any(|known| {
        known.private_address.is_some_and(|address| address.to_string() == host)
            || known.ssh.address == host
            || known.name.as_str() == host
    });
    let endpoint =
        inv.kubernetes.control_plane_endpoint.as_ref().is_some_and(|endpoint| endpoint.host == host);
    let own = matches!(host, "127.0.0.1" | "localhost" | "::1") || facts.addresses.iter().any(|a| a == host);
    Some(of_inventory || endpoint || own)
}

/// `10.4.0.10` of `https://10.4.0.10:6443/`.
fn host_of(server: &str) -> &str {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let rest = rest.split('/').next().unwrap_or(rest);
    if let Some(bracketed) = rest.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or(bracketed);
    }
    rest.rsplit_once(':').map_or(rest, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read() {
        for (server, host) in [
            ("https://10.4.0.10:6443", "10.4.0.10"),
            ("https://api.example:6443/x", "api.example"),
            ("https://[fd00::1]:6443", "fd00::1"),
            ("https://api", "api"),
            ("", ""),
        ] {
            assert_eq!(host_of(server), host, "{server}");
        }
    }
}
