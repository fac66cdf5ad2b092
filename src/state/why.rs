//! Why a step is not running.

use std::fmt;

use super::fate::Fates;
use super::{RunState, Status};
use crate::event::Pace;
use crate::ids::StepId;
use crate::plan::step::Resource;

/// The reason, the nearest one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The plan hasn't got it.
    NotPlanned,
    /// It is running.
    Runs,
    /// It is over.
    Over,
    /// It will be tried again by itself.
    PausesBeforeRetry,
    /// Steps it needs are not done.
    Needs(Vec<StepId>),
    /// A step that it needs failed or can't run.
    Doomed(Vec<StepId>),
    /// Another control plane failed to join.
    OtherControlPlaneFailed,
    /// The run is being ended.
    RunEnds,
    /// Another step holds what it needs.
    TakesTurns {
        /// What.
        resource: Resource,
        /// Who.
        with: StepId,
    },
    /// So many nodes are being worked on already.
    NodesAtOnce(usize),
    /// The nodes are checked first.
    Checks,
    /// It has a breakpoint.
    AtBreakpoint,
    /// The run is paused.
    Paused,
    /// Nothing keeps it; it is about to start.
    Starts,
}

impl RunState {
    /// Why `step` is not running, as far as events tell: what the engine would say.
    pub fn why(&self, step: &StepId) -> Why {
        Fates::new(self).why(step)
    }
}

impl Fates<'_> {
    pub(super) fn why(&self, id: &StepId) -> Why {
        let Some((place, step)) = self.planned(id) else { return Why::NotPlanned };
        match step.status {
            Status::Running { .. } => Why::Runs,
            Status::RetryPlanned { .. } => Why::PausesBeforeRetry,
            status if status.is_over() => Why::Over,
            _ if self.state.cancel.is_some() => Why::RunEnds,
            _ if self.is_barred(id) => Why::OtherControlPlaneFailed,
            _ if self.is_doomed(place) => Why::Doomed(self.unmet(step, true)),
            _ => match self.unmet(step, false) {
                needs if !needs.is_empty() => Why::Needs(needs),
                _ => self.obstacle(step).unwrap_or_else(|| self.hold(step)),
            },
        }
    }

    /// What holds a step back that could start.
    fn hold(&self, step: &super::StepState) -> Why {
        if step.plan.work.starts_at_any_pace() {
            Why::Starts
        } else if step.breakpoint && !step.passed {
            Why::AtBreakpoint
        } else if self.state.pace == Pace::Paused && !self.is_on_the_way(step.id()) {
            Why::Paused
        } else {
            Why::Starts
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |steps: &[StepId]| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::NotPlanned => f.write_str("it is not in the plan"),
            Self::Runs => f.write_str("it is running"),
            Self::Over => f.write_str("it is over"),
            Self::PausesBeforeRetry => f.write_str("it failed and will be tried again by itself"),
            Self::Needs(steps) => write!(f, "waits for {}", list(steps)),
            Self::Doomed(steps) => write!(f, "can't run, because of {}", list(steps)),
            Self::OtherControlPlaneFailed => {
                f.write_str("another control plane failed to join; mend that one first")
            }
            Self::RunEnds => f.write_str("the run is being ended"),
            Self::TakesTurns { resource: Resource::Kubeadm(node), with } => {
                write!(f, "one kubeadm at a time on {node}: {with} runs")
            }
            Self::TakesTurns { resource: Resource::EtcdMembership, with } => {
                write!(f, "one change of etcd's members at a time: {with} runs")
            }
            Self::TakesTurns { resource: Resource::Join, .. } => {
                f.write_str("as many nodes are joining as may join at once")
            }
            Self::NodesAtOnce(limit) => write!(f, "{limit} nodes are being worked on already"),
            Self::Checks => f.write_str("the nodes are checked first"),
            Self::AtBreakpoint => f.write_str("stands at its breakpoint"),
            Self::Paused => f.write_str("the run is paused"),
            Self::Starts => f.write_str("it is about to start"),
        }
    }
}
