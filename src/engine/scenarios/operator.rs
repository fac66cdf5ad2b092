//! What an operator wants of a run.

use crate::event::{CancelStage, EventKind, Pace, RunOutcome, StepOutcome, Stopping};
use crate::state::{Refusal, Why};

use super::super::{Command, Exit, Input, Policy, Status};
use super::bench::{Bench, through_upload};
use super::racks::{id, policy, rack};

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
    assert_eq!(lacking, Some(vec![id("a:init/upload-certs")]));
    bench.give(Input::Command(Command::Break { step: id("w:join/kubelet"), set: true }));
    bench.give(Input::Command(Command::Continue));
    bench.done("a:init/upload-certs");
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

#[test]
fn a_step_that_does_not_stop_is_killed() {
    let mut bench = Bench::new(Policy { interactive: true, ..policy() }, rack());
    let certs = id("a:init/certs");
    bench.ask(Command::Kill(id("a:init/upload-certs")));
    bench.ask(Command::Stop(certs.clone()));
    assert_eq!((bench.stopping.len(), bench.killed.len()), (1, 0));
    bench.ask(Command::Kill(certs.clone()));
    assert_eq!(bench.killed, std::slice::from_ref(&certs));
    assert_eq!(bench.state.step(&certs).unwrap().stopping, Some(Stopping::AtOnce));
    bench.ask(Command::Kill(certs.clone()));
    assert_eq!(bench.killed.len(), 1, "once is enough");
    bench.end("a:init/certs", Exit::STOPPED);
    assert_eq!(bench.status("a:init/certs"), Status::Cancelled);
    bench.ask(Command::Retry { step: certs.clone(), undo: false });
    assert_eq!(bench.state.step(&certs).unwrap().stopping, None);
    bench.ask(Command::Kill(certs));
    assert_eq!(bench.killed.len(), 2, "the next try can be killed as well, without a stop before");
}

#[test]
fn running_to_a_step_starts_what_it_needs_and_nothing_else() {
    let mut bench = Bench::new(Policy { interactive: true, pace: Pace::Paused, ..policy() }, rack());
    let target = id("b:join/etcd");
    bench.ask(Command::RunTo(target.clone()));
    bench.done("a:init/certs");
    bench.done("a:init/upload-certs");
    assert_eq!(bench.names(), ["b:join/prepare"], "neither the others' joins nor the addon");
    assert_eq!(bench.engine.explain(&id("w:join/kubelet")), Why::Paused);
    bench.done("b:join/prepare");
    assert_eq!(bench.names(), ["b:join/etcd"]);
    assert_eq!(bench.state.target, Some(target.clone()));
    bench.done("b:join/etcd");
    assert_eq!(bench.state.target, None);
    assert!(bench.names().is_empty(), "it stands still again");
    bench.ask(Command::RunTo(target));
    assert_eq!(bench.state.target, None, "what is done can't be run to");
    bench.ask(Command::RunTo(id("w:join/kubelet")));
    assert_eq!(bench.names(), ["w:join/kubelet"]);
    bench.ask(Command::Continue);
    assert_eq!(bench.state.target, None);
    assert!(bench.names().contains(&"a:init/addon".to_owned()));
}

#[test]
fn a_breakpoint_on_the_way_holds_until_it_is_passed() {
    let mut bench = Bench::new(Policy { interactive: true, ..policy() }, rack());
    let target = id("b:join/etcd");
    bench.ask(Command::Break { step: id("a:init/upload-certs"), set: true });
    bench.ask(Command::Break { step: target.clone(), set: true });
    bench.ask(Command::RunTo(target));
    bench.done("a:init/certs");
    assert!(bench.names().is_empty());
    assert_eq!(bench.engine.explain(&id("a:init/upload-certs")), Why::AtBreakpoint);
    bench.ask(Command::Step(None));
    bench.done("a:init/upload-certs");
    bench.done("b:join/prepare");
    assert_eq!(bench.names(), ["b:join/etcd"], "its own breakpoint was passed with the wish");
}

#[test]
fn a_way_that_is_blocked_is_given_up() {
    let mut bench = Bench::new(Policy { interactive: true, pace: Pace::Paused, ..policy() }, rack());
    bench.ask(Command::RunTo(id("b:join/etcd")));
    bench.fail("a:init/certs");
    assert_eq!(bench.state.target, None);
    bench.ask(Command::RunTo(id("b:join/etcd")));
    assert_eq!(bench.state.target, None);
    bench.ask(Command::Retry { step: id("a:init/certs"), undo: false });
    assert!(bench.names().is_empty(), "paused as before");
}

#[test]
fn what_a_join_needs_is_published_again_before_its_next_try() {
    for pace in [Pace::Continuous, Pace::Paused] {
        let mut bench = Bench::new(Policy { interactive: true, ..policy() }, rack());
        bench.done("a:init/certs");
        bench.done("a:init/upload-certs");
        bench.done("a:init/addon");
        bench.fail("w:join/kubelet");
        if pace == Pace::Paused {
            bench.ask(Command::Pause);
        }
        let (publisher, join) = (id("a:init/upload-certs"), id("w:join/kubelet"));
        let wish = Command::PublishAgain { publisher: publisher.clone(), join: join.clone(), undo: false };
        let before = bench.names();
        bench.ask(wish);
        let started = |bench: &Bench| {
            bench.names().into_iter().filter(|name| !before.contains(name)).collect::<Vec<_>>()
        };
        assert_eq!(started(&bench), ["a:init/upload-certs"]);
        assert_eq!(bench.state.why(&join), Why::Needs(vec![publisher]));
        bench.done("a:init/upload-certs");
        assert_eq!(started(&bench), ["w:join/kubelet"]);
        bench.done("w:join/kubelet");
        assert_eq!((bench.state.pace, bench.state.target.clone()), (pace, None));
    }
    let mut bench = Bench::new(Policy { interactive: true, ..policy() }, rack());
    bench.done("a:init/certs");
    let refused = |bench: &Bench, publisher: &str, join: &str| {
        bench
            .state
            .may(&Command::PublishAgain { publisher: id(publisher), join: id(join), undo: false })
            .err()
    };
    assert_eq!(refused(&bench, "a:init/certs", "w:join/kubelet"), Some(Refusal::PublishesNothing));
    let runs = Refusal::Busy(id("a:init/upload-certs"));
    assert_eq!(refused(&bench, "a:init/upload-certs", "w:join/kubelet"), Some(runs));
    bench.done("a:init/upload-certs");
    assert_eq!(refused(&bench, "a:init/upload-certs", "w:join/kubelet"), Some(Refusal::Runs));
}
