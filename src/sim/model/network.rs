//! Who answers at an address: machines, and the load balancer before the API servers.

use serde::{Deserialize, Serialize};

use super::pods::scaled;
use super::units::HAPROXY;
use super::{Node, World, pki};

/// `HAProxy` in TCP mode, in front of the control planes' API servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Balancer {
    /// Names and addresses that lead to it.
    pub(crate) hosts: Vec<String>,
    pub(crate) port: u16,
    /// It runs.
    pub(crate) up: bool,
    /// When it runs again.
    #[serde(default)]
    pub(crate) up_again: Option<i64>,
    /// It knows its backends.
    pub(crate) forwards: bool,
    /// Nodes behind it, in its order.
    pub(crate) backends: Vec<String>,
}

/// What a TCP connection meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Met {
    /// A port that is open on this node.
    Node(String),
    /// The balancer takes the connection and closes it: no backend is up.
    Closed,
    /// `connect: connection refused`.
    Refused,
    /// Nothing answers.
    Silence,
    /// `connect: no route to host`.
    NoRoute,
    /// The name is unknown.
    NoSuchHost,
}

/// `HAProxy` takes a backend in after two good checks, two seconds apart.
const RISE_MS: i64 = 2_500;

/// Clocks that are less behind meet no certificate that is too young for them: they are dated back.
const SLACK_MS: i64 = 240_000;

/// Splits `https://host:port/…` or `host:port`; brackets around IPv6 addresses are taken off.
pub(crate) fn host_port(server: &str) -> Option<(&str, u16)> {
    let rest = server.strip_prefix("https://").unwrap_or(server);
    let authority = rest.split('/').next()?;
    let (host, port) = authority.rsplit_once(':')?;
    Some((host.trim_start_matches('[').trim_end_matches(']'), port.parse().ok()?))
}

impl World {
    /// Which node has that address or name.
    pub(crate) fn owner(&self, from: &str, host: &str) -> Option<&str> {
        if host == "127.0.0.1" || host == "localhost" || host == "::1" {
            return self.nodes.get_key_value(from).map(|(name, _)| name.as_str());
        }
        self.hosts.get(host).map(String::as_str)
    }

    /// What a connection from `from` to `host:port` meets.
    pub(crate) fn dial(&self, from: &str, host: &str, port: u16) -> Met {
        if let Some(balancer) = &self.balancer
            && balancer.port == port
            && balancer.hosts.iter().any(|known| known == host)
        {
            return self.through(balancer);
        }
        let Some(owner) = self.owner(from, host) else {
            let is_address = host.parse::<std::net::IpAddr>().is_ok();
            return if is_address { Met::Silence } else { Met::NoSuchHost };
        };
        match self.nodes.get(owner) {
            Some(node) if !node.up => Met::NoRoute,
            Some(node) if owner != from && node.drops(port) => Met::Silence,
            Some(node) if node.listening(self.now).contains(&port) => Met::Node(owner.to_owned()),
            _ => Met::Refused,
        }
    }

    /// `HAProxy` on machine `name` takes its backends from its configuration when it is started or reloaded.
    pub(crate) fn read_haproxy(&mut self, name: &str) {
        let Some(machine) = self.nodes.get(name) else { return };
        let up = machine.units.get(HAPROXY).is_some_and(|unit| unit.active);
        let backends: Vec<String> =
            machine.haproxy_servers().filter_map(|address| self.hosts.get(address).cloned()).collect();
        if let Some(balancer) = &mut self.balancer {
            (balancer.up, balancer.up_again) = (up, None);
            balancer.forwards = !backends.is_empty();
            balancer.backends = backends;
        }
    }

    fn through(&self, balancer: &Balancer) -> Met {
        if !balancer.up && balancer.up_again.is_none_or(|at| at > self.now) {
            return Met::Refused;
        }
        let risen = self.now - scaled(RISE_MS, self.pace);
        let alive = |name: &&String| {
            self.nodes.get(*name).is_some_and(|node| node.pod_ready("kube-apiserver", risen))
        };
        if !balancer.forwards {
            return Met::Closed;
        }
        balancer.backends.iter().find(alive).map_or(Met::Closed, |name| Met::Node(name.clone()))
    }

    /// The cluster whose API server answers at `server`, or Go's words for what is met instead.
    /// `ca` is the authority that the caller trusts; none trusts any.
    pub(crate) fn api(&self, from: &str, server: &str, ca: Option<&str>) -> Result<String, String> {
        let (host, port) = host_port(server).ok_or_else(|| format!("parse \"{server}\": invalid URL"))?;
        let shown = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let node = match self.dial(from, host, port) {
            Met::Node(node) => node,
            Met::Closed => return Err("EOF".into()),
            Met::Refused => return Err(format!("dial tcp {shown}: connect: connection refused")),
            Met::NoRoute => return Err(format!("dial tcp {shown}: connect: no route to host")),
            Met::Silence => return Err(format!("dial tcp {shown}: i/o timeout")),
            Met::NoSuchHost => return Err(format!("dial tcp: lookup {host}: no such host")),
        };
        let Some(machine) = self.nodes.get(&node) else { return Err("EOF".into()) };
        if !machine.pod_ready("kube-apiserver", self.now) {
            return Err(format!("dial tcp {shown}: connect: connection refused"));
        }
        if let Some(ca) = ca
            && machine.disk.text("/etc/kubernetes/pki/ca.crt").is_none_or(|theirs| theirs.trim() != ca.trim())
        {
            return Err("x509: certificate signed by unknown authority".into());
        }
        if ca.is_some()
            && let Some(words) = self.not_valid_yet(from, machine)
        {
            return Err(words);
        }
        let (cluster, _) = self.membership(&node).ok_or("etcdserver: request timed out")?;
        if self.clusters.get(&cluster).is_none_or(|found| found.without_quorum_since.is_some()) {
            return Err("etcdserver: request timed out".into());
        }
        Ok(cluster)
    }

    /// What Go says of a server's certificate whose time has not come by the caller's clock.
    fn not_valid_yet(&self, from: &str, server: &Node) -> Option<String> {
        let offset = self.nodes.get(from)?.hardware.clock_offset_ms;
        if offset > -SLACK_MS {
            return None;
        }
        let card = pki::read(server.disk.text("/etc/kubernetes/pki/apiserver.crt")?)?;
        let now = self.now + offset;
        let at = |ms: i64| jiff::Timestamp::from_millisecond(ms - ms.rem_euclid(1_000)).unwrap_or_default();
        (now < card.validity_from).then(|| {
            format!(
                "x509: certificate has expired or is not yet valid: current time {} is before {}",
                at(now),
                at(card.validity_from)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split() {
        assert_eq!(host_port("https://10.4.0.10:6443"), Some(("10.4.0.10", 6443)));
        assert_eq!(host_port("https://[fd00::1]:6443/livez"), Some(("fd00::1", 6443)));
        assert_eq!(host_port("lb.example:443"), Some(("lb.example", 443)));
        assert_eq!(host_port("nonsense"), None);
    }
}
