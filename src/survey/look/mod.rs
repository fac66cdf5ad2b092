//! The look: what a waiting step sees on its node, every few seconds, in under two.
//!
//! `key=value` lines in any order, one line per value. What was not looked at, or could not be learnt, is missing.
//!
//! | key | value | many |
//! |---|---|---|
//! | `what` | `kubelet`, `api-server` or `endpoint`: what is waited for | |
//! | `ready` | `yes` once it is there, else `no` | |
//! | `target` | what was asked: `https://10.4.0.11:6443` | |
//! | `kubelet.state` | `active`, `activating`, `inactive`, `failed`, `masked` | |
//! | `kubelet.restarts` | how often systemd restarted it | |
//! | `kubelet.healthz` | an answer, see below | |
//! | `kubelet.config` | `yes` or `no`: /var/lib/kubelet/config.yaml is there | |
//! | `kubelet.log` | its last line that tells of an error | |
//! | `api.answer` | an answer, see below | |
//! | `api.failing` | a check that the API server's own /livez reports as failed: `poststarthook/rbac/bootstrap-roles` | yes |
//! | `endpoint.answer` | an answer, see below | |
//! | `listening` | `2379`, `6443` or `10250`, if something on the node listens there | yes |
//! | `manifest` | a static pod's manifest that is there: `kube-apiserver`, `etcd` … | yes |
//! | `container` | `NAME STATE RESTARTS`: `kube-apiserver Exited 3`; the state is `Running`, `Exited`, `Created` or `unknown` | yes |
//! | `container.log` | `NAME LINE`: the last line of the try that ended, or of the present one | yes |
//! | `end` | `yes`: the last line of a whole answer | |
//!
//! An answer is `ok`; `http NNN` for another status; `refused`, `timeout`, `no-name` (the name has no address), `closed` (taken,
//! and closed without an answer, as load balancers without a live backend do), `tls` (no TLS came about), `open` (a connection
//! was taken and no more could be tried); or `unknown` where the node has no program to ask with.

mod hints;
mod parse;
mod words;

use crate::inventory::model::Endpoint;
use crate::survey::awaited::Awaited;
use crate::survey::quote;

pub use parse::{Look, parse};

/// The script that looks for `what`. `advertise` is the address of the node's own API server, with or without a port
/// (6443 by default) and brackets; nothing means the node's loopback. Takes at most about two seconds.
pub fn script(what: Awaited, endpoint: Option<&Endpoint>, advertise: &str) -> String {
    let api = address(advertise);
    let port = endpoint.map(|endpoint| endpoint.port.to_string()).unwrap_or_default();
    let values = [
        ("what", name(what)),
        ("endpoint_host", endpoint.map_or("", |endpoint| endpoint.host.as_str())),
        ("endpoint_port", &port),
        ("endpoint_at", &endpoint.map(ToString::to_string).unwrap_or_default()),
        ("api_host", &api.host),
        ("api_port", &api.port.to_string()),
        ("api_at", &api.to_string()),
    ];
    quote::script(
        &values,
        &[include_str!("../ask.sh"), include_str!("../runtime.sh"), include_str!("look.sh")],
    )
}

/// How `what` is called in the answer.
const fn name(what: Awaited) -> &'static str {
    match what {
        Awaited::Kubelet => "kubelet",
        Awaited::ApiServer => "api-server",
        Awaited::Endpoint => "endpoint",
    }
}

fn address(advertise: &str) -> Endpoint {
    let text = advertise.trim();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, port) = match text.rsplit_once(':') {
        // A colon outside brackets, and only one: host and port. More than one: a bare IPv6 address.
        Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, port.parse().ok()),
        _ => (text, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = if host.is_empty() { "127.0.0.1" } else { host };
    Endpoint { host: host.to_owned(), port: port.unwrap_or(6443) }
}

/// The commands that a look's diagnoses name.
pub fn commands() -> impl Iterator<Item = &'static str> {
    hints::looks()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_with_and_without_ports_and_brackets() {
        for (text, at) in [
            ("10.4.0.11", "10.4.0.11:6443"),
            ("10.4.0.11:7443", "10.4.0.11:7443"),
            ("https://10.4.0.11:7443", "10.4.0.11:7443"),
            ("fd00::11", "[fd00::11]:6443"),
            ("[fd00::11]", "[fd00::11]:6443"),
            ("[fd00::11]:7443", "[fd00::11]:7443"),
            ("", "127.0.0.1:6443"),
        ] {
            assert_eq!(address(text).to_string(), at, "{text}");
        }
    }
}
