//! What of a plan the operator wants.

use std::collections::BTreeSet;

use crate::ids::{NodeName, PhaseId, StepId};

use super::step::{Need, Step, Work};

/// The operator's choices that shape a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wish {
    /// Only these nodes are changed; empty: all.
    pub only: Vec<NodeName>,
    /// kubeadm phases before this one are taken as done on nodes that have it.
    pub from: Option<String>,
    /// kubeadm phases after this one are left for later on nodes that have it.
    pub until: Option<String>,
    /// Every leaf is a step of its own; otherwise a group that kubeadm can run at once is one step.
    pub leaves: bool,
    /// Groups that hold a phase matching one of these are split into leaves: it is broken at, skipped or started from.
    pub split: Vec<String>,
    /// The admin kubeconfig is fetched.
    pub kubeconfig: bool,
}

impl Wish {
    /// Whether `node` is to be changed.
    pub fn wants(&self, node: &NodeName) -> bool {
        self.only.is_empty() || self.only.contains(node)
    }

    /// Whether somebody speaks of a phase inside `group`, but not of the whole.
    pub(super) fn splits(&self, leaves: &[PhaseId], group: &PhaseId) -> bool {
        self.split
            .iter()
            .chain(&self.from)
            .chain(&self.until)
            .any(|pattern| !group.matches(pattern) && leaves.iter().any(|leaf| leaf.matches(pattern)))
    }
}

/// Leaves out steps before `from` and after `until`; what needed them needs what they needed.
pub(super) fn narrow(steps: Vec<Step>, wish: &Wish) -> Vec<Step> {
    let mut out: BTreeSet<StepId> = BTreeSet::new();
    let mut later: BTreeSet<StepId> = BTreeSet::new();
    // Every run makes new secrets; who joins with them needs them published.
    let joins = steps.iter().any(|step| step.id.phase.is_within("join"));
    let nodes: BTreeSet<NodeName> = steps.iter().map(|step| step.id.node.clone()).collect();
    for node in nodes {
        let own: Vec<&Step> =
            steps.iter().filter(|step| step.id.node == node && step.command().is_some()).collect();
        let at = |pattern: &Option<String>| {
            let pattern = pattern.as_ref()?;
            let matching = |step: &&Step| {
                step.id.phase.matches(pattern) || step.covers.iter().any(|phase| phase.matches(pattern))
            };
            Some((own.iter().position(matching)?, own.iter().rposition(matching)?))
        };
        if let Some((first, _)) = at(&wish.from) {
            let before = own[..first].iter().filter(|step| !(joins && step.publishes()));
            out.extend(before.map(|step| step.id.clone()));
        }
        if let Some((_, last)) = at(&wish.until) {
            later.extend(own[last + 1..].iter().map(|step| step.id.clone()));
        }
    }
    // What needs a phase that is left for later, on whatever node, is left for later as well.
    loop {
        let needs = |step: &&Step| {
            step.after.iter().any(|edge| edge.need == Need::Done && later.contains(&edge.step))
                && !matches!(step.work, Work::CleanUp)
                && !later.contains(&step.id)
        };
        let more: Vec<StepId> = steps.iter().filter(needs).map(|step| step.id.clone()).collect();
        if more.is_empty() {
            break;
        }
        later.extend(more);
    }
    out.extend(later);
    without(steps, &out)
}

/// The steps that are not in `out`, with edges led around those that are.
pub(super) fn without(steps: Vec<Step>, out: &BTreeSet<StepId>) -> Vec<Step> {
    if out.is_empty() {
        return steps;
    }
    let gone: Vec<Step> = steps.iter().filter(|step| out.contains(&step.id)).cloned().collect();
    let mut kept: Vec<Step> = steps.into_iter().filter(|step| !out.contains(&step.id)).collect();
    for step in &mut kept {
        while let Some(at) = step.after.iter().position(|edge| out.contains(&edge.step)) {
            let edge = step.after.remove(at);
            let Some(former) = gone.iter().find(|former| former.id == edge.step) else { continue };
            for inherited in &former.after {
                if !step.after.iter().any(|have| have.step == inherited.step) {
                    step.after.push(inherited.clone());
                }
            }
        }
    }
    kept
}
