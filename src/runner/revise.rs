//! A changed inventory becomes the run's: who is reached how, and the rest of the plan.

use std::collections::BTreeMap;

use crate::engine::Revised;
use crate::event::NodeInfo;
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Inventory;
use crate::plan::step::{Step, Work};
use crate::plan::{self};
use crate::state::{Change, Fate, Revision, RunState};
use crate::survey::facts::Facts;

use super::{Context, Planner};

impl Planner {
    /// Lets the run go by `wanted` as far as it can, or says why nothing of it applies.
    pub fn revise(&self, context: &Context, state: &RunState, wanted: &Inventory) -> Result<Revised, String> {
        let revision = Revision::of(state, &context.inventory(), wanted);
        if !revision.applies() {
            return Err("nothing of what changed can be applied any more".to_owned());
        }
        let Revision { inventory, changes, added, removed, again } = revision;
        let reached: Vec<NodeName> = added.iter().chain(&again).cloned().collect();
        context.hands.admit(&inventory, &reached, &context.enrol)?;
        context.forget(removed.iter().chain(&again));
        context.go_by(inventory.clone());
        let nodes = inventory.hosts.iter().map(info).collect();
        let stays = |change: &Change| match &change.fate {
            Fate::Stays(why) => Some(format!("{change} ({why})")),
            Fate::Applies(_) => None,
        };
        let kept = changes.iter().filter_map(stays).collect();
        let changes = changes.iter().filter(|change| change.applies()).map(Change::to_string).collect();
        let (steps, again, complete) = if state.changed {
            let steps = self.gone_on_with(context, state, &inventory);
            (steps, self.looks_again(state, &again), reached.is_empty())
        } else {
            let steps = self.looked_at(state, &inventory);
            let checks = inventory.hosts.iter().map(|host| StepId::new(host.name.clone(), "check"));
            let known = |id: &StepId| state.step(id).is_some_and(|step| step.planned);
            let again = self.looks_again(state, &again).into_iter().chain(checks.filter(known)).collect();
            (steps, again, false)
        };
        let options = &inventory.options;
        Ok(Revised {
            nodes,
            steps,
            complete,
            again,
            changes,
            kept,
            nodes_at_once: options.concurrency.max(1),
            joins_at_once: options.joins.max(1),
            workers_continue: options.workers_continue,
            worker_allowance: inventory.worker_allowance(),
        })
    }

    /// Nothing has been changed yet: all checks are made again, and what comes after them is planned then.
    fn looked_at(&self, state: &RunState, inventory: &Inventory) -> Vec<Step> {
        let mut steps = plan::survey(inventory, &self.wish);
        let planned = state.steps().filter(|step| step.planned && !step.plan.work.is_survey());
        let stays = planned.filter(|step| inventory.host(&step.id().node).is_some());
        steps.extend(stays.map(|step| step.plan.clone()));
        steps
    }

    /// Something has been changed: the others' looks stand, and the plan is made anew of what they said.
    fn gone_on_with(&self, context: &Context, state: &RunState, inventory: &Inventory) -> Vec<Step> {
        let mut steps = plan::survey(inventory, &self.wish);
        steps.extend(self.rest(context, state));
        steps
    }

    /// The looks of `nodes` that are in the plan.
    #[expect(clippy::unused_self, reason = "one of the planner's parts")]
    fn looks_again(&self, state: &RunState, nodes: &[NodeName]) -> Vec<StepId> {
        let of = nodes.iter().flat_map(|node| state.steps_of(node));
        of.filter(|step| step.planned && step.plan.work.is_survey()).map(|step| step.id().clone()).collect()
    }

    /// All but the looks, for a run that has begun to change something: a node that was not looked at, or is not fit, is
    /// not in it.
    pub(super) fn rest(&self, context: &Context, state: &RunState) -> Vec<Step> {
        let leader = context.leader.borrow().clone().filter(|leader| context.host(leader).is_some());
        let Some(leader) = leader.or_else(|| self.leader(context)) else { return Vec::new() };
        context.resolve_version(&leader);
        let Some(version) = context.cluster_version() else { return Vec::new() };
        let fit = |node: &NodeName| {
            let check = state.step(&StepId::new(node.clone(), "check"));
            check.is_none_or(|check| check.status.is_settled())
        };
        let facts: BTreeMap<NodeName, Facts> = context
            .facts
            .borrow()
            .iter()
            .filter(|(node, _)| fit(node))
            .map(|(n, f)| (n.clone(), f.clone()))
            .collect();
        let inventory = context.inventory();
        let ground = self.ground(&inventory, &facts, &version, &leader);
        let plan = self.with_resets(&ground, plan::run(&ground, &self.shape()));
        let leaving = |step: &&crate::state::StepState| step.planned && step.plan.takes_out();
        let mut reset: Vec<&NodeName> = state.steps().filter(leaving).map(|step| &step.id().node).collect();
        reset.dedup();
        reset.into_iter().filter(|node| facts.contains_key(*node)).fold(plan, |plan, node| {
            let evicted =
                |step: &crate::state::StepState| step.planned && matches!(step.plan.work, Work::Evict { .. });
            let joined = state.steps_of(node).any(evicted);
            plan::rejoin(&ground, &self.shape(), plan, node, joined)
        })
    }
}

impl Context {
    /// What was learnt of these nodes counts no more; every configuration is written again before it is read.
    fn forget<'a>(&self, nodes: impl Iterator<Item = &'a NodeName>) {
        self.configs.borrow_mut().clear();
        self.across.take();
        let (mut facts, mut boots) = (self.facts.borrow_mut(), self.boots.borrow_mut());
        for node in nodes {
            facts.remove(node);
            boots.remove(node);
        }
    }
}

/// A machine of the run, as events name it.
fn info(host: &crate::inventory::model::Host) -> NodeInfo {
    NodeInfo {
        name: host.name.clone(),
        role: host.role,
        address: host.ssh.address.clone(),
        rack: host.rack.clone(),
    }
}
