//! Which steps have gone by the former inventory already.

use crate::ids::{NodeName, PhaseId, StepId};
use crate::inventory::model::Inventory;
use crate::state::{Command, RunState, Status, StepState};
use crate::survey::facts::Membership;

use super::Fate;

/// These are also run on a node that leads already.
const INVITING: [&str; 2] = ["init/upload-certs", "init/bootstrap-token"];
/// Of many phases so many are named.
const NAMED: usize = 3;

/// A run, asked what it has done.
pub(super) struct Used<'a> {
    run: &'a RunState,
    leader: Option<NodeName>,
    /// The control plane that the nodes join was there before the run.
    settled: Option<NodeName>,
}

impl<'a> Used<'a> {
    pub(super) fn new(run: &'a RunState, inventory: &Inventory) -> Self {
        let begins = |step: &&StepState| {
            let phase = &step.id().phase;
            phase.is_within("init") && !INVITING.contains(&phase.as_str())
        };
        let leader = run.steps().find(begins).map(|step| step.id().node.clone());
        let member = |node: &NodeName| {
            let facts = run.node(node).and_then(|node| node.facts.as_ref());
            facts.is_some_and(|facts| facts.membership() == Membership::ControlPlane)
        };
        let settled = match leader {
            Some(_) => None,
            None => inventory.control_planes().map(|host| &host.name).find(|name| member(name)).cloned(),
        };
        Self { run, leader, settled }
    }

    /// What becomes of a setting of the whole cluster that these phases of `init` write down.
    pub(super) fn by_cluster(&self, phases: &[&str]) -> Fate {
        if let Some(node) = &self.settled {
            return Fate::Stays(format!(
                "the cluster that {node} is in was there before this run, and keeps what it was made with"
            ));
        }
        let Some(leader) = &self.leader else { return Fate::Applies(None) };
        self.fate(leader, &self.on(leader, phases))
    }

    /// What becomes of something that these phases of any node go by.
    pub(super) fn by_any(&self, phases: &[&str]) -> Fate {
        let mut nodes = self.run.nodes().map(|node| &node.name);
        let done =
            nodes.find_map(|node| Some((node, self.on(node, phases))).filter(|(_, by)| !by.is_empty()));
        done.map_or(Fate::Applies(None), |(node, by)| self.fate(node, &by))
    }

    /// The steps of `node` that run or have run one of `phases`.
    pub(super) fn on(&self, node: &NodeName, phases: &[&str]) -> Vec<StepId> {
        let wanted = |phase: &PhaseId| phases.iter().any(|wanted| phase.is_within(wanted));
        let has = |step: &&StepState| {
            if step.anew {
                return false;
            }
            match step.status {
                Status::Succeeded | Status::Running { .. } => {
                    wanted(&step.id().phase) || step.plan.covers.iter().any(wanted)
                }
                // It will run again; what kubeadm finds done then, it leaves as it is.
                _ => step.seen.iter().any(|seen| wanted(&seen.phase)),
            }
        };
        self.run.steps_of(node).filter(has).map(|step| step.id().clone()).collect()
    }

    /// Whether something was begun on `node` that is there still.
    pub(super) fn has_begun(&self, node: &NodeName) -> bool {
        self.run.node(node).is_some_and(|node| node.leaves)
            || self.run.steps_of(node).any(|step| step.left_traces() && !step.anew && !step.plan.takes_out())
    }

    /// Whether `node` was reached.
    pub(super) fn is_connected(&self, node: &NodeName) -> bool {
        let id = StepId::new(node.clone(), "connect");
        self.run.step(&id).is_some_and(|step| step.status == Status::Succeeded)
    }

    /// The run has begun with anything but looking.
    pub(super) const fn changed(&self) -> bool {
        self.run.changed
    }

    fn fate(&self, node: &NodeName, by: &[StepId]) -> Fate {
        if by.is_empty() {
            return Fate::Applies(None);
        }
        Fate::Stays(format!("{} on {node} went by it; {}", named(by), self.remedy(node)))
    }

    /// What has to be done before `node` can go by something else.
    pub(super) fn remedy(&self, node: &NodeName) -> String {
        match self.run.may(&Command::Reset(node.clone())) {
            Err(super::super::Refusal::LeadsOthers(_)) => {
                "others are in its cluster: all have to be reset, and the cluster made anew".to_owned()
            }
            _ => format!("reset {node} first"),
        }
    }
}

/// `init/certs, init/etcd and 3 more`, groups by their own names.
fn named(steps: &[StepId]) -> String {
    let mut groups: Vec<String> = Vec::new();
    for step in steps {
        let group = step.phase.as_str().split('/').take(2).collect::<Vec<_>>().join("/");
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    match groups.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", groups[..NAMED].join(", ")),
        None => groups.join(", "),
    }
}
