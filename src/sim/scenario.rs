//! Scenarios: what is unusual about a simulated rack, as YAML.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, de};

use super::kubeadm::config::go_duration;
use crate::version::Version;

/// One scenario file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// As it is called on the command line.
    pub name: String,
    /// One line for lists.
    pub about: String,
    /// kubeadm and kubelet of every node, unless a node says otherwise.
    #[serde(default)]
    pub kubeadm: Option<Version>,
    /// One way to every node, in milliseconds; a node may say otherwise.
    #[serde(default, deserialize_with = "milliseconds")]
    pub latency: Option<u64>,
    /// Nodes come without a CNI plug-in's configuration, and stay not ready until a manifest brings one.
    #[serde(default)]
    pub without_cni: bool,
    /// The load balancer.
    #[serde(default)]
    pub balancer: BalancerSetup,
    /// What is special about nodes, by name or title: `*` is every node, `control-plane` and `worker` are those of a role,
    /// `worker.2` is the second worker of the inventory.
    #[serde(default)]
    pub nodes: BTreeMap<String, NodeSetup>,
    /// What goes wrong, and when.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

/// How the load balancer stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct BalancerSetup {
    /// It runs.
    pub up: bool,
    /// It passes connections on to the control planes.
    pub forwards: bool,
}

impl Default for BalancerSetup {
    fn default() -> Self {
        Self { up: true, forwards: true }
    }
}

/// What is special about a node.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct NodeSetup {
    /// Its kubeadm.
    pub kubeadm: Option<Version>,
    /// Its kubelet.
    pub kubelet: Option<Version>,
    /// One way, in milliseconds.
    #[serde(deserialize_with = "milliseconds")]
    pub latency: Option<u64>,
    /// Processors.
    pub cpus: Option<u32>,
    /// MiB.
    pub memory: Option<u64>,
    /// MiB free under /var/lib.
    pub free: Option<u64>,
    /// cgroup version, 1 or 2.
    pub cgroup: Option<u8>,
    /// The memory controller is on.
    pub cgroup_memory: Option<bool>,
    /// The kernel's host name, if it is not the node's name.
    pub hostname: Option<String>,
    /// `/etc/machine-id`.
    pub machine_id: Option<String>,
    /// DMI's UUID.
    pub product_uuid: Option<String>,
    /// The MAC address.
    pub mac: Option<String>,
    /// Swap devices in use.
    pub swap: Option<Vec<String>>,
    /// Its clock minus true time; may begin with `-`.
    pub clock_offset: Option<String>,
    /// Programs that are missing.
    pub missing: Option<Vec<String>>,
    /// Kernel settings; empty ones are unknown to its kernel.
    pub sysctls: BTreeMap<String, String>,
    /// Whether the container runtime answers.
    pub cri: Option<bool>,
    /// Whether images can be pulled.
    pub images: Option<bool>,
    /// Whether its own name has an address.
    pub name_resolves: Option<bool>,
    /// Folders that can't be written.
    pub not_writable: Option<Vec<String>>,
    /// Ports that other programs hold.
    pub ports: BTreeSet<u16>,
    /// Static pods take so many times longer to start.
    pub pods_slow: Option<f64>,
    /// Files of an earlier kubeadm lie about.
    pub leftovers: bool,
    /// What `sh` answers to the operator's commands: text and exit status 0.
    pub shell: Option<String>,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Fault {
    /// A node's name or title: `*`, `worker`, `control-plane.1` …
    pub node: String,
    /// At this phase, or those below it: `init/certs`.
    #[serde(default)]
    pub phase: Option<String>,
    /// At this request: `probe`, `look`, `inspect`, `put`, `read`, `remove`, `kubectl`, `etcdctl`, `shell`, `sweep`.
    #[serde(default)]
    pub request: Option<String>,
    /// Which times, from 1; none: every time.
    #[serde(default = "first")]
    pub attempts: Vec<u32>,
    /// What happens.
    pub kind: FaultKind,
    /// Printed by `fail`.
    #[serde(default)]
    pub output: String,
    /// So many times: a flood of `output`.
    #[serde(default = "once")]
    pub repeat: usize,
    /// Exit status of `fail`.
    #[serde(default = "one")]
    pub rc: i32,
    /// Of `slow`.
    #[serde(default)]
    pub factor: Option<f64>,
    /// So long after the phase or request began, or after the run began; milliseconds.
    #[serde(default, deserialize_with = "milliseconds")]
    pub after: Option<u64>,
    /// For so long; none: for good. Milliseconds.
    #[serde(default, rename = "for", deserialize_with = "milliseconds")]
    pub lasting: Option<u64>,
    /// Of `port-in-use`.
    #[serde(default)]
    pub port: Option<u16>,
}

