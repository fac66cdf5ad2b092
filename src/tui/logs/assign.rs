//! Which running step goes to which pane, in a calm way.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

use super::{Pane, Source};
use crate::ids::{NodeName, StepId};
use crate::state::{RunState, Status, StepState};

/// How long a pane keeps a step that is over.
pub(super) const CALM: Duration = Duration::from_secs(3);

/// Gives a running step to every pane that has none, or one that has been over for a while. A pane stays with its node
/// if it can; what failed is let go of last.
pub(super) fn assign(panes: &mut [Pane], run: &RunState, now: Duration, one_per_node: bool) {
    for pane in panes.iter_mut().filter(|pane| pane.source == Source::Running) {
        let since = pane.over.unwrap_or(now);
        pane.over = (pane.step.is_some() && !runs(pane, run)).then_some(since);
    }
    let mut waiting = unshown(panes, run);
    if one_per_node {
        let mut nodes = running_nodes(panes, run);
        waiting.retain(|step| nodes.insert(step.id().node.clone()));
    }
    let mut free: Vec<usize> = (0..panes.len()).filter(|&at| is_free(&panes[at], now)).collect();
    free.sort_by_key(|&at| (failed(&panes[at], run), panes[at].over));
    // First those that can stay with their node.
    free.retain(|&at| {
        let node = panes[at].step.as_ref().map(|step| &step.node);
        let Some(found) = waiting.iter().position(|step| Some(&step.id().node) == node) else { return true };
        panes[at].turn_to(Some(waiting.remove(found).id().clone()));
        false
    });
    for (at, step) in free.into_iter().zip(waiting) {
        panes[at].turn_to(Some(step.id().clone()));
    }
}

/// Running steps that no such pane shows, the one that started last first.
pub(super) fn unshown<'a>(panes: &[Pane], run: &'a RunState) -> Vec<&'a StepState> {
    let shown: BTreeSet<&StepId> = followers(panes).filter_map(Pane::step).collect();
    let mut steps: Vec<_> = run.running().filter(|step| !shown.contains(step.id())).collect();
    steps.sort_by_key(|step| match step.status {
        Status::Running { since, .. } => Reverse(since),
        _ => Reverse(Duration::ZERO),
    });
    steps
}

/// The nodes of which a running step is shown.
pub(super) fn running_nodes(panes: &[Pane], run: &RunState) -> BTreeSet<NodeName> {
    followers(panes)
        .filter(|pane| runs(pane, run))
        .filter_map(|pane| Some(pane.step()?.node.clone()))
        .collect()
}

/// Whether the pane's step has been over for `long`, and nobody needs to see why.
pub(super) fn is_done_with(pane: &Pane, run: &RunState, now: Duration, long: Duration) -> bool {
    pane.source == Source::Running
        && !failed(pane, run)
        && pane.over.is_some_and(|since| now.saturating_sub(since) >= long)
}

fn followers(panes: &[Pane]) -> impl Iterator<Item = &Pane> {
    panes.iter().filter(|pane| pane.source == Source::Running)
}

fn is_free(pane: &Pane, now: Duration) -> bool {
    let over = || pane.over.is_some_and(|since| now.saturating_sub(since) >= CALM);
    // Whoever reads on in it must not lose it.
    pane.source == Source::Running
        && (pane.step.is_none() || (over() && pane.top.is_none() && pane.frozen.is_none()))
}

fn runs(pane: &Pane, run: &RunState) -> bool {
    let step = pane.step().and_then(|step| run.step(step));
    step.is_some_and(|step| matches!(step.status, Status::Running { .. }))
}

fn failed(pane: &Pane, run: &RunState) -> bool {
    pane.step().and_then(|step| run.step(step)).is_some_and(|step| step.status == Status::Failed)
}
