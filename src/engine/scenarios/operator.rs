//! What an operator wants of a run.

use crate::event::{CancelStage, EventKind, Pace, RunOutcome, StepOutcome};
use crate::state::Why;

use super::super::{Command, Exit, Input, Policy, Status};
use super::bench::{Bench, id, policy, rack, through_upload};

#[test]
fn an_operator_steps_breaks_skips_and_retries() {
    let interactive = Policy { interactive: true, pace: Pace::Paused, ..policy() };
    let mut bench = Bench::new(interactive, rack());
    assert!(bench.names().is_empty());
    bench.give(Input::Command(Command::Step(None)));
    assert_eq!(bench.names(), ["a:init/certs"]);
    bench.fail("a:init/certs");
    assert_eq!(bench.outcome(), None, "the operator decides");
    bench.give(Input::Command(Command::Skip { step: id("a:init/certs"), reason: " ".into() }));
    assert_eq!(bench.status("a:init/certs"), Status::Failed, "a reason is needed");
    bench.give(Input::Command(Command::Skip { step: id("a:init/certs"), reason: "made by hand".into() }));
    let lacking = bench.events.iter().find_map(|event| match event {
        EventKind::StepFinished { outcome: StepOutcome::Skipped, lacking, .. } => Some(lacking.clone()),
        _ => None,
    });
    assert_eq!(lacking, Some(vec![id("a:init/upload")]));
    bench.give(Input::Command(Command::Break { step: id("w:join/kubelet"), set: true }));
    bench.give(Input::Command(Command::Continue));
    bench.done("a:init/upload");
    assert!(!bench.names().contains(&"w:join/kubelet".to_owned()));
    assert_eq!(bench.engine.explain(&id("w:join/kubelet")), Why::AtBreakpoint);
    bench.give(Input::Command(Command::Step(Some(id("w:join/kubelet")))));
    assert!(bench.names().contains(&"w:join/kubelet".to_owned()));
    bench.done("b:join/prepare");
    bench.fail("b:join/etcd");
    bench.give(Input::Command(Command::Retry { step: id("b:join/etcd"), undo: false }));
    assert_eq!(bench.status("b:join/etcd"), Status::Failed, "its clean-up is needed first");
    bench.give(Input::Command(Command::Retry { step: id("b:join/etcd"), undo: true }));
    assert_eq!(bench.flags.last(), Some(&(id("b:join/etcd"), false, true)));
}

#[test]
fn cancelling_drains_first_and_stops_then() {
    let mut bench = Bench::new(policy(), rack());
    through_upload(&mut bench);
    bench.done("b:join/prepare");
    bench.give(Input::Command(Command::Cancel { stage: CancelStage::Drain, reason: "enough".into() }));
    assert!(bench.stopping.is_empty());
    bench.done("c:join/prepare");
    assert!(!bench.names().contains(&"c:join/etcd".to_owned()), "nothing new starts");
    bench.give(Input::Command(Command::Cancel { stage: CancelStage::Stop, reason: "now".into() }));
    assert_eq!(bench.stopping.len(), 4);
    for text in ["a:init/addon", "b:join/etcd", "w:join/kubelet", "x:join/kubelet"] {
        bench.end(text, Exit::STOPPED);
    }
    assert_eq!(bench.names(), ["a:clean-up"], "secrets are removed all the same");
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Cancelled, 5)));
}