/// Kinds of things that go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The phase or request prints `output` and ends with `rc`, having done nothing.
    Fail,
    /// It never ends by itself.
    Hang,
    /// Everything takes `factor` times longer.
    Slow,
    /// It does nothing, says nothing and succeeds.
    FalseSuccess,
    /// kubeadm is killed on the node, `after` a while.
    Kill,
    /// The link to the node is cut.
    CutLink,
    /// The node loses power; it boots again when `for` is over.
    PowerOff,
    /// The node can't be reached, from the start.
    Unreachable,
    /// The login is refused, from the start.
    LoginRefused,
    /// Another program listens on `port`.
    PortInUse,
    /// Files of an earlier kubeadm lie about.
    Leftovers,
    /// The load balancer is down.
    NoLb,
    /// All bootstrap tokens are gone.
    TokenExpired,
    /// The Secret kubeadm-certs is gone.
    CertsExpired,
    /// The kubelet crashes at once, whatever its files say; its words are `output`.
    KubeletDown,
    /// systemd can't start the kubelet's unit.
    UnitFails,
}

fn first() -> Vec<u32> {
    vec![1]
}

const fn once() -> usize {
    1
}

const fn one() -> i32 {
    1
}

/// `18ms`, `8s`, `2m`.
fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let ms = go_duration(&text).and_then(|ms| u64::try_from(ms).ok());
    ms.map(Some).ok_or_else(|| {
        de::Error::custom(format!("`{text}` is not a duration: write it like 300ms, 8s or 2m"))
    })
}

/// Why a text is no scenario.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct InvalidScenario {
    /// The file or name.
    pub name: String,
    /// What is wrong, with line and column where known.
    pub reason: String,
}

/// The scenarios that ship, by name.
const SHIPPED: [(&str, &str); 6] = [
    ("goldentooth", include_str!("scenarios/goldentooth.yaml")),
    ("flaky-links", include_str!("scenarios/flaky-links.yaml")),
    ("worker-dies", include_str!("scenarios/worker-dies.yaml")),
    ("first-api-slow", include_str!("scenarios/first-api-slow.yaml")),
    ("swap-on", include_str!("scenarios/swap-on.yaml")),
    ("leftovers", include_str!("scenarios/leftovers.yaml")),
];

impl Scenario {
    /// Reads a scenario file's text; `name` is used in errors.
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidScenario> {
        let invalid = |reason: String| InvalidScenario { name: name.to_owned(), reason };
        let scenario: Self = serde_yaml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        for fault in &scenario.faults {
            fault.check().map_err(|reason| invalid(format!("fault on {}: {reason}", fault.node)))?;
        }
        Ok(scenario)
    }

    /// The scenario of that name that ships with kubestep.
    pub fn named(name: &str) -> Result<Self, InvalidScenario> {
        let Some((_, text)) = SHIPPED.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
            let reason = format!("there is no such scenario; there are {}", known.join(", "));
            return Err(InvalidScenario { name: name.to_owned(), reason });
        };
        Self::parse(name, text)
    }

    /// A rack on which nothing goes wrong.
    pub fn uneventful() -> Self {
        Self {
            name: "uneventful".into(),
            about: "nothing goes wrong".into(),
            kubeadm: None,
            latency: None,
            without_cni: false,
            balancer: BalancerSetup::default(),
            nodes: BTreeMap::new(),
            faults: Vec::new(),
        }
    }
}

impl Fault {
    fn check(&self) -> Result<(), String> {
        let needs = |there: bool, what: &str| {
            if there { Ok(()) } else { Err(format!("{:?} needs `{what}`", self.kind)) }
        };
        match self.kind {
            FaultKind::Slow => needs(self.factor.is_some_and(|factor| factor > 0.0), "factor"),
            FaultKind::PortInUse => needs(self.port.is_some(), "port"),
            FaultKind::Fail | FaultKind::Hang | FaultKind::FalseSuccess => {
                needs(self.phase.is_some() || self.request.is_some(), "phase` or `request")
            }
            FaultKind::Kill => needs(self.phase.is_some(), "phase"),
            _ => Ok(()),
        }
    }
}

/// Names and one line each of the scenarios that ship.
pub fn list() -> Vec<(String, String)> {
    SHIPPED
        .iter()
        .map(|(name, text)| {
            let about = Scenario::parse(name, text).map(|scenario| scenario.about).unwrap_or_default();
            ((*name).to_owned(), about)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_shipped_scenario_is_sound() {
        for (name, text) in SHIPPED {
            let scenario = Scenario::parse(name, text).unwrap();
            assert_eq!(scenario.name, name);
            assert!(!scenario.about.is_empty());
        }
        assert_eq!(list().len(), SHIPPED.len());
    }

    #[test]
    fn mistakes_are_named() {
        let error = Scenario::parse("x", "name: x\nabout: y\nnodez: {}\n").unwrap_err().to_string();
        assert!(error.contains("nodez"), "{error}");
        let error = Scenario::parse("x", "name: x\nabout: y\nlatency: soon\n").unwrap_err().to_string();
        assert!(error.contains("not a duration"), "{error}");
        let text = "name: x\nabout: y\nfaults: [{ node: a, kind: slow, phase: init }]\n";
        assert!(Scenario::parse("x", text).unwrap_err().to_string().contains("factor"));
        assert!(Scenario::named("nosuch").unwrap_err().to_string().contains("goldentooth"));
    }
}
