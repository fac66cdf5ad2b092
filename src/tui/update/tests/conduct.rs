//! What conducts the run, without questions.

use super::bench::{Bench, id, told};
use crate::event::{EventKind, Pace, StepOutcome};
use crate::state::Command;

fn step(text: &str) -> Command {
    Command::Step(Some(id(text)))
}

#[test]
fn the_selected_step_is_stepped_or_else_the_next_and_the_operator_hears_which() {
    let mut bench = Bench::paused();
    bench.at("bettley:init/preflight");
    assert_eq!(told(bench.press("s")), [step("bettley:init/preflight")]);
    assert_eq!(bench.word(), "starting init/preflight on bettley");
    bench.at("erenford:join/preflight");
    assert_eq!(told(bench.press("s")), [step("bettley:init/preflight")]);
    assert_eq!(
        bench.word(),
        "starting init/preflight on bettley; the selected one waits for init/upload-certs on bettley"
    );
    bench.at("bettley");
    assert_eq!(told(bench.press("s")), [step("bettley:init/preflight")]);
    bench.starts("bettley:init/preflight");
    assert_eq!(told(bench.press("s")), []);
    assert_eq!(bench.word(), "step: no step can start now");
}

#[test]
fn pace_goes_to_and_fro() {
    let mut bench = Bench::paused();
    assert_eq!(told(bench.press("c")), [Command::Continue]);
    assert_eq!(told(bench.press("space")), [Command::Continue]);
    bench.happens(EventKind::PaceChanged { pace: Pace::Continuous });
    assert_eq!(told(bench.press("space")), [Command::Pause]);
    assert_eq!(told(bench.press("c")), []);
    assert_eq!(bench.word(), "continue: nothing is held back");
}

#[test]
fn it_runs_to_the_selected_step() {
    let mut bench = Bench::paused();
    bench.at("bettley:init/upload-certs");
    assert_eq!(told(bench.press("u")), [Command::RunTo(id("bettley:init/upload-certs"))]);
    bench.at("bettley");
    assert_eq!(told(bench.press("u")), []);
    assert_eq!(bench.word(), "run to here: it goes to one step: select it, without marks");
    bench.done("bettley:init/preflight");
    bench.at("bettley:init/preflight");
    assert_eq!(told(bench.press("u")), []);
    assert_eq!(bench.word(), "run to here: it is over");
}

#[test]
fn breakpoints_are_set_and_taken_away_before_steps_and_groups() {
    let mut bench = Bench::paused();
    bench.at("bettley:init/certs/ca");
    let set = |set| Command::Break { step: id("bettley:init/certs/ca"), set };
    assert_eq!(told(bench.press("b")), [set(true)]);
    bench.happens(EventKind::Breakpoint {
        node: id("bettley:x").node,
        phase: "init/certs/ca".into(),
        set: true,
    });
    assert_eq!(told(bench.press("b")), [set(false)]);
    // The group that the step is in.
    bench.press("h");
    assert_eq!(told(bench.press("b")), [set(false)]);
    bench.at("bettley");
    assert_eq!(told(bench.press("b")), []);
    assert_eq!(bench.word(), "break: select the step or group to stop before");
}

#[test]
fn running_steps_are_stopped_and_others_are_not() {
    let mut bench = Bench::paused();
    bench.starts("bettley:init/preflight");
    for place in ["bettley:init/preflight", "bettley"] {
        bench.at(place);
        assert_eq!(told(bench.press("x")), [Command::Stop(id("bettley:init/preflight"))], "{place}");
    }
    bench.at("fenn");
    assert_eq!(told(bench.press("x")), []);
    assert_eq!(bench.word(), "stop: none of these steps: it is not running");
}

#[test]
fn a_safe_step_is_tried_again_at_once() {
    let mut bench = Bench::paused();
    bench.fails("bettley:init/preflight");
    let failed = id("bettley:init/preflight");
    // Without the second, a paused run would hold it.
    let retry = [Command::Retry { step: failed.clone(), undo: false }, Command::Step(Some(failed))];
    for place in ["bettley:init/preflight", "bettley"] {
        bench.at(place);
        assert_eq!(told(bench.press("r")), retry, "{place}");
    }
    bench.at("fenn:join/preflight");
    assert_eq!(told(bench.press("r")), []);
    assert_eq!(bench.word(), "retry: it has not failed; init/preflight on bettley has (! goes there)");
}

