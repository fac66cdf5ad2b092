//! A plan being written.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::catalog::{self, Command, RetryClass};
use crate::ids::{NodeName, PhaseId, StepId};
use crate::inventory::model::{HookPoint, Host};
use crate::survey::facts::{Facts, Membership};
use crate::version::Version;

use super::ground::Ground;
use super::select::Wish;
use super::step::{Edge, Need, Resource, Step, Work};
use super::units::Unit;

/// A step of ours; it may always be run again.
pub(super) fn own(id: StepId, work: Work, after: Vec<Edge>, budget: Duration) -> Step {
    Step { id, work, after, holds: Vec::new(), covers: Vec::new(), retry: RetryClass::Safe, budget }
}

/// A plan being written.
pub(super) struct Draft<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) wish: &'a Wish,
    pub(super) steps: Vec<Step>,
}

impl Draft<'_> {
    pub(super) fn facts(&self, node: &NodeName) -> Option<&Facts> {
        self.ground.facts.get(node)
    }

    /// The node's own kubeadm decides what its phases are called.
    pub(super) fn kubeadm(&self, node: &NodeName) -> Version {
        self.facts(node)
            .and_then(|facts| facts.kubeadm.clone())
            .unwrap_or_else(|| self.ground.version.clone())
    }

    pub(super) fn takes_part(&self, host: &Host) -> bool {
        self.wish.wants(&host.name) && self.ground.facts.contains_key(&host.name)
    }

    /// Whether the node still has to be brought in.
    pub(super) fn is_new(&self, node: &NodeName) -> bool {
        let Some(facts) = self.facts(node) else { return false };
        self.ground.resuming
            || self.goes_on(node)
            || matches!(facts.membership(), Membership::Fresh | Membership::Partial)
    }

    /// Whether the operator names a phase of this node's to go on from, whatever the node looks like.
    fn goes_on(&self, node: &NodeName) -> bool {
        let command = if node == self.ground.leader { Command::Init } else { Command::Join };
        self.wish.from.as_ref().is_some_and(|from| {
            catalog::tree(command, &self.kubeadm(node)).iter().any(|phase| phase.id.matches(from))
        })
    }

    /// Adds a step of ours and says its name.
    pub(super) fn own(
        &mut self,
        node: &NodeName,
        phase: &str,
        work: Work,
        after: Vec<Edge>,
        budget: Duration,
    ) -> StepId {
        let id = StepId::new(node.clone(), phase);
        let mut after = after;
        after.insert(0, Edge::done(StepId::new(node.clone(), "check")));
        self.steps.push(own(id.clone(), work, after, budget));
        id
    }

    /// Adds a command of kubeadm's and says its name.
    pub(super) fn kubeadm_step(
        &mut self,
        node: &NodeName,
        unit: Unit,
        after: Vec<Edge>,
        mut holds: Vec<Resource>,
    ) -> StepId {
        let id = StepId::new(node.clone(), unit.phase);
        holds.insert(0, Resource::Kubeadm(node.clone()));
        self.steps.push(Step {
            id: id.clone(),
            work: Work::Kubeadm { args: unit.args },
            after,
            holds,
            covers: unit.covers,
            retry: unit.retry,
            budget: unit.budget,
        });
        id
    }

    /// Before 1.28 the configuration file can't say `all` (kubeadm.md §2.5): the command line has to.
    pub(super) fn ignore_all(&self, kubeadm: &Version, commands: &mut [Unit]) {
        let all = self.ground.inventory.kubernetes.ignore_preflight_errors.iter().any(|name| name == "all");
        if !all || kubeadm.at_least(28) {
            return;
        }
        for command in commands.iter_mut().filter(|command| command.phase.leaf() == "preflight") {
            command.args.push("--ignore-preflight-errors=all".to_owned());
        }
    }

    /// The first step on `node` that runs `phase`, alone or within a group.
    pub(super) fn runs(&self, node: &NodeName, phase: &str) -> Option<StepId> {
        let wanted = PhaseId::new(phase);
        self.steps
            .iter()
            .rev()
            .find(|step| {
                step.id.node == *node && (step.id.phase.is_within(phase) || step.covers.contains(&wanted))
            })
            .map(|step| step.id.clone())
    }

    /// Hooks of one point, in the inventory's order, one after the other; the last one's name.
    pub(super) fn hooks(&mut self, host: &Host, at: HookPoint, after: &[Edge]) -> Vec<Edge> {
        let mut after = after.to_vec();
        let budget = Duration::from_secs(600);
        let hooks: Vec<_> = self
            .ground
            .inventory
            .hooks
            .iter()
            .filter(|hook| hook.at == at && hook.role.is_none_or(|role| role == host.role))
            .cloned()
            .collect();
        for (number, hook) in (1..).zip(hooks) {
            let name = match at {
                HookPoint::BeforeNode => "before",
                HookPoint::AfterApi => "api",
                HookPoint::AfterNode => "after",
            };
            let id = self.own(
                &host.name,
                &format!("hook-{name}-{number}"),
                Work::Hook { run: hook.run },
                after,
                budget,
            );
            after = vec![Edge::done(id)];
        }
        after
    }

    /// Labels, the look at what the node became, and the operator's last word.
    pub(super) fn finish_node(&mut self, host: &Host, after: Vec<Edge>) {
        let mut after = after;
        let is_new = !after.is_empty();
        if is_new && !host.labels.is_empty() {
            let labels = host.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let id = self.own(&host.name, "label", Work::Label { labels }, after, Duration::from_secs(60));
            after = vec![Edge::done(id)];
        }
        let budget = self.ground.inventory.options.node_ready_timeout;
        let verified = self.own(&host.name, "verify", Work::Verify, after, budget);
        if is_new {
            self.hooks(host, HookPoint::AfterNode, &[Edge::done(verified)]);
        }
    }

    /// Secrets go from a node when all its steps are over; from the first control plane, when everybody's are.
    pub(super) fn clean_up(&mut self) {
        let holders: BTreeSet<NodeName> = self
            .steps
            .iter()
            // Where there is nothing else to do, a console that was lost may have left its own.
            .filter(|step| matches!(step.work, Work::WriteConfig | Work::Verify))
            .map(|step| step.id.node.clone())
            .collect();
        let all: Vec<StepId> = self.steps.iter().map(|step| step.id.clone()).collect();
        for node in holders {
            let after = all
                .iter()
                .filter(|id| id.node == node || node == *self.ground.leader)
                .map(|id| Edge { step: id.clone(), need: Need::Over })
                .collect();
            self.steps.push(own(
                StepId::new(node, "clean-up"),
                Work::CleanUp,
                after,
                Duration::from_secs(120),
            ));
        }
    }
}
