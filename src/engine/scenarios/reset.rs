//! A node is taken out and begun anew.

use crate::catalog::class::RetryClass;
use crate::event::{CancelStage, Pace, RunOutcome};
use crate::ids::Attempt;
use crate::plan::step::Step;
use crate::state::{Refusal, Why};

use super::super::{Command, Exit, Policy, Status};
use super::bench::{Bench, through_upload};
use super::racks::{id, node, policy, rack_with_secrets};

fn interactive() -> Policy {
    Policy { interactive: true, ..policy() }
}

fn reset(name: &str) -> Command {
    Command::Reset(node(name))
}

/// A worker's join must not run twice.
fn rack() -> Vec<Step> {
    let mut steps = rack_with_secrets();
    for step in steps.iter_mut().filter(|step| step.id.phase.leaf() == "kubelet") {
        step.retry = RetryClass::NeverAlone;
    }
    steps
}

#[test]
fn a_step_that_must_not_run_twice_runs_again_after_the_reset() {
    let mut bench = Bench::new(interactive(), rack());
    let join = id("w:join/kubelet");
    through_upload(&mut bench);
    bench.ask(reset("w"));
    assert_eq!(bench.state.may(&reset("w")), Err(Refusal::Busy(join.clone())));
    bench.fail("w:join/kubelet");
    assert_eq!(
        bench.state.may(&Command::Retry { step: join.clone(), undo: false }),
        Err(Refusal::NeverAlone(node("w")))
    );
    let others = bench.names().into_iter().filter(|name| !name.starts_with("w:")).collect::<Vec<_>>();
    bench.ask(reset("w"));
    assert!(bench.names().contains(&"w:reset".to_owned()), "{:?}", bench.names());
    assert_eq!(bench.engine.explain(&join), Why::Needs(vec![id("w:sweep")]));
    assert!(bench.state.node(&node("w")).unwrap().leaves);
    bench.done("w:reset");
    bench.done("w:sweep");
    assert!(!bench.state.node(&node("w")).unwrap().leaves);
    let again = bench.running.iter().find(|(step, _)| *step == join).cloned();
    assert_eq!(again, Some((join.clone(), Attempt(2))), "its second try");
    assert_eq!(bench.flags.last(), Some(&(join, false, false)));
    for name in others {
        assert!(bench.names().contains(&name), "{name} went on");
    }
    bench.done("w:join/kubelet");
    for text in ["x:join/kubelet", "b:join/prepare", "c:join/prepare", "b:join/etcd", "c:join/etcd"] {
        bench.done(text);
    }
    bench.done("a:init/addon");
    for text in ["b", "c", "w", "x", "a"] {
        bench.done(&format!("{text}:clean-up"));
    }
    assert_eq!(bench.outcome(), Some((RunOutcome::Succeeded, 0)));
}

#[test]
fn a_node_that_is_done_leaves_and_comes_back_twice_with_its_clean_up() {
    let mut bench = Bench::new(interactive(), rack());
    through_upload(&mut bench);
    bench.done("w:join/kubelet");
    bench.done("w:clean-up");
    for round in 2..4 {
        bench.ask(reset("w"));
        assert_eq!(bench.status("w:clean-up"), Status::Waiting);
        bench.done("w:reset");
        bench.done("w:sweep");
        bench.done("w:join/kubelet");
        bench.done("w:clean-up");
        let state = bench.state.step(&id("w:clean-up")).unwrap();
        assert_eq!(state.attempts.last().unwrap().number, Attempt(round));
    }
    assert_eq!(bench.state.step(&id("w:reset")).unwrap().attempts.len(), 2);
}

#[test]
fn the_one_that_leads_goes_only_while_nobody_has_joined() {
    let mut bench = Bench::new(interactive(), rack());
    bench.ask(Command::Break { step: id("b:join/prepare"), set: true });
    for name in ["c", "w", "x"] {
        let phase = if name == "c" { "join/prepare" } else { "join/kubelet" };
        bench.ask(Command::Break { step: id(&format!("{name}:{phase}")), set: true });
    }
    through_upload(&mut bench);
    bench.fail("a:init/addon");
    bench.ask(reset("a"));
    assert_eq!(bench.names(), ["a:reset"]);
    bench.done("a:reset");
    bench.done("a:sweep");
    assert_eq!(bench.names(), ["a:init/certs"], "all of it anew");
    through_upload(&mut bench);
    bench.ask(Command::Step(Some(id("w:join/kubelet"))));
    bench.done("a:init/addon");
    bench.ask(reset("a"));
    assert_eq!(bench.state.may(&reset("a")), Err(Refusal::LeadsOthers(node("a"))));
    bench.fail("w:join/kubelet");
    bench.ask(reset("a"));
    assert_eq!(bench.state.may(&reset("a")), Err(Refusal::LeadsOthers(node("a"))), "half is joined");
}

#[test]
fn a_reset_control_plane_lets_others_join_again() {
    let mut bench = Bench::new(interactive(), rack());
    bench.ask(Command::Break { step: id("c:join/prepare"), set: true });
    through_upload(&mut bench);
    bench.done("b:join/prepare");
    bench.fail("b:join/etcd");
    assert_eq!(bench.engine.explain(&id("c:join/prepare")), Why::OtherControlPlaneFailed);
    bench.ask(reset("b"));
    assert_eq!(bench.engine.explain(&id("c:join/prepare")), Why::AtBreakpoint);
}

#[test]
fn a_paused_run_resets_step_by_step_and_a_cancel_ends_it_without_secrets() {
    let mut bench = Bench::new(Policy { pace: Pace::Paused, ..interactive() }, rack());
    bench.ask(Command::RunTo(id("w:join/kubelet")));
    through_upload(&mut bench);
    bench.fail("w:join/kubelet");
    bench.ask(reset("w"));
    assert!(bench.names().is_empty());
    bench.ask(Command::RunTo(id("w:join/kubelet")));
    assert_eq!(bench.names(), ["w:reset"]);
    bench.ask(Command::Cancel { stage: CancelStage::Stop, reason: "enough".into() });
    bench.end("w:reset", Exit::STOPPED);
    assert!(bench.names().contains(&"w:clean-up".to_owned()), "{:?}", bench.names());
    assert_eq!(bench.state.may(&reset("w")), Err(Refusal::RunEnds));
    assert!(bench.state.node(&node("w")).unwrap().leaves, "a later console goes on with it");
}
