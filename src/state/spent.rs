//! How long several steps kept their machine busy.

use std::time::Duration;

use super::{AttemptState, RunState, Status, StepState};
use crate::ids::NodeName;

/// Time in which at least one of some steps ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// How much: what lay between their tries, a pause of the operator's or the turn of others, is not in it.
    pub time: Duration,
    /// Whether one of them runs.
    pub runs: bool,
}

impl Spent {
    /// On `steps`, every try of them, up to `now`; none before the first. A try that nobody saw end counts for nothing.
    pub fn on<'a>(steps: impl IntoIterator<Item = &'a StepState>, now: Duration) -> Option<Self> {
        let mut spent = Self::default();
        let mut tries = Vec::new();
        for step in steps {
            spent.runs |= matches!(step.status, Status::Running { .. });
            tries.extend(step.attempts.iter().map(|attempt| (attempt.started, end(step, attempt, now))));
        }
        tries.sort_unstable();
        let mut until = tries.first()?.0;
        for (start, end) in tries {
            spent.time += end.saturating_sub(start.max(until));
            until = until.max(end);
        }
        Some(spent)
    }
}

fn end(step: &StepState, attempt: &AttemptState, now: Duration) -> Duration {
    match (&attempt.end, step.status) {
        (Some(end), _) => end.at,
        (None, Status::Running { attempt: runs, .. }) if runs == attempt.number => now,
        (None, _) => attempt.started,
    }
}

impl RunState {
    /// Time in which something ran on a node, up to `now`.
    pub fn spent_on(&self, node: &NodeName, now: Duration) -> Option<Spent> {
        Spent::on(self.steps_of(node), now)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::class::RetryClass;
    use crate::event::StepOutcome;
    use crate::ids::{Attempt, StepId};
    use crate::plan::step::{Step, Work};
    use crate::state::{End, Tail};

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A step with these tries: from, and to if it ended.
    fn step(tries: &[(u64, Option<u64>)]) -> StepState {
        let mut step = StepState::new(Step {
            id: StepId::new(NodeName::new("bettley").unwrap(), "init/certs/ca"),
            work: Work::Verify,
            after: Vec::new(),
            holds: Vec::new(),
            covers: Vec::new(),
            retry: RetryClass::Safe,
            budget: secs(60),
        });
        for ((start, end), number) in tries.iter().zip(1..) {
            let end = end.map(|end| End {
                outcome: StepOutcome::Failed,
                at: secs(end),
                duration: secs(end - start),
                rc: None,
                reason: None,
                diagnosis: None,
            });
            step.attempts.push(AttemptState {
                number: Attempt(number),
                started: secs(*start),
                started_at: jiff::Timestamp::UNIX_EPOCH,
                command: None,
                reattached: false,
                interrupted: false,
                end,
                output: Tail::default(),
                files: None,
            });
        }
        step
    }

    fn running(mut step: StepState) -> StepState {
        let last = step.last_attempt().unwrap();
        step.status = Status::Running { attempt: last.number, since: last.started };
        step
    }

    #[test]
    fn what_lies_between_the_tries_is_not_counted_and_what_ran_side_by_side_is_counted_once() {
        let stepped = [step(&[(10, Some(12))]), step(&[(1800, Some(1803))])];
        assert_eq!(Spent::on(&stepped, secs(9999)), Some(Spent { time: secs(5), runs: false }));
        let tried_again = [step(&[(10, Some(12)), (500, Some(504))])];
        assert_eq!(Spent::on(&tried_again, secs(9999)).unwrap().time, secs(6));
        let beside = [step(&[(10, Some(20))]), step(&[(12, Some(15))]), step(&[(18, Some(25))])];
        assert_eq!(Spent::on(&beside, secs(9999)).unwrap().time, secs(15));
        let runs = [step(&[(10, Some(12))]), running(step(&[(100, None)]))];
        assert_eq!(Spent::on(&runs, secs(107)), Some(Spent { time: secs(9), runs: true }));
        // The console went away while it ran: nobody knows how long that went on.
        assert_eq!(Spent::on(&[step(&[(10, None), (50, Some(52))])], secs(60)).unwrap().time, secs(2));
        assert_eq!(Spent::on(&[step(&[])], secs(60)), None);
    }

    proptest! {
        #[test]
        fn it_is_every_second_in_which_something_ran(tries in prop::collection::vec((0u64..60, 0u64..20), 1..8)) {
            let steps: Vec<_> =
                tries.iter().map(|&(start, long)| step(&[(start, Some(start + long))])).collect();
            let busy = |second: &u64| tries.iter().any(|&(start, long)| (start..start + long).contains(second));
            let time = Spent::on(&steps, secs(100)).unwrap().time;
            prop_assert_eq!(time, secs((0..100).filter(busy).count() as u64));
        }
    }
}
