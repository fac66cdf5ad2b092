//! The inventory changes while the run goes on.

use crate::ids::Attempt;
use crate::state::{Refusal, Why};

use super::super::{Command, Input, Policy, Status};
use super::bench::{Bench, revise, through_upload};
use super::racks::{id, node, policy, rack_with_secrets};

fn interactive() -> Policy {
    Policy { interactive: true, ..policy() }
}

#[test]
fn a_node_that_comes_later_is_looked_at_while_others_run_and_joins() {
    let mut bench = Bench::new(interactive(), rack_with_secrets());
    through_upload(&mut bench);
    let others = bench.names();
    bench.ask(revise());
    assert!(bench.names().contains(&"y:connect".to_owned()), "{:?}", bench.names());
    assert!(others.iter().all(|name| bench.names().contains(name)), "nobody is disturbed");
    bench.ask(revise());
    assert_eq!(bench.state.may(&revise()), Err(Refusal::Checking));
    bench.done("w:join/kubelet");
    assert_eq!(
        bench.engine.explain(&id("w:clean-up")),
        Why::Checks,
        "nothing else starts before the plan is whole"
    );
    bench.done("y:connect");
    bench.done("y:check");
    assert!(bench.names().contains(&"y:join/kubelet".to_owned()), "{:?}", bench.names());
    assert!(bench.names().contains(&"w:clean-up".to_owned()));
}

#[test]
fn a_newcomer_that_fails_holds_nobody_up_and_can_be_checked_again() {
    let mut bench = Bench::new(interactive(), rack_with_secrets());
    through_upload(&mut bench);
    bench.ask(revise());
    bench.fail("y:connect");
    bench.done("w:join/kubelet");
    assert!(bench.names().contains(&"w:clean-up".to_owned()), "{:?}", bench.names());
    assert!(bench.engine.status(&id("y:join/kubelet")).is_none());
    bench.ask(Command::Recheck(node("y")));
    bench.done("y:connect");
    bench.done("y:check");
    assert!(bench.names().contains(&"y:join/kubelet".to_owned()), "{:?}", bench.names());
}

#[test]
fn a_node_that_goes_leaves_nothing_behind() {
    let mut bench = Bench::surveying(Policy { gate_after_check: true, ..interactive() }, rack_with_secrets());
    for text in ["a:connect", "w:connect", "a:check", "w:check"] {
        bench.done(text);
    }
    assert!(bench.state.gate.is_some());
    bench.ask(revise());
    assert_eq!(bench.names(), ["y:connect", "a:check"], "and the checks are made again");
    bench.ask(Command::Break { step: id("w:join/kubelet"), set: true });
    for text in ["y:connect", "a:check", "y:check", "w:check"] {
        bench.done(text);
    }
    assert!(bench.state.gate.is_some(), "the run waits again before it changes anything");
    assert!(bench.state.step(&id("w:join/kubelet")).unwrap().breakpoint, "breakpoints stay");
    assert_eq!(bench.status("y:join/kubelet"), Status::Waiting);
    bench.ask(revise());
    assert!(bench.state.node(&node("y")).is_none());
    assert!(bench.state.step(&id("y:connect")).is_none());
    assert!(bench.engine.status(&id("y:connect")).is_none());
}

#[test]
fn a_failed_step_is_tried_again_as_it_is_planned_now() {
    let mut bench = Bench::new(interactive(), rack_with_secrets());
    through_upload(&mut bench);
    bench.fail("w:join/kubelet");
    for step in bench.plan.iter_mut().filter(|step| step.id == id("w:join/kubelet")) {
        step.budget *= 7;
    }
    let steps = bench.plan.clone();
    bench.give(Input::Command(revise()));
    for text in ["y:connect", "y:check"] {
        bench.done(text);
    }
    bench.give(Input::Extend { steps, complete: true, restored: Vec::new() });
    let planned = bench.state.step(&id("w:join/kubelet")).unwrap();
    assert_eq!(planned.plan.budget.as_secs(), 420);
    bench.ask(Command::Retry { step: id("w:join/kubelet"), undo: false });
    assert!(bench.running.contains(&(id("w:join/kubelet"), Attempt(2))));
    let running = bench.state.step(&id("b:join/prepare")).unwrap();
    assert_eq!(running.plan.budget.as_secs(), 60);
}

#[test]
fn what_can_not_be_done_is_said_and_changes_nothing() {
    let mut bench = Bench::new(interactive(), rack_with_secrets());
    through_upload(&mut bench);
    let before = bench.names();
    bench.give(Input::Revised(Ok(Box::default())));
    assert_eq!(bench.names(), before, "nobody had asked");
    assert!(bench.state.node(&node("w")).is_some());
}
