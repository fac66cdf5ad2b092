//! Runs that nobody attends.

use crate::event::{EventKind, RunOutcome};
use crate::ids::Attempt;
use crate::plan::step::{Edge, Resource};
use crate::state::{self, Why};

use super::super::{Exit, Failure, Input, Policy, Restored, Status, Timer, Was};
use super::bench::{Bench, through_upload};
use super::racks::{id, policy, rack, step};

#[test]
fn joins_go_side_by_side_and_etcd_takes_turns() {
    let mut bench = Bench::new(policy(), rack());
    assert_eq!(bench.names(), ["a:init/certs"]);
    through_upload(&mut bench);
    assert_eq!(
        bench.names(),
        ["a:init/addon", "b:join/prepare", "c:join/prepare", "w:join/kubelet", "x:join/kubelet"]
    );
    bench.done("c:join/prepare");
    bench.done("b:join/prepare");
    assert!(bench.names().contains(&"c:join/etcd".to_owned()));
    assert!(!bench.names().contains(&"b:join/etcd".to_owned()));
    assert_eq!(
        bench.engine.explain(&id("b:join/etcd")),
        Why::TakesTurns { resource: Resource::EtcdMembership, with: id("c:join/etcd") }
    );
    bench.done("c:join/etcd");
    for text in ["b:join/etcd", "a:init/addon", "w:join/kubelet", "x:join/kubelet"] {
        assert_eq!(bench.outcome(), None);
        bench.done(text);
    }
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Succeeded, 0)));
}

#[test]
fn a_failed_worker_does_not_stop_the_others() {
    for (allowance, outcome) in [(0, (RunOutcome::Failed, 1)), (1, (RunOutcome::SucceededPartly, 4))] {
        let mut bench = Bench::new(Policy { worker_allowance: allowance, ..policy() }, rack());
        through_upload(&mut bench);
        bench.fail("w:join/kubelet");
        for text in [
            "a:init/addon",
            "b:join/prepare",
            "b:join/etcd",
            "c:join/prepare",
            "c:join/etcd",
            "x:join/kubelet",
            "a:clean-up",
        ] {
            bench.done(text);
        }
        assert_eq!(bench.outcome(), Some(outcome));
    }
}

#[test]
fn a_failed_control_plane_bars_those_that_have_not_begun() {
    let mut steps = rack();
    for step in &mut steps {
        if step.id == id("c:join/prepare") {
            step.after.push(Edge::done(id("a:init/addon")));
        }
    }
    let mut bench = Bench::new(policy(), steps);
    through_upload(&mut bench);
    bench.fail("b:join/prepare");
    bench.done("a:init/addon");
    assert_eq!(bench.engine.explain(&id("c:join/prepare")), Why::OtherControlPlaneFailed);
    bench.done("w:join/kubelet");
    bench.done("x:join/kubelet");
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Failed, 1)));
    assert_eq!(bench.status("c:join/prepare"), Status::Waiting);
}

#[test]
fn safe_steps_are_tried_again_with_growing_pauses_and_others_are_not() {
    let mut bench = Bench::new(policy(), rack());
    let passing = || Exit::Failed(Failure { reason: "link".into(), ..Failure::default() });
    let mut pauses = Vec::new();
    for _ in 0..2 {
        bench.end("a:init/certs", passing());
        let planned = bench.events.iter().rev().find_map(|event| match event {
            EventKind::RetryPlanned { after, .. } => Some(*after),
            _ => None,
        });
        pauses.push(planned.unwrap().as_secs());
        let timer =
            bench.timers.iter().rev().find(|timer| matches!(timer, Timer::Retry { .. })).cloned().unwrap();
        bench.give(Input::Timer(timer));
    }
    assert_eq!(pauses, [5, 10]);
    bench.end("a:init/certs", passing());
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Failed, 1)));

    let mut bench = Bench::new(policy(), rack());
    through_upload(&mut bench);
    bench.done("b:join/prepare");
    bench.end("b:join/etcd", passing());
    assert_eq!(bench.status("b:join/etcd"), Status::Failed, "an etcd join is never repeated by itself");
}

#[test]
fn a_step_out_of_time_is_stopped_and_has_failed() {
    let mut bench = Bench::new(Policy { retries: 0, ..policy() }, rack());
    let timer = bench.timers[0].clone();
    bench.give(Input::Timer(timer.clone()));
    assert_eq!(bench.stopping, [id("a:init/certs")]);
    bench.end("a:init/certs", Exit::Stopped { note: Some("the kubelet is down".into()), diagnosis: None });
    let seen = bench.state.step(&id("a:init/certs")).unwrap();
    assert_eq!(seen.status, state::Status::Failed);
    assert_eq!(
        seen.end.as_ref().unwrap().reason.as_deref(),
        Some("not there after 1m00s: the kubelet is down")
    );
    let before = bench.events.len();
    bench.give(Input::Timer(timer));
    assert_eq!(bench.events.len(), before, "an old timer does nothing");
}

#[test]
fn resumed_steps_stay_done_are_followed_or_cleaned_up() {
    let restored = vec![
        Restored { step: id("a:init/certs"), attempt: Attempt(1), was: Was::Done },
        Restored { step: id("a:init/upload-certs"), attempt: Attempt(2), was: Was::Done },
        Restored { step: id("a:init/addon"), attempt: Attempt(1), was: Was::Skipped("none".into()) },
        Restored { step: id("b:join/prepare"), attempt: Attempt(1), was: Was::Done },
        Restored { step: id("b:join/etcd"), attempt: Attempt(1), was: Was::Ended },
        Restored { step: id("w:join/kubelet"), attempt: Attempt(3), was: Was::Running },
    ];
    let bench = Bench::restored(policy(), rack(), restored);
    let at =
        |text: &str| bench.running.iter().find(|(step, _)| *step == id(text)).map(|(_, attempt)| attempt.0);
    assert_eq!(at("w:join/kubelet"), Some(3), "the same attempt is followed");
    assert_eq!(at("b:join/etcd"), Some(2));
    assert!(bench.flags.contains(&(id("w:join/kubelet"), true, false)));
    assert!(bench.flags.contains(&(id("b:join/etcd"), false, true)));
    assert_eq!(bench.status("a:init/addon"), Status::Skipped);
    assert_eq!(at("a:init/certs"), None);
}

#[test]
fn a_breakpoint_ends_a_headless_run_and_cleans_up() {
    let mut bench = Bench::new(Policy { breaks: vec!["join/kubelet".into()], ..policy() }, rack());
    through_upload(&mut bench);
    for text in ["a:init/addon", "b:join/prepare", "b:join/etcd", "c:join/prepare", "c:join/etcd"] {
        bench.done(text);
    }
    assert_eq!(bench.names(), ["a:clean-up"]);
    bench.done("a:clean-up");
    assert_eq!(bench.outcome(), Some((RunOutcome::Cancelled, 5)));
}

#[test]
fn a_step_may_wait_for_one_that_comes_later_in_the_plan() {
    let steps = vec![step("a:apply", &["a:init/upload-certs"]), step("a:init/upload-certs", &[])];
    let mut bench = Bench::new(policy(), steps);
    assert_eq!(bench.names(), ["a:init/upload-certs"]);
    bench.done("a:init/upload-certs");
    assert_eq!(bench.names(), ["a:apply"]);
}
