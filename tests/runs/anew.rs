//! A node is reset and brought in again, in the same run.

use std::time::Duration;

use kubestep::engine::Command;
use kubestep::event::{CancelStage, Envelope, EventKind, StepOutcome};
use kubestep::ids::{Attempt, StepId};
use kubestep::sim::Scenario;
use kubestep::state::{Refusal, RunState};

use super::console::{Console, Left};
use super::world::{World, faults, name, on_virtual_time, rack};

/// A worker whose join stops half-way, where it must not run twice.
const WORKER: (&str, &str, &str) = (
    "{ node: w1, phase: join/kubelet-start, kind: kill, after: 2s, attempts: [1] }",
    "w1",
    "join/kubelet-start",
);
/// A control plane that is added to etcd and dies before its member has started.
const PLANE: (&str, &str, &str) = (
    "{ node: c2, phase: join/control-plane-join/etcd, kind: kill, after: 900ms, attempts: [1] }",
    "c2",
    "join/control-plane-join/etcd",
);

fn attended(world: &World) -> Console<'_> {
    let mut console = world.console();
    console.policy.interactive = true;
    // Nobody is there who could say more: a run that waits for a word has gone wrong.
    console.time_limit(Duration::from_secs(3600))
}

fn reset(node: &str) -> Command {
    Command::Reset(name(node))
}

fn ended(on: &str, what: &str, how: StepOutcome) -> impl FnMut(&Envelope) -> bool + Send + 'static {
    let (on, what) = (on.to_owned(), what.to_owned());
    move |event| {
        matches!(&event.kind, EventKind::StepFinished { node, phase, outcome, .. }
            if node.as_str() == on && phase.as_str() == what && *outcome == how)
    }
}

fn attempts(left: &Left, node: &str, phase: &str) -> Vec<u32> {
    let step = StepId::new(name(node), phase);
    let state = RunState::fold(&left.story.0);
    state.step(&step).unwrap().attempts.iter().map(|attempt| attempt.number.0).collect()
}

/// A run in which that node's step failed and the operator resets the node.
fn begun_anew<'a>(world: &'a World, (_, node, phase): (&str, &str, &str)) -> Console<'a> {
    attended(world).command(ended(node, phase, StepOutcome::Failed), reset(node))
}

#[test]
fn a_node_whose_join_failed_half_way_is_reset_and_joins_again() {
    on_virtual_time(async {
        for version in ["v1.20.2", "v1.29.6", "v1.36.2"] {
            for case in [WORKER, PLANE] {
                let (fault, node, phase) = case;
                let fault = fault.replace("join/control-plane-join/etcd", etcd_join(version));
                // In 1.36 a worker's kubelet gets its certificate in a phase of its own.
                let late =
                    if version == "v1.36.2" { "join/kubelet-wait-bootstrap" } else { "join/kubelet-start" };
                let fault = fault.replace("join/kubelet-start", late);
                let phase = if node == "c2" { etcd_join(version) } else { phase };
                let world = World::new(rack(3, 2, ""), version, faults(&[&fault]));
                let left = begun_anew(&world, (&fault, node, phase)).go().await;
                assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{version} {node}\n{}", left.text);
                world.assert_healthy().await;
                assert!(left.story.end(node, "evict").is_some(), "{version} {node}\n{}", left.text);
                let (evicted, began) = (left.story.span(node, "evict"), left.story.span(node, "reset"));
                assert!(evicted.1 <= began.0);
                let at = |phase: &str, number| {
                    let starts = left.story.starts();
                    starts.iter().position(|start| *start == (node, phase, number))
                };
                assert!(at("evict-again", 1) < at("config", 2), "{}", left.text);
                assert_eq!(attempts(&left, node, "join/preflight"), [1, 2]);
                assert_eq!(attempts(&left, node, "config"), [1, 2]);
                assert_eq!(attempts(&left, "w2", "join/kubelet-start"), [1], "the others went on");
                assert_eq!(world.done(&name("c1"), "init/bootstrap-token"), 1);
                assert_eq!(*left.state.as_ref().unwrap(), RunState::fold(&left.story.0));
            }
        }
    });
}

fn etcd_join(version: &str) -> &'static str {
    if version == "v1.36.2" { "join/etcd-join" } else { "join/control-plane-join/etcd" }
}

