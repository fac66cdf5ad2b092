//! Between the checks and the first change.

use crate::event::Pace;
use crate::plan::step::Edge;
use crate::state::{Refusal, Why};

use super::super::{Command, Policy, Status};
use super::bench::Bench;
use super::racks::{id, node, policy, rack};

fn gated() -> Policy {
    Policy { interactive: true, gate_after_check: true, ..policy() }
}

/// As the planner makes them: everything on a node needs its check.
fn plan() -> Vec<crate::plan::step::Step> {
    let mut steps = rack();
    for step in &mut steps {
        if ["a", "w"].contains(&step.id.node.as_str()) && step.id.phase.as_str() != "clean-up" {
            step.after.push(Edge::done(id(&format!("{}:check", step.id.node))));
        }
    }
    steps
}

fn look(bench: &mut Bench) {
    for text in ["a:connect", "w:connect", "a:check", "w:check"] {
        bench.done(text);
    }
}

#[test]
fn nothing_is_changed_before_the_operator_says_so() {
    for go_on in [Command::Continue, Command::Step(None), Command::RunTo(id("a:init/certs"))] {
        let mut bench = Bench::surveying(gated(), plan());
        look(&mut bench);
        assert!(bench.names().is_empty());
        let gate = bench.state.gate.clone().unwrap();
        assert_eq!((gate.obstacle, bench.state.pace), (None, Pace::Paused));
        assert_eq!(bench.state.why(&id("a:init/certs")), Why::Paused);
        bench.ask(go_on);
        assert_eq!(bench.names(), ["a:init/certs"]);
        assert_eq!(bench.state.gate, None);
    }
    let mut bench = Bench::surveying(Policy { interactive: true, ..policy() }, plan());
    look(&mut bench);
    assert_eq!(bench.names(), ["a:init/certs"], "without the gate it goes on by itself");
}

#[test]
fn a_failed_check_waits_for_the_operator() {
    for gate_after_check in [true, false] {
        let mut bench = Bench::surveying(Policy { gate_after_check, ..gated() }, plan());
        bench.done("a:connect");
        bench.done("w:connect");
        bench.done("a:check");
        bench.fail("w:check");
        assert_eq!(bench.outcome(), None);
        assert_eq!(bench.state.gate.clone().unwrap().obstacle.as_deref(), Some("mend it"));
        assert_eq!(bench.state.may(&Command::Continue), Err(Refusal::Gate("mend it".into())));
        bench.ask(Command::Continue);
        bench.ask(Command::Recheck(node("w")));
        assert_eq!(bench.names(), ["w:connect"], "and the others' checks wait for its answer");
        assert_eq!(bench.status("a:check"), Status::Waiting);
        bench.done("w:connect");
        bench.done("a:check");
        bench.done("w:check");
        assert_eq!(bench.names().is_empty(), gate_after_check);
    }
    let mut bench = Bench::surveying(policy(), plan());
    bench.done("a:connect");
    bench.fail("w:connect");
    bench.done("a:check");
    assert_eq!(bench.outcome().unwrap().1, 1, "with nobody there it is refused");
}

#[test]
fn a_plan_made_anew_takes_the_place_of_the_former_one() {
    let mut bench = Bench::surveying(gated(), plan());
    look(&mut bench);
    bench.ask(Command::Break { step: id("a:init/upload-certs"), set: true });
    bench.ask(Command::Recheck(node("w")));
    bench.ask(Command::Step(None));
    assert_eq!(bench.state.why(&id("b:join/prepare")), Why::Needs(vec![id("a:init/upload-certs")]));
    bench.plan.retain(|step| step.id.node != node("x"));
    bench.done("w:connect");
    bench.ask(Command::Continue);
    assert_eq!(bench.names(), ["a:check"], "nothing goes past the checks while they are made");
    bench.done("a:check");
    bench.done("w:check");
    assert_eq!(bench.state.why(&id("x:join/kubelet")), Why::NotPlanned);
    assert!(bench.state.step(&id("x:join/kubelet")).is_none());
    bench.ask(Command::Continue);
    bench.done("a:init/certs");
    assert_eq!(
        bench.state.why(&id("a:init/upload-certs")),
        Why::AtBreakpoint,
        "the breakpoint is still there"
    );
    bench.ask(Command::Recheck(node("a")));
    assert_eq!(bench.state.may(&Command::Recheck(node("a"))), Err(Refusal::Changed));
    assert_eq!(bench.state.may(&Command::Recheck(node("w"))), Ok(()), "nothing was begun there");
}
