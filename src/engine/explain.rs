//! Why a step is not running.

use std::fmt;

use crate::ids::StepId;
use crate::plan::step::{Need, Resource};

use super::{Engine, Status};

/// The reason, the nearest one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explain {
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
    /// It has a breakpoint.
    AtBreakpoint,
    /// The run is paused.
    Paused,
}

impl Engine {
    /// Why `step` is not running; none if the plan hasn't got it.
    pub fn explain(&self, step: &StepId) -> Option<Explain> {
        let &at = self.index.get(step)?;
        let slot = &self.slots[at];
        let unmet = |how_bad: fn(&Self, usize) -> bool| -> Vec<StepId> {
            slot.needs
                .iter()
                .filter(|&&(need, how)| !self.is_met(need, how) && how_bad(self, need))
                .map(|&(need, _)| self.slots[need].step.id.clone())
                .collect()
        };
        Some(match slot.status {
            Status::Running(_) | Status::Stopping(_) => Explain::Runs,
            Status::Pausing => Explain::PausesBeforeRetry,
            status if status.is_over() => Explain::Over,
            _ if self.cancel.is_some() => Explain::RunEnds,
            _ if self.is_barred(at) => Explain::OtherControlPlaneFailed,
            _ if slot.doomed => Explain::Doomed(unmet(|engine, need| {
                engine.slots[need].doomed
                    || matches!(engine.slots[need].status, Status::Failed | Status::Cancelled)
            })),
            _ if slot.needs.iter().any(|&(need, how): &(usize, Need)| !self.is_met(need, how)) => {
                Explain::Needs(unmet(|_, _| true))
            }
            _ => self.obstacle(at).unwrap_or(if slot.breakpoint && !slot.released {
                Explain::AtBreakpoint
            } else {
                Explain::Paused
            }),
        })
    }
}

impl fmt::Display for Explain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |steps: &[StepId]| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
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
            Self::AtBreakpoint => f.write_str("stands at its breakpoint"),
            Self::Paused => f.write_str("the run is paused"),
        }
    }
}
