//! When the run waits for the operator, who may be looking at something else.

use std::cmp::Reverse;

use crate::event::{Pace, RunOutcome};
use crate::state::{RunState, StepState};

/// What the run waits for the operator with; none while it goes on by itself. Another text is another call.
pub(super) fn waits_with(run: &RunState) -> Option<String> {
    if let Some(end) = &run.end {
        let how = match end.outcome {
            RunOutcome::Succeeded => "the run is done",
            RunOutcome::SucceededPartly => "the run is done, but for some workers",
            RunOutcome::Failed | RunOutcome::Unreachable => "the run has failed",
            RunOutcome::Cancelled => "the run was ended early",
        };
        return Some(how.to_owned());
    }
    let last = |step: &&StepState| Reverse(step.end.as_ref().map(|end| end.at));
    if let Some(step) = run.failed().min_by_key(last) {
        let others = run.failed().count().saturating_sub(1);
        return Some(match others {
            0 => format!("{} failed", step.id()),
            others => format!("{} failed, and {others} more", step.id()),
        });
    }
    if let Some(gate) = &run.gate {
        return Some(match &gate.obstacle {
            Some(obstacle) => obstacle.clone(),
            None => "the nodes are checked; nothing was changed yet".to_owned(),
        });
    }
    if run.running().next().is_some() || !run.conduct.interactive {
        return None;
    }
    let stands = run.next_step().and_then(|id| run.step(id))?;
    if stands.breakpoint && !stands.passed {
        return Some(format!("{} stands at its breakpoint", stands.id()));
    }
    (run.pace == Pace::Paused && run.target.is_none()).then(|| format!("paused before {}", stands.id()))
}
