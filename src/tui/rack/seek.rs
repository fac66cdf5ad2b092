//! To what the operator looks for, over the whole rack.

use super::{Rack, RowId};
use crate::ids::StepId;
use crate::state::{Prospect, RunState, Status, StepState};

impl Rack {
    /// To the next failed step, going round; false if there is none.
    pub fn next_failure(&mut self, run: &RunState) -> bool {
        self.next(run, |step| step.status == Status::Failed)
    }

    /// To the next step that waits for something outside, for its next try or for the operator; false if there is
    /// none.
    pub fn next_waiting(&mut self, run: &RunState) -> bool {
        let outlook = self.stale.is_obstructed(run).then(|| run.outlook());
        self.next(run, |step| match step.status {
            Status::Running { .. } => step.wait.is_some() || step.plan.is_wait(),
            Status::RetryPlanned { .. } => true,
            Status::Waiting => outlook.as_ref().is_some_and(|outlook| outlook.of(step) == Prospect::Held),
            _ => false,
        })
    }

    /// To the row of the node of that number, from 1; false if there is none.
    pub fn go_to_node(&mut self, run: &RunState, number: usize) -> bool {
        let Some(at) = number.checked_sub(1).and_then(|place| self.first_of(place)) else { return false };
        self.touched = true;
        self.select(at);
        self.grid.look_at(run, self.rows.get(self.at));
        true
    }

    /// To the next step, in the rack's order, that `is_it`.
    fn next(&mut self, run: &RunState, is_it: impl Fn(&StepState) -> bool) -> bool {
        let here = self.selected().map(|row| &row.id);
        let place = here.and_then(|id| run.nodes().position(|node| node.name == *id.node())).unwrap_or(0);
        let passed = here.map_or(0, |id| passed(run, id));
        let of = |place: usize| run.nodes().nth(place).into_iter().flat_map(|node| run.steps_of(&node.name));
        let nodes = run.nodes().len();
        let found: Option<StepId> = of(place)
            .skip(passed)
            .chain((place + 1..nodes).chain(0..place).flat_map(of))
            .chain(of(place).take(passed))
            .find(|step| is_it(step))
            .map(|step| step.id().clone());
        let Some(step) = found else { return false };
        self.go_to(run, step);
        true
    }
}

/// How many steps of its node are before what comes after that row.
fn passed(run: &RunState, id: &RowId) -> usize {
    let mut steps = run.steps_of(id.node());
    match id {
        RowId::Node(_) => 0,
        RowId::Group(_, phase) => {
            steps.position(|step| step.id().phase.is_within(phase.as_str())).unwrap_or(0)
        }
        RowId::Step(id) | RowId::Leaf(id, _) => steps.position(|step| step.id() == id).map_or(0, |at| at + 1),
    }
}
