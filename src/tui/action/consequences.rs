//! What a run goes without when steps are left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Knowledge, knowledge};
use crate::ids::StepId;
use crate::plan::step::Need;
use crate::state::{RunState, StepState};
use crate::version::Version;

/// What steps on other nodes rely on as well; everything else a phase provides stays on its node.
const OF_THE_CLUSTER: [&str; 6] =
    ["api", "kubeadm-config", "kubelet-config", "bootstrap-token", "cluster-info", "kubeadm-certs"];

/// What leaving steps out means for the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consequences {
    /// Steps that wait for them, and start without them.
    pub without: Vec<StepId>,
    /// What nobody else provides, and who relies on it.
    pub lacking: BTreeMap<&'static str, Vec<StepId>>,
}

/// Of leaving out `skipped`, as the plan's edges and the catalog have it, in the release of each node's kubeadm.
pub fn consequences(run: &RunState, skipped: &[StepId]) -> Consequences {
    let needs_one_of = |step: &StepState, of: &BTreeSet<&StepId>| {
        step.plan.after.iter().any(|edge| edge.need == Need::Done && of.contains(&edge.step))
    };
    let left_out: BTreeSet<&StepId> = skipped.iter().collect();
    let open = |step: &&StepState| !step.status.is_settled() && !left_out.contains(step.id());
    let without = run.steps().filter(open).filter(|step| needs_one_of(step, &left_out));
    let mut found =
        Consequences { without: without.map(|step| step.id().clone()).collect(), ..Consequences::default() };
    // Plan order: whoever comes after one of them, by way of others or not.
    let mut after = left_out.clone();
    for step in run.steps() {
        if needs_one_of(step, &after) {
            after.insert(step.id());
        }
    }
    let known: BTreeMap<&StepId, Knowledge> =
        run.steps().filter_map(|step| Some((step.id(), of(run, step.id())?))).collect();
    for missing in skipped {
        let Some(provider) = known.get(missing) else { continue };
        for step in run.steps().filter(open).filter(|step| after.contains(step.id())) {
            let Some(relying) = known.get(step.id()) else { continue };
            for word in provider.provides.iter().filter(|word| relying.needs.contains(word)) {
                let near = step.id().node == missing.node;
                let other = known.iter().any(|(id, knowledge)| {
                    id.node == step.id().node
                        && *id != step.id()
                        && !left_out.contains(*id)
                        && knowledge.provides.contains(word)
                });
                if (near || OF_THE_CLUSTER.contains(word)) && !other {
                    let lacking = found.lacking.entry(word).or_default();
                    if !lacking.contains(step.id()) {
                        lacking.push(step.id().clone());
                    }
                }
            }
        }
    }
    found
}

/// What the catalog knows of a step's phase, in the release of the node's kubeadm.
pub fn of(run: &RunState, step: &StepId) -> Option<Knowledge> {
    knowledge(&step.phase, &version(run, step)?)
}

/// The node's own, or any node's: a rack has one release.
fn version(run: &RunState, step: &StepId) -> Option<Version> {
    let own = run.node(&step.node).into_iter();
    own.chain(run.nodes()).find_map(|node| node.facts.as_ref()?.kubeadm.clone())
}
