//! Steps and racks in short, for the engine on its bench.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::Policy;
use crate::catalog::class::RetryClass;
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Edge, Resource, Step, Work};

pub(super) fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

/// `bettley:init/certs`.
pub(super) fn id(text: &str) -> StepId {
    let (name, phase) = text.split_once(':').unwrap();
    StepId::new(node(name), phase)
}

pub(super) fn step(text: &str, after: &[&str]) -> Step {
    let id = id(text);
    let mut holds = if id.phase.leaf() == "etcd" { vec![Resource::EtcdMembership] } else { Vec::new() };
    if id.phase.is_within("join") {
        holds.push(Resource::Join);
    }
    let retry = if id.phase.leaf() == "etcd" { RetryClass::NeedsCleanUp } else { RetryClass::Safe };
    let work = match id.phase.as_str() {
        "clean-up" => Work::CleanUp,
        "sweep" => Work::Sweep,
        "connect" => Work::Connect,
        "check" => Work::Check,
        _ => Work::Kubeadm { args: Vec::new() },
    };
    let need = |text: &&str| match text.strip_prefix('~') {
        Some(over) => Edge::over(self::id(over)),
        None => Edge::done(self::id(text)),
    };
    Step {
        id,
        work,
        after: after.iter().map(need).collect(),
        holds,
        covers: Vec::new(),
        retry,
        budget: Duration::from_secs(60),
    }
}

/// The looks at the rack's nodes, in short.
pub(super) fn survey() -> Vec<Step> {
    let mut steps = vec![step("a:connect", &[]), step("w:connect", &[])];
    steps.push(step("a:check", &["a:connect", "~w:connect"]));
    steps.push(step("w:check", &["w:connect", "~a:check"]));
    steps
}

/// Two control planes and two workers in short.
pub(super) fn rack() -> Vec<Step> {
    vec![
        step("a:init/certs", &[]),
        step("a:init/upload-certs", &["a:init/certs"]),
        step("a:init/addon", &["a:init/upload-certs"]),
        step("b:join/prepare", &["a:init/upload-certs"]),
        step("b:join/etcd", &["b:join/prepare"]),
        step("c:join/prepare", &["a:init/upload-certs"]),
        step("c:join/etcd", &["c:join/prepare"]),
        step("w:join/kubelet", &["a:init/upload-certs"]),
        step("x:join/kubelet", &["a:init/upload-certs"]),
        step(
            "a:clean-up",
            &["~a:init/addon", "~b:join/etcd", "~c:join/etcd", "~w:join/kubelet", "~x:join/kubelet"],
        ),
    ]
}

pub(super) const NODES: [&str; 5] = ["a", "b", "c", "w", "x"];

/// The rack with secrets on every node, as the plan has them removed: from a node when its steps are over, from the
/// first one when everybody's are.
pub(super) fn rack_with_secrets() -> Vec<Step> {
    let mut steps = rack();
    steps.retain(|step| step.work != Work::CleanUp);
    let clean_ups: Vec<_> = NODES
        .iter()
        .map(|node| {
            let of = steps.iter().filter(|step| *node == "a" || step.id.node.as_str() == *node);
            let mut clean_up = step(&format!("{node}:clean-up"), &[]);
            clean_up.after = of.map(|step| Edge::over(step.id.clone())).collect();
            clean_up
        })
        .collect();
    steps.extend(clean_ups);
    steps
}

pub(super) fn policy() -> Policy {
    let roles = [
        ("a", Role::ControlPlane),
        ("b", Role::ControlPlane),
        ("c", Role::ControlPlane),
        ("w", Role::Worker),
        ("x", Role::Worker),
    ];
    Policy::auto(roles.into_iter().map(|(name, role)| (node(name), role)).collect::<BTreeMap<_, _>>())
}