#[test]
fn marked_nodes_are_acted_on_together() {
    let mut bench = Bench::paused().first_is_up();
    for node in ["erenford", "fenn"] {
        bench.at(node);
        bench.press("m");
    }
    assert_eq!(bench.word(), "2 nodes are marked; what conducts the run acts on all of them");
    bench.at("fenn:join/preflight");
    assert_eq!(told(bench.press("s")), [step("erenford:join/preflight"), step("fenn:join/preflight")]);
    assert_eq!(bench.word(), "starting join/preflight on erenford and fenn");
    let breaks = ["erenford", "fenn"]
        .map(|node| Command::Break { step: id(&format!("{node}:join/preflight")), set: true });
    assert_eq!(told(bench.press("b")), breaks);
    bench.at("fenn:join/kubelet-start");
    assert_eq!(told(bench.press("s")), []);
    assert_eq!(bench.word(), "step: on none of 2 nodes: waits for join/preflight on erenford");
    bench.fails("erenford:join/preflight");
    bench.fails("fenn:join/preflight");
    // Neither failed at the selected phase: what failed on them.
    let steps = ["erenford:join/preflight", "fenn:join/preflight"].map(id);
    let retries = steps.clone().map(|step| Command::Retry { step, undo: false });
    let again: Vec<Command> =
        retries.into_iter().chain(steps.map(|step| Command::Step(Some(step)))).collect();
    assert_eq!(told(bench.press("r")), again);
    bench.press("M");
    assert!(bench.model.rack.marked.is_empty());
    assert_eq!(told(bench.press("M")), []);
    assert_eq!(bench.word(), "unmark all: nothing is marked");
}

#[test]
fn a_run_that_is_over_is_not_conducted() {
    let mut bench = Bench::paused();
    bench.happens(EventKind::RunFinished {
        outcome: crate::event::RunOutcome::Succeeded,
        exit_code: 0,
        duration: std::time::Duration::ZERO,
        reason: None,
    });
    bench.at("bettley:init/preflight");
    for key in ["s", "u", "c", "space", "b", "r", "S", "x", "X", "R", "A"] {
        assert_eq!(bench.press(key), [], "{key}");
        assert!(bench.word().ends_with(": the run is over"), "{key}: {}", bench.word());
        assert!(bench.model.overlays.is_empty(), "{key}");
    }
}

#[test]
fn a_stopped_step_may_be_tried_again_as_well() {
    let mut bench = Bench::paused();
    bench.starts("bettley:init/preflight");
    bench.ends("bettley:init/preflight", StepOutcome::Cancelled);
    bench.at("bettley:init/preflight");
    let stopped = id("bettley:init/preflight");
    let retry = Command::Retry { step: stopped.clone(), undo: false };
    assert_eq!(told(bench.press("r")), [retry.clone(), Command::Step(Some(stopped))]);
    // A run that goes on by itself starts it by itself.
    bench.happens(EventKind::PaceChanged { pace: crate::event::Pace::Continuous });
    assert_eq!(told(bench.press("r")), [retry]);
}

#[test]
fn a_marked_node_on_which_nothing_can_start_says_what_keeps_it_and_not_that_something_is_over() {
    let mut bench = Bench::paused();
    bench.done("bettley:init/preflight");
    bench.starts("bettley:init/certs/ca");
    bench.at("bettley");
    bench.press("m");
    assert_eq!(told(bench.press("s")), []);
    assert_eq!(bench.word(), "step: it is running");
}

#[test]
fn a_failed_check_is_tried_again_with_new_answers() {
    let mut bench = Bench::paused();
    let check = crate::plan::step::Step {
        work: crate::plan::step::Work::Check,
        ..bench.plan_of("fenn:join/preflight")
    };
    bench.happens(EventKind::PlanExtended { steps: vec![check], complete: true });
    bench.fails("fenn:join/preflight");
    bench.at("fenn");
    assert_eq!(told(bench.press("r")), [Command::Recheck(id("fenn:x").node)]);
    assert_eq!(bench.word(), "asking fenn anew, and checking again");
}
