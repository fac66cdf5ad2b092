//! Taking a node out of the cluster and beginning it anew: when that may be done, and what it puts back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Refusal, RunState, Status, StepState, Why};
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Step, Work};

/// These are also run on a node that leads already.
const INVITING: [&str; 2] = ["init/upload-certs", "init/bootstrap-token"];

/// What of the plan is against a reset of `node`; each step comes with whether it was begun.
///
/// Where no step tells which control plane leads, any of them may.
pub(crate) fn obstacle_to_reset<'a>(
    node: &NodeName,
    is_control_plane: bool,
    steps: &(impl Iterator<Item = (&'a Step, bool)> + Clone),
) -> Option<Refusal> {
    let brings = || steps.clone().filter(|(step, _)| step.brings_in());
    if !brings().any(|(step, _)| step.id.node == *node) {
        return Some(Refusal::NotPlanned);
    }
    let mut leaders = steps.clone().map(|(step, _)| step).filter(|step| tells_leader(step));
    if !is_control_plane || leaders.next().is_some_and(|leader| leader.id.node != *node) {
        return None;
    }
    let begins = |step: &Step| {
        step.id.node == *node
            && step.id.phase.is_within("init")
            && !INVITING.contains(&step.id.phase.as_str())
    };
    if !steps.clone().any(|(step, _)| begins(step)) {
        // It was there before the run, and others may be, whether the plan has them or not.
        return Some(Refusal::LeadsOthers(node.clone()));
    }
    let mut others: BTreeMap<&NodeName, (bool, bool)> = BTreeMap::new();
    for (step, begun) in brings().filter(|(step, _)| step.id.node != *node) {
        let (joins, joined) = others.entry(&step.id.node).or_default();
        if step.id.phase.is_within("join") {
            *joins = true;
            *joined |= begun;
        }
    }
    // A node that need not join any more is in it.
    let joined = others.values().any(|&(joins, joined)| joined || !joins);
    joined.then(|| Refusal::LeadsOthers(node.clone()))
}

/// Whether the step's node is the one that others join: it is begun there, or its secrets go when everybody is done.
fn tells_leader(step: &Step) -> bool {
    let elsewhere = || step.after.iter().any(|edge| edge.step.node != step.id.node);
    step.id.phase.is_within("init") || (step.work == Work::CleanUp && elsewhere())
}

impl RunState {
    pub(super) fn may_reset(&self, node: &NodeName) -> Result<(), Refusal> {
        if !self.plan_complete {
            return Err(Refusal::Waits(Why::Checks));
        }
        let info = self.node(node).and_then(|node| node.info.as_ref());
        let is_control_plane = info.is_some_and(|info| info.role == Role::ControlPlane);
        let planned = self.steps.values().filter(|step| step.planned);
        let steps = planned.map(|step| (&step.plan, !step.attempts.is_empty()));
        if let Some(refusal) = obstacle_to_reset(node, is_control_plane, &steps) {
            return Err(refusal);
        }
        let followed_later = |step: &&StepState| {
            let interrupted = step.last_attempt().is_some_and(|attempt| attempt.interrupted);
            step.planned && step.plan.work.is_gone_on_with() && interrupted && !step.anew
        };
        let at_work = self.running().chain(self.of(Status::Waiting).filter(followed_later));
        let in_the_way = at_work.filter(|step| step.id().node == *node || self.hangs_on(step, node));
        match in_the_way.map(StepState::id).min() {
            Some(step) => Err(Refusal::Busy(step.clone())),
            None => Ok(()),
        }
    }

    /// Whether `step` needs, near or far, what is done on `node`.
    fn hangs_on(&self, step: &StepState, node: &NodeName) -> bool {
        let mut known = BTreeSet::new();
        let mut before: Vec<&StepState> = vec![step];
        while let Some(step) = before.pop() {
            if step.id().node == *node && !step.plan.work.is_survey() {
                return true;
            }
            let needs = step.plan.after.iter().filter_map(|edge| self.step(&edge.step));
            before.extend(needs.filter(|need| need.planned && known.insert(need.id())));
        }
        false
    }

    /// The node's steps, also those of an earlier plan, and what hangs on them wait again.
    pub(super) fn begin_anew(&mut self, node: &NodeName) {
        self.changed = true;
        self.gate = None;
        self.node_mut(node).leaves = true;
        for place in self.hanging_on(node) {
            self.change(place, |step| {
                step.status = Status::Waiting;
                step.anew = !step.attempts.is_empty();
                (step.passed, step.stopping, step.wait) = (false, None, None);
                step.seen.clear();
            });
        }
    }

    fn hanging_on(&self, node: &NodeName) -> BTreeSet<usize> {
        let mut dependants: HashMap<&StepId, Vec<usize>> = HashMap::new();
        for (place, step) in self.steps().enumerate().filter(|(_, step)| step.planned) {
            for edge in &step.plan.after {
                dependants.entry(&edge.step).or_default().push(place);
            }
        }
        let own = |(_, step): &(usize, &StepState)| step.id().node == *node && !step.plan.work.is_survey();
        let mut next: Vec<usize> = self.steps().enumerate().filter(own).map(|(place, _)| place).collect();
        let mut found = BTreeSet::new();
        while let Some(place) = next.pop() {
            if found.insert(place)
                && let Some((id, _)) = self.steps.get_index(place)
            {
                next.extend(dependants.get(id).into_iter().flatten());
            }
        }
        found
    }

    /// A node whose way out is at its end has left.
    pub(super) fn look_at_reset(&mut self, place: usize) {
        let Some((_, ended)) = self.steps.get_index(place).filter(|(_, step)| step.plan.takes_out()) else {
            return;
        };
        let node = ended.id().node.clone();
        let mut way = self.steps_of(&node).filter(|step| step.planned && step.plan.takes_out());
        let gone = way.all(|step| step.status.is_settled());
        drop(way);
        if gone {
            self.node_mut(&node).leaves = false;
        }
    }
}
