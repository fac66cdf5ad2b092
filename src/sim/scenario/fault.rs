//! What goes wrong, and when.

use serde::Deserialize;

use super::duration::milliseconds;

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Fault {
    /// A node's name or title: `*`, `worker`, `control-plane.1` …
    pub node: String,
    /// At this phase, or those below it: `init/certs`.
    #[serde(default)]
    pub phase: Option<String>,
    /// At this request: `probe`, `look`, `inspect`, `put`, `read`, `remove`, `kubectl`, `etcdctl`, `shell`, `sweep`, `files`,
    /// `objects`.
    #[serde(default)]
    pub request: Option<String>,
    /// Which times, from 1; none: every time.
    #[serde(default = "first")]
    pub attempts: Vec<u32>,
    /// What happens.
    pub kind: FaultKind,
    /// Printed by `fail` and `talk`.
    #[serde(default)]
    pub output: String,
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
    /// How often `talk` says it.
    #[serde(default)]
    pub times: Option<u32>,
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
    /// Before it does its work, it prints `output` so many `times`, each with its number, as fast as it can.
    Talk,
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
    /// The binding is gone that has the requests of new kubelets approved.
    RightsLost,
    /// The public `cluster-info` is an older one, with another authority, signed again.
    OldClusterInfo,
    /// etcd has a member at the node's address, of a try that somebody made by hand; it never started.
    StaleMember,
    /// A machine outside of the inventory is in the cluster under the node's name; it is called `spare`.
    NameTaken,
}

fn first() -> Vec<u32> {
    vec![1]
}

const fn one() -> i32 {
    1
}

impl Fault {
    pub(super) fn check(&self) -> Result<(), String> {
        let needs = |there: bool, what: &str| {
            if there { Ok(()) } else { Err(format!("{:?} needs `{what}`", self.kind)) }
        };
        match self.kind {
            FaultKind::Slow => needs(self.factor.is_some_and(|factor| factor > 0.0), "factor"),
            FaultKind::Talk => needs(self.times.is_some() && self.phase.is_some(), "times` and `phase"),
            FaultKind::PortInUse => needs(self.port.is_some(), "port"),
            FaultKind::Fail | FaultKind::Hang | FaultKind::FalseSuccess => {
                needs(self.phase.is_some() || self.request.is_some(), "phase` or `request")
            }
            FaultKind::Kill | FaultKind::OldClusterInfo | FaultKind::StaleMember | FaultKind::NameTaken => {
                needs(self.phase.is_some(), "phase")
            }
            _ => Ok(()),
        }
    }
}
