//! The operator is called when the run waits, and only then.

use super::bench::Bench;
use crate::event::{EventKind, Pace, RunOutcome, StepOutcome};
use crate::ids::NodeName;

#[test]
fn a_failure_calls_once_and_the_next_one_again() {
    let mut bench = Bench::paused().first_is_up();
    bench.calls.clear();
    bench.happens(EventKind::PaceChanged { pace: Pace::Continuous });
    bench.starts("fenn:join/preflight");
    bench.fails("cargyll:join/etcd-join");
    bench.starts("erenford:join/preflight");
    assert_eq!(bench.calls, ["join/etcd-join on cargyll failed"]);
    bench.ends("fenn:join/preflight", StepOutcome::Failed);
    assert_eq!(bench.calls[1..], ["join/preflight on fenn failed, and 1 more"]);
}

#[test]
fn a_step_at_a_time_calls_when_it_is_done_and_a_key_calls_nobody() {
    let mut bench = Bench::paused();
    bench.starts("bettley:init/preflight");
    assert!(bench.calls.is_empty());
    bench.ends("bettley:init/preflight", StepOutcome::Succeeded);
    assert_eq!(bench.calls, ["paused before init/certs/ca on bettley"]);
    bench.happens(EventKind::PaceChanged { pace: Pace::Continuous });
    bench.happens(EventKind::PaceChanged { pace: Pace::Paused });
    assert_eq!(bench.calls.len(), 1);
}

#[test]
fn breakpoints_gates_and_the_end_call() {
    let mut bench = Bench::paused();
    bench.happens(EventKind::GateReached { obstacle: None });
    bench.happens(EventKind::PaceChanged { pace: Pace::Continuous });
    let node = NodeName::new("bettley").unwrap();
    bench.happens(EventKind::Breakpoint { node, phase: "init/certs/ca".into(), set: true });
    bench.done("bettley:init/preflight");
    bench.happens(EventKind::RunFinished {
        outcome: RunOutcome::Cancelled,
        exit_code: 5,
        duration: std::time::Duration::ZERO,
        reason: None,
    });
    assert_eq!(
        bench.calls,
        [
            "the nodes are checked; nothing was changed yet",
            "init/certs/ca on bettley stands at its breakpoint",
            "the run was ended early"
        ]
    );
}