#[test]
fn a_console_that_dies_during_a_reset_is_followed_by_one_that_ends_it() {
    on_virtual_time(async {
        for case in [WORKER, PLANE] {
            let (fault, node, phase) = case;
            let whole = World::new(rack(3, 1, ""), "v1.29.6", faults(&[fault]));
            let left = begun_anew(&whole, case).go().await;
            left.assert_exit(0);
            let seq = |found: &dyn Fn(&Envelope) -> bool| {
                left.story.0.iter().find(|event| found(event)).unwrap().seq
            };
            let first = seq(&|event| matches!(event.kind, EventKind::NodeReset { .. }));
            let again = |event: &Envelope| matches!(&event.kind, EventKind::StepFinished { node: n, phase: p, attempt: Attempt(2), .. } if n.as_str() == node && p.as_str() == phase);
            let last = seq(&again);
            for at in (first..=last).step_by(9) {
                let world = World::new(rack(3, 1, ""), "v1.29.6", faults(&[fault]));
                let killed = begun_anew(&world, case).killed(move |event| event.seq >= at).go().await;
                assert!(killed.ending.is_none());
                world.pass([0, 3, 90][usize::try_from(at).unwrap() % 3]).await;
                let left = world.console().resume(&killed.run).go().await;
                let said = format!("{node}, killed after event {at} of {first} to {last}\n{}", left.text);
                assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{said}");
                world.assert_healthy().await;
                assert!(!left.state.as_ref().unwrap().node(&name(node)).unwrap().leaves, "{said}");
                assert_eq!(world.done(&name(node), "reset/cleanup-node"), 1, "reset once; {said}");
                assert_eq!(*left.state.as_ref().unwrap(), RunState::fold(&left.story.0), "{said}");
            }
        }
    });
}

#[test]
fn a_reset_that_is_broken_off_is_gone_on_with() {
    on_virtual_time(async {
        let (fault, ..) = WORKER;
        let world = World::new(rack(1, 2, ""), "v1.29.6", faults(&[fault]));
        let cancel = Command::Cancel { stage: CancelStage::Stop, reason: "enough".into() };
        let resets = |event: &Envelope| matches!(&event.kind, EventKind::StepStarted { phase, .. } if phase.as_str() == "reset");
        let left = begun_anew(&world, WORKER).command(resets, cancel).go().await;
        left.assert_exit(5);
        world.assert_no_secrets();
        let left = world.console().resume(&left.run).go().await;
        assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{}", left.text);
        world.assert_healthy().await;
    });
}

#[test]
fn a_node_that_was_there_before_the_run_is_brought_in_anew() {
    on_virtual_time(async {
        for node in ["w1", "c3"] {
            let world = World::new(rack(3, 1, ""), "v1.29.6", Scenario::uneventful());
            world.console().go().await.assert_exit(0);
            let secrets = world.secrets.lock().unwrap().clone();
            // Its own steps are over; the run waits for another's.
            let left = attended(&world)
                .stop_before("verify")
                .command(
                    |event| matches!(&event.kind, EventKind::Breakpoint { node, .. } if node.as_str() == "w1"),
                    reset(node),
                )
                .command(ended(node, "sweep", StepOutcome::Succeeded), Command::Continue)
                .command(ended(node, "wait/api-server", StepOutcome::Succeeded), Command::Continue)
                .command(
                    move |event| matches!(&event.kind, EventKind::StepFinished { node: n, phase, .. } if n.as_str() == node && phase.leaf() == "kubelet-start"),
                    Command::Continue,
                )
                .go()
                .await;
            assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{node}\n{}", left.text);
            world.assert_healthy().await;
            assert_eq!(world.done(&name(node), "join/kubelet-start"), 2);
            assert!(world.secrets.lock().unwrap().len() > secrets.len(), "new secrets, published again");
            assert_eq!(world.done(&name("c1"), "init/bootstrap-token"), 2);
        }
    });
}

#[test]
fn the_first_control_plane_begins_anew_until_somebody_has_joined_it() {
    on_virtual_time(async {
        let fault = "{ node: c1, phase: init/mark-control-plane, kind: fail, attempts: [1], output: 'error execution phase mark-control-plane: no' }";
        let world = World::new(rack(2, 1, ""), "v1.29.6", faults(&[fault]));
        let left = attended(&world)
            .command(ended("c1", "init/mark-control-plane", StepOutcome::Failed), reset("c1"))
            .go()
            .await;
        assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{}", left.text);
        world.assert_healthy().await;
        assert!(left.story.end("c1", "evict").is_none(), "there was nobody to tell");
        assert_eq!(attempts(&left, "c2", "config"), [1, 2], "another cluster has another key");
        assert_eq!(world.done(&name("c1"), "init/certs/ca"), 2);

        let world = World::new(rack(2, 1, ""), "v1.29.6", Scenario::uneventful());
        let left = attended(&world)
            .command(ended("c2", "join/control-plane-join/etcd", StepOutcome::Succeeded), reset("c1"))
            .go()
            .await;
        left.assert_exit(0);
        let refused = format!("can't reset c1: {}", Refusal::LeadsOthers(name("c1")));
        let told =
            |event: &Envelope| matches!(&event.kind, EventKind::Notice { text, .. } if *text == refused);
        assert!(left.story.0.iter().any(told), "{}", left.text);
        assert_eq!(world.done(&name("c1"), "init/certs/ca"), 1);
        world.assert_healthy().await;
    });
}
