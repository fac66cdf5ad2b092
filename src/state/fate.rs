//! Which steps can start as things stand, and which never will: the engine's rules, read off the events.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::{RunState, Status, StepState, Why};
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Edge, Need, Resource, Work};

/// One look at a state; remembers what it found out on the way.
pub(super) struct Fates<'a> {
    pub(super) state: &'a RunState,
    doomed: RefCell<HashMap<usize, bool>>,
}

impl<'a> Fates<'a> {
    pub(super) fn new(state: &'a RunState) -> Self {
        Self { state, doomed: RefCell::default() }
    }

    /// A step of the present plan, and where it stands in it.
    pub(super) fn planned(&self, id: &StepId) -> Option<(usize, &'a StepState)> {
        let (place, _, step) = self.state.steps.get_full(id)?;
        step.planned.then_some((place, step))
    }

    /// What `step` waits for; with `hopeless`, only what will not come.
    pub(super) fn unmet(&self, step: &StepState, hopeless: bool) -> Vec<StepId> {
        step.plan
            .after
            .iter()
            .filter(|edge| !self.is_met(edge) && (!hopeless || self.is_hopeless(&edge.step)))
            .map(|edge| edge.step.clone())
            .collect()
    }

    pub(super) fn needs_met(&self, step: &StepState) -> bool {
        step.plan.after.iter().all(|edge| self.is_met(edge))
    }

    /// Whether the step has ended as `edge` wants it. A step that is not in the plan keeps nobody waiting.
    fn is_met(&self, edge: &Edge) -> bool {
        let Some((place, before)) = self.planned(&edge.step) else { return true };
        let status = before.status;
        match edge.need {
            Need::Done => status.is_settled(),
            Need::Over => {
                let ends = self.state.cancel.is_some();
                status.is_settled()
                    || (!matches!(status, Status::Running { .. })
                        && (ends || status.is_over() || self.is_doomed(place))
                        && (!self.state.conduct.interactive || ends || before.plan.work.is_survey()))
            }
        }
    }

    fn is_hopeless(&self, id: &StepId) -> bool {
        self.planned(id).is_some_and(|(place, before)| {
            matches!(before.status, Status::Failed | Status::Cancelled) || self.is_doomed(place)
        })
    }

    /// Whether a waiting step can't start as things stand, because of what it needs.
    pub(super) fn is_doomed(&self, place: usize) -> bool {
        if let Some(&known) = self.doomed.borrow().get(&place) {
            return known;
        }
        // Journals may hold circles; nobody in one is doomed by it.
        self.doomed.borrow_mut().insert(place, false);
        let doomed = self.state.steps.get_index(place).is_some_and(|(id, step)| {
            step.status == Status::Waiting
                && if self.state.cancel.is_some() {
                    step.plan.work != Work::CleanUp
                } else {
                    self.is_barred(id)
                        || step
                            .plan
                            .after
                            .iter()
                            .any(|edge| edge.need == Need::Done && self.is_hopeless(&edge.step))
                }
        });
        self.doomed.borrow_mut().insert(place, doomed);
        doomed
    }

    pub(super) fn is_doomed_step(&self, id: &StepId) -> bool {
        self.planned(id).is_some_and(|(place, _)| self.is_doomed(place))
    }

    /// No further control plane begins to join while another one has failed.
    pub(super) fn is_barred(&self, id: &StepId) -> bool {
        self.joins_control_plane(id)
            && self.state.failed().any(|other| {
                other.planned && other.id().node != id.node && self.joins_control_plane(other.id())
            })
            && !self.has_begun_to_join(&id.node)
    }

    fn joins_control_plane(&self, id: &StepId) -> bool {
        let info = self.state.node(&id.node).and_then(|node| node.info.as_ref());
        id.phase.is_within("join") && info.is_some_and(|info| info.role == Role::ControlPlane)
    }

    fn has_begun_to_join(&self, node: &NodeName) -> bool {
        self.state
            .steps_of(node)
            .any(|step| step.planned && step.id().phase.is_within("join") && step.is_begun())
    }

    /// Whether the run goes to this step, or to one that needs it.
    pub(super) fn is_on_the_way(&self, id: &StepId) -> bool {
        let mut known = BTreeSet::new();
        let mut way: Vec<&StepId> = self.state.target.iter().collect();
        while let Some(next) = way.pop() {
            if next == id {
                return true;
            }
            if known.insert(next)
                && let Some((_, step)) = self.planned(next)
            {
                way.extend(step.plan.after.iter().map(|edge| &edge.step));
            }
        }
        false
    }

    /// What keeps a step whose needs are met from starting.
    pub(super) fn obstacle(&self, step: &StepState) -> Option<Why> {
        let conduct = &self.state.conduct;
        if !self.state.plan_complete && self.state.cancel.is_none() && !step.plan.work.is_survey() {
            return Some(Why::Checks);
        }
        for resource in &step.plan.holds {
            let mut holders = self.state.running().filter(|other| other.plan.holds.contains(resource));
            let blocked_by = match resource {
                Resource::Join => holders.nth(conduct.joins_at_once.saturating_sub(1)),
                Resource::Kubeadm(_) | Resource::EtcdMembership => holders.next(),
            };
            if let Some(by) = blocked_by {
                return Some(Why::TakesTurns { resource: resource.clone(), with: by.id().clone() });
            }
        }
        let nodes: BTreeSet<&NodeName> = self.state.running().map(|other| &other.id().node).collect();
        (nodes.len() >= conduct.nodes_at_once && !nodes.contains(&step.id().node))
            .then_some(Why::NodesAtOnce(conduct.nodes_at_once))
    }
}
