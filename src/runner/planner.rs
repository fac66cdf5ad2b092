//! From what the nodes said, and what an earlier console did, to the rest of the plan.

use std::collections::BTreeMap;

use crate::diag::Severity;
use crate::engine::Input;
use crate::ids::{NodeName, StepId};
use crate::inventory::model::{Inventory, Role};
use crate::plan::step::Step;
use crate::plan::{self, Ground, Wish};
use crate::state::{RunState, Status, StepState};
use crate::survey::facts::{Facts, Membership};
use crate::version::Version;

use super::context::{INIT_CONFIG, JOIN_CONFIG};
use super::{Context, restore};

/// What a run is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// A cluster.
    Cluster,
    /// A look at the nodes, no more.
    Look,
    /// These nodes out again; empty: all.
    Reset(Vec<NodeName>),
}

/// Makes a run's plan, in two parts: first the looking, then the rest.
#[derive(Debug)]
pub struct Planner {
    /// What the run is for.
    pub goal: Goal,
    /// The operator's choices.
    pub wish: Wish,
    /// What an earlier console's journal says.
    pub former: Option<RunState>,
}

/// The second part.
#[derive(Debug)]
pub struct Plan {
    /// For the engine, in order.
    pub inputs: Vec<Input>,
    /// For the operator.
    pub notices: Vec<(Severity, String)>,
}

impl Planner {
    /// The first part: connect, probe, check.
    pub fn survey(&self, context: &Context) -> Input {
        let steps = plan::survey(&context.inventory(), &self.wish);
        Input::Extend { steps, complete: self.goal == Goal::Look, restored: Vec::new() }
    }

    /// The second part, once all of the first is over.
    pub async fn plan(&mut self, context: &Context, state: &RunState) -> Plan {
        if state.changed {
            return self.plan_of_newcomers(context, state);
        }
        let mut notices = Vec::new();
        let inventory = context.inventory();
        if let Some(why) = self.obstacle(&inventory, state) {
            return refuse(why);
        }
        let Some(leader) = self.leader(context) else {
            return refuse("the inventory has no control plane".to_owned());
        };
        context.resolve_version(&leader);
        let Some(version) = context.cluster_version() else {
            return refuse(format!(
                "the version to install is not known: {leader} has no kubeadm, and the inventory names none"
            ));
        };
        let facts = context.facts.borrow().clone();
        if let Some(why) = self.ahead_of_its_time(&leader, &facts) {
            return refuse(why);
        }
        let ground = self.ground(&inventory, &facts, &version, &leader);
        let steps = match &self.goal {
            Goal::Reset(nodes) => plan::reset(&ground, nodes),
            Goal::Cluster => self.with_resets(&ground, plan::run(&ground, &self.shape())),
            Goal::Look => Vec::new(),
        };
        let restored = match &self.former {
            Some(former) => {
                let secrets = context.recover_secrets().await;
                if !secrets {
                    let text = "the former run's secrets are gone from the first control plane: new ones are made and published again";
                    notices.push((Severity::Note, text.to_owned()));
                }
                restore::restore(context, former, &steps, &facts, secrets)
            }
            None => Vec::new(),
        };
        Plan { inputs: vec![Input::Extend { steps, complete: true, restored }], notices }
    }

    /// The plan of a run under way, in which `node` is reset and begun anew.
    pub fn anew(&self, context: &Context, state: &RunState, node: &NodeName) -> Vec<Step> {
        let known = state.steps().filter(|step| step.planned).map(|step| step.plan.clone());
        let (mut whole, plan): (Vec<Step>, Vec<Step>) = known.partition(|step| step.work.is_survey());
        let facts = context.facts.borrow().clone();
        let leader = context.leader.borrow().clone();
        let (Some(leader), Some(version)) = (leader, context.cluster_version()) else {
            whole.extend(plan);
            return whole;
        };
        context.forget_cluster_of(node);
        let inventory = context.inventory();
        let ground = self.ground(&inventory, &facts, &version, &leader);
        let joins = |step: &StepState| {
            let phase = &step.id().phase;
            phase.is_within("join") && phase.as_str() != "join/preflight" && !step.attempts.is_empty()
        };
        let joined = state.steps_of(node).any(joins)
            || facts.get(node).is_some_and(|facts| facts.membership() != Membership::Fresh);
        whole.extend(plan::rejoin(&ground, &self.shape(), plan, node, joined));
        whole
    }

    /// The plan of a run under way, once nodes were looked at that came to it later.
    fn plan_of_newcomers(&self, context: &Context, state: &RunState) -> Plan {
        let unfit = state.failed().filter(|step| step.plan.work.is_survey() && step.planned);
        let mut nodes: Vec<&str> = unfit.map(|step| step.id().node.as_str()).collect();
        nodes.dedup();
        let notices = if nodes.is_empty() {
            Vec::new()
        } else {
            let text = format!(
                "{} can't take part as things stand: mend what was found, then check again",
                nodes.join(", ")
            );
            vec![(Severity::Warning, text)]
        };
        let steps = self.rest(context, state);
        Plan { inputs: vec![Input::Extend { steps, complete: true, restored: Vec::new() }], notices }
    }

