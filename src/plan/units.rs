//! The commands that bring a tree of phases about: a group at once where that is possible, else its leaves.

use std::time::Duration;

use crate::catalog::{self, Command, Paths, RetryClass};
use crate::ids::PhaseId;
use crate::survey::facts::Facts;
use crate::version::Version;

use super::select::Wish;

/// One command of kubeadm's.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) phase: PhaseId,
    pub(super) covers: Vec<PhaseId>,
    pub(super) args: Vec<String>,
    pub(super) retry: RetryClass,
    pub(super) budget: Duration,
    pub(super) api: bool,
}

/// An old name and a new one of the same work; 1.31 lists both, and doing it twice restarts the kubelet twice.
const FINALIZE: [&str; 2] =
    ["init/kubelet-finalize/experimental-cert-rotation", "init/kubelet-finalize/enable-client-cert-rotation"];

/// Every phase of `command` on a node, in its kubeadm's order.
pub(super) fn units(
    command: Command,
    facts: &Facts,
    version: &Version,
    paths: &Paths<'_>,
    wish: &Wish,
    external_etcd: bool,
) -> Vec<Unit> {
    let discovered = match command {
        Command::Init => &facts.phases.init,
        Command::Join => &facts.phases.join,
        Command::Reset => &facts.phases.reset,
    };
    let tree = catalog::effective(command, version, discovered);
    let twin_is_there = tree.iter().any(|phase| phase.id.as_str() == FINALIZE[1]);
    let alone = |phase: &PhaseId| {
        catalog::runnable_alone(phase, version, discovered)
            && !(twin_is_there && phase.as_str() == FINALIZE[0])
    };
    let mut units = Vec::new();
    let mut within: Option<PhaseId> = None;
    for phase in &tree {
        if within.as_ref().is_some_and(|group| phase.id.is_within(group.as_str())) {
            continue;
        }
        within = None;
        if phase.group {
            let leaves: Vec<PhaseId> = tree
                .iter()
                .filter(|leaf| {
                    !leaf.group
                        && leaf.id != phase.id
                        && leaf.id.is_within(phase.id.as_str())
                        && alone(&leaf.id)
                })
                .map(|leaf| leaf.id.clone())
                .collect();
            let at_once = leaves.len() > 1
                && catalog::runs_whole(&phase.id)
                && !wish.leaves
                && !wish.splits(&leaves, &phase.id)
                && !takes_turns_inside(&phase.id);
            if at_once {
                units.push(unit(&phase.id, leaves, version, paths));
                within = Some(phase.id.clone());
            }
        } else if alone(&phase.id) && !(external_etcd && makes_member(&phase.id)) {
            units.push(unit(&phase.id, Vec::new(), version, paths));
        }
    }
    units
}

/// What an etcd outside the cluster makes idle.
pub(super) fn makes_member(phase: &PhaseId) -> bool {
    matches!(phase.as_str(), "init/etcd/local" | "join/control-plane-join/etcd" | "join/etcd-join")
}

/// etcd's member is added under a turn that the rest of the group must not prolong.
fn takes_turns_inside(group: &PhaseId) -> bool {
    group.as_str() == "join/control-plane-join"
}

pub(super) fn unit(phase: &PhaseId, covers: Vec<PhaseId>, version: &Version, paths: &Paths<'_>) -> Unit {
    Unit {
        args: catalog::args(phase, version, paths),
        retry: catalog::retry_class(phase, version),
        budget: catalog::budget(phase, version),
        api: catalog::knowledge(phase, version).is_some_and(|known| known.api),
        phase: phase.clone(),
        covers,
    }
}
