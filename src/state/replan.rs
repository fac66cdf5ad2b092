//! A plan that is made anew while the run goes on.

use std::sync::Arc;

use super::{NodeState, RunState, Status, StepState};
use crate::event::NodeInfo;
use crate::ids::{NodeName, StepId};
use crate::plan::step::{Step, Work};

impl RunState {
    /// The plan has these steps and no others. A step that is out of it is kept for what it tells, if it was ever begun.
    pub(super) fn replace_plan(&mut self, steps: &[Step], complete: bool) {
        let mut former = std::mem::take(&mut self.steps);
        for node in self.nodes.values_mut().map(Arc::make_mut) {
            node.steps.clear();
        }
        self.index = super::index::Index::default();
        for step in steps {
            let mut state = former
                .shift_remove(&step.id)
                .map_or_else(|| StepState::new(step.clone()), Arc::unwrap_or_clone);
            state.plan = step.clone();
            state.planned = true;
            self.put(state);
        }
        for (_, state) in former {
            if !state.attempts.is_empty() {
                let mut state = Arc::unwrap_or_clone(state);
                state.planned = false;
                self.put(state);
            }
        }
        self.plan_complete = complete;
        self.gate = None;
    }

    /// The machines are these and no others, and `again` waits.
    pub(super) fn change_inventory(&mut self, nodes: &[NodeInfo], again: &[StepId]) {
        self.gate = None;
        let mut former = std::mem::take(&mut self.nodes);
        for info in nodes {
            let known = former.shift_remove(&info.name);
            let known = known.map_or_else(|| NodeState::new(info.name.clone()), Arc::unwrap_or_clone);
            let node = NodeState { info: Some(info.clone()), ..known };
            self.nodes.insert(info.name.clone(), Arc::new(node));
        }
        self.index = super::index::Index::default();
        for node in self.nodes.values_mut().map(Arc::make_mut) {
            node.steps.clear();
        }
        for (id, state) in std::mem::take(&mut self.steps) {
            let mut state = Arc::unwrap_or_clone(state);
            if !self.nodes.contains_key(&id.node) {
                continue;
            }
            if again.contains(&id) {
                state.status = Status::Waiting;
            }
            self.put(state);
        }
    }

    fn put(&mut self, state: StepState) {
        let (id, status) = (state.id().clone(), state.status);
        let (place, _) = self.steps.insert_full(id.clone(), Arc::new(state));
        self.index.add(place, status);
        self.node_mut(&id.node).steps.push(place);
    }

    /// The node's looks and every node's check wait again, and the plan is open. Once something has been changed, the
    /// others' checks stand.
    pub(super) fn recheck(&mut self, node: &NodeName) {
        self.plan_complete = false;
        self.gate = None;
        let every = !self.changed;
        for place in 0..self.steps.len() {
            self.change(place, |step| {
                let work = &step.plan.work;
                if step.planned
                    && ((every && *work == Work::Check) || (work.is_survey() && step.id().node == *node))
                {
                    step.status = Status::Waiting;
                }
            });
        }
    }
}