    /// What the former run had begun to reset is reset first.
    pub(super) fn with_resets(&self, ground: &Ground<'_>, plan: Vec<Step>) -> Vec<Step> {
        let leaving = self.former.iter().flat_map(RunState::nodes).filter(|node| node.leaves);
        leaving.map(|node| &node.name).fold(plan, |plan, node| {
            if plan.iter().any(|step| step.id.node == *node) {
                plan::rejoin(ground, &self.shape(), plan, node, true)
            } else {
                plan
            }
        })
    }

    pub(super) fn ground<'a>(
        &self,
        inventory: &'a Inventory,
        facts: &'a BTreeMap<NodeName, Facts>,
        version: &'a Version,
        leader: &'a NodeName,
    ) -> Ground<'a> {
        Ground {
            inventory,
            facts,
            version,
            leader,
            resuming: self.former.is_some(),
            init_config: INIT_CONFIG,
            join_config: JOIN_CONFIG,
        }
    }

    /// The operator's choices, and groups that the former run had in leaves stay so: some of them may be done.
    pub(super) fn shape(&self) -> Wish {
        let mut wish = self.wish.clone();
        let leaves = self.former.iter().flat_map(RunState::steps).filter(|step| {
            step.plan.command().is_some() && step.plan.covers.is_empty() && step.id().phase.parent().is_some()
        });
        wish.split.extend(leaves.map(|step| step.id().phase.to_string()));
        wish
    }

    /// Where `init` ran in the former run, or is to run.
    pub(super) fn leader(&self, context: &Context) -> Option<NodeName> {
        let began = self.former.as_ref().and_then(|former| {
            let of_init = |id: &StepId| id.phase.is_within("init");
            former.steps().map(StepState::id).find(|id| of_init(id)).map(|id| id.node.clone())
        });
        began.or_else(|| plan::leader(&context.inventory(), &context.facts.borrow()))
    }

    /// Why a run would change nothing, given how the looking went and what the nodes said; none where it would go ahead.
    pub fn refusal(
        &self,
        inventory: &Inventory,
        state: &RunState,
        leader: &NodeName,
        facts: &BTreeMap<NodeName, Facts>,
    ) -> Option<String> {
        self.obstacle(inventory, state).or_else(|| self.ahead_of_its_time(leader, facts))
    }

    /// Why others can't be brought into a cluster that is not there.
    fn ahead_of_its_time(&self, leader: &NodeName, facts: &BTreeMap<NodeName, Facts>) -> Option<String> {
        let in_a_cluster =
            facts.get(leader).is_some_and(|facts| facts.membership() == Membership::ControlPlane);
        let of_cluster = self.goal == Goal::Cluster && self.former.is_none();
        (of_cluster && !in_a_cluster && !self.wish.wants(leader)).then(|| {
            format!("nothing was changed: there is no cluster yet that others could join; bring {leader} up first, or name it as well")
        })
    }

    /// Why nothing may be changed, given how the looking went.
    fn obstacle(&self, inventory: &Inventory, state: &RunState) -> Option<String> {
        let failed = |phase: &str| -> Vec<NodeName> {
            state
                .failed()
                .filter(|step| step.id().phase.as_str() == phase)
                .map(|step| step.id().node.clone())
                .collect()
        };
        let names = |nodes: &[NodeName]| nodes.iter().map(NodeName::as_str).collect::<Vec<_>>().join(", ");
        let wanted = |node: &NodeName| self.concerns(node);
        let unfit: Vec<NodeName> =
            failed("check").into_iter().chain(failed("probe")).filter(&wanted).collect();
        if !unfit.is_empty() {
            return Some(format!(
                "nothing was changed: mend what the checks found on {} first",
                names(&unfit)
            ));
        }
        let away: Vec<NodeName> = failed("connect").into_iter().filter(&wanted).collect();
        let (control_planes, workers): (Vec<_>, Vec<_>) = away
            .into_iter()
            .partition(|node| inventory.host(node).is_some_and(|host| host.role == Role::ControlPlane));
        if !control_planes.is_empty() {
            return Some(format!("nothing was changed: {} can't be reached", names(&control_planes)));
        }
        let allowed = if inventory.options.workers_continue { inventory.worker_allowance() } else { 0 };
        if workers.len() > allowed {
            return Some(format!(
                "nothing was changed: {} can't be reached, and the inventory allows for {allowed} failed workers",
                names(&workers)
            ));
        }
        let cancelled = state.cancel.is_some()
            || state.steps().any(|step| matches!(step.status, Status::Cancelled) && wanted(&step.id().node));
        cancelled.then(|| "nothing was changed".to_owned())
    }

    fn concerns(&self, node: &NodeName) -> bool {
        match &self.goal {
            Goal::Reset(nodes) => nodes.is_empty() || nodes.contains(node),
            Goal::Cluster | Goal::Look => self.wish.wants(node),
        }
    }
}

/// Nothing is planned, and why is said.
fn refuse(why: String) -> Plan {
    Plan { notices: vec![(Severity::Error, why.clone())], inputs: vec![Input::Refuse(why)] }
}
