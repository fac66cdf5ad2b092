//! What became of a node, in one word and one time.

use std::time::Duration;

use super::style::Mark;
use crate::ids::PhaseId;
use crate::state::{NodeState, RunState, Status};

/// One node summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeTally<'a> {
    pub(super) mark: Mark,
    /// Steps succeeded or skipped.
    pub(super) settled: usize,
    pub(super) total: usize,
    /// In which something ran there.
    pub(super) time: Duration,
    pub(super) failed_at: Option<&'a PhaseId>,
}

/// Sums a node up.
pub(super) fn tally<'a>(state: &'a RunState, node: &NodeState) -> NodeTally<'a> {
    let mut sum = NodeTally { mark: Mark::Done, settled: 0, total: 0, time: Duration::ZERO, failed_at: None };
    let mut cancelled = false;
    let mut open = false;
    for step in state.steps_of(&node.name) {
        sum.total += 1;
        sum.settled += usize::from(step.status.is_settled());
        match step.status {
            Status::Failed => sum.failed_at = sum.failed_at.or(Some(&step.plan.id.phase)),
            Status::Cancelled => cancelled = true,
            Status::Waiting | Status::Running { .. } | Status::RetryPlanned { .. } => open = true,
            Status::Succeeded | Status::Skipped => {}
        }
    }
    sum.time = state.spent_on(&node.name, state.elapsed).map_or(Duration::ZERO, |spent| spent.time);
    sum.mark = match (sum.failed_at, cancelled, open) {
        (Some(_), ..) => Mark::Failed,
        (None, true, _) => Mark::Stopped,
        (None, false, true) if state.end.is_some() => Mark::Stopped,
        (None, false, true) => Mark::Running,
        _ => Mark::Done,
    };
    sum
}
