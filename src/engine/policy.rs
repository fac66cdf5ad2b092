//! How a run is to be conducted.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::Pace;
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Role;

/// Settings of the engine; fixed for a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// An operator is there: failures wait for a decision, and nothing is tried again by itself.
    pub interactive: bool,
    /// How steps start at the beginning.
    pub pace: Pace,
    /// Once the checks are over and before anything is changed, wait for the operator.
    pub gate_after_check: bool,
    /// Nodes worked on at once.
    pub nodes_at_once: usize,
    /// Join steps at once.
    pub joins_at_once: usize,
    /// How often a safe step is tried again by itself.
    pub retries: u32,
    /// The pause before the first of these; it doubles from try to try.
    pub retry_pause: Duration,
    /// Whether the others go on when a worker fails.
    pub workers_continue: bool,
    /// How many workers may fail and the run still counts as done.
    pub worker_allowance: usize,
    /// Every node's role.
    pub roles: BTreeMap<NodeName, Role>,
    /// Stop before steps whose phase matches one of these.
    pub breaks: Vec<String>,
    /// Leave out steps whose phase matches, with the reason.
    pub skips: Vec<(String, String)>,
    /// The run's own limit.
    pub time_limit: Option<Duration>,
}

impl Policy {
    /// What `--auto` does: no operator, all at once, safe steps tried three times.
    pub fn auto(roles: BTreeMap<NodeName, Role>) -> Self {
        Self {
            interactive: false,
            pace: Pace::Continuous,
            gate_after_check: false,
            nodes_at_once: 30,
            joins_at_once: 10,
            retries: 2,
            retry_pause: Duration::from_secs(5),
            workers_continue: true,
            worker_allowance: 0,
            roles,
            breaks: Vec::new(),
            skips: Vec::new(),
            time_limit: None,
        }
    }

    /// Whether the node of `step` becomes a control plane.
    pub(super) fn is_control_plane(&self, step: &StepId) -> bool {
        self.roles.get(&step.node) == Some(&Role::ControlPlane)
    }

    pub(super) fn wants_break(&self, step: &StepId) -> bool {
        self.breaks.iter().any(|pattern| step.phase.matches(pattern))
    }

    pub(super) fn skip_reason(&self, step: &StepId) -> Option<String> {
        self.skips.iter().find(|(pattern, _)| step.phase.matches(pattern)).map(|(_, why)| why.clone())
    }
}
