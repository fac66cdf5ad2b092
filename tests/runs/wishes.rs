//! What the operator wants otherwise: skips, breakpoints, cancels, parts of the rack, parts of the phases.

use kubestep::engine::Command;
use kubestep::event::{CancelStage, Envelope, EventKind, StepOutcome};
use kubestep::ids::StepId;
use kubestep::sim::Scenario;

use super::console::Left;
use super::world::{World, name, on_virtual_time, rack};

fn world(planes: usize, workers: usize) -> World {
    World::new(rack(planes, workers, ""), "v1.29.6", Scenario::uneventful())
}

fn starts(event: &Envelope, on: &str, what: &str) -> bool {
    matches!(&event.kind, EventKind::StepStarted { node, phase, .. } if node.as_str() == on && phase.as_str() == what)
}

fn prints(event: &Envelope, on: &str, what: &str) -> bool {
    matches!(&event.kind, EventKind::StepOutput { node, phase, .. } if node.as_str() == on && phase.as_str() == what)
}

/// Starts of steps after the event for which `when` holds.
fn started_after(left: &Left, when: impl Fn(&Envelope) -> bool) -> Vec<String> {
    left.story
        .0
        .iter()
        .skip_while(|event| !when(event))
        .skip(1)
        .filter_map(|event| match &event.kind {
            EventKind::StepStarted { phase, .. } => Some(phase.to_string()),
            _ => None,
        })
        .collect()
}

const fn is_cancelling(event: &Envelope) -> bool {
    matches!(event.kind, EventKind::Cancelling { .. })
}

#[test]
fn a_skipped_phase_says_why_and_who_lacks_it() {
    on_virtual_time(async {
        let world = world(1, 1);
        let left = world.console().skip("init/addon/coredns", "we bring our own").go().await;
        left.assert_exit(0);
        let end = left.story.ended("c1", "init/addon/coredns");
        assert_eq!(end.outcome, StepOutcome::Skipped);
        assert_eq!(end.reason, "we bring our own");
        assert_eq!(end.lacking, ["init/addon/kube-proxy on c1"]);
        assert_eq!(world.done(&name("c1"), "init/addon/coredns"), 0);
        assert_eq!(world.done(&name("c1"), "init/addon/kube-proxy"), 1);
        assert!(left.text.contains("we bring our own"), "{}", left.text);
    });
}

#[test]
fn a_skip_that_others_need_is_told_and_shows_where_it_hurts() {
    on_virtual_time(async {
        let world = world(2, 1);
        let left = world.console().skip("init/upload-certs", "trying it out").go().await;
        left.assert_exit(1);
        let lacking = left.story.ended("c1", "init/upload-certs").lacking;
        assert!(lacking.contains(&"wait/endpoint on c2".to_owned()), "{lacking:?}");
        let end = left.story.ended("c2", "join/control-plane-prepare");
        assert_eq!(end.outcome, StepOutcome::Failed);
        assert!(end.reason.contains("kubeadm-certs"), "{}", end.reason);
        assert!(left.story.verified(&[name("c1"), name("w1")]), "{}", left.text);
        world.assert_no_secrets();
    });
}

#[test]
fn a_breakpoint_ends_an_unattended_run_without_secrets_and_a_later_one_goes_on() {
    on_virtual_time(async {
        for phase in [
            "init/certs/apiserver",
            "init/upload-config",
            "join/preflight",
            "join/kubelet-start",
            "join/control-plane-join/etcd",
        ] {
            let world = world(3, 1);
            let left = world.console().stop_before(phase).go().await;
            left.assert_exit(5);
            assert!(
                left.story.reason().contains("breakpoint") && left.story.reason().contains(phase),
                "{}",
                left.story.reason()
            );
            world.assert_no_secrets();
            // A worker's join passes through the phases of control planes without doing anything.
            let nodes = if phase.contains("control-plane") { world.planes() } else { world.nodes() };
            assert!(nodes.iter().all(|node| world.done(node, phase) == 0), "{phase}");
            let more = world.console().resume(&left.run).go().await;
            assert_eq!(more.ending.as_ref().unwrap().exit_code, 0, "{phase}\n{}", more.text);
            world.assert_healthy().await;
            for node in world.nodes() {
                for once in [
                    "init/certs/ca",
                    "init/kubelet-start",
                    "join/kubelet-start",
                    "join/control-plane-join/etcd",
                ] {
                    assert!(world.done(&node, once) <= 1, "{once} on {node}");
                }
            }
        }
    });
}

#[test]
fn a_first_cancel_lets_phases_end_and_starts_nothing() {
    on_virtual_time(async {
        for (node, phase) in [
            ("c1", "init/certs"),
            ("c1", "wait/api-server"),
            ("w1", "join/kubelet-start"),
            ("c2", "join/control-plane-join/etcd"),
        ] {
            let world = world(3, 1);
            let cancel = Command::Cancel { stage: CancelStage::Drain, reason: "Ctrl-C".into() };
            let left = world.console().command(move |event| starts(event, node, phase), cancel).go().await;
            left.assert_exit(5);
            let later = started_after(&left, is_cancelling);
            assert!(later.iter().all(|phase| phase == "clean-up"), "{phase}: {later:?}");
            if !phase.starts_with("wait") {
                assert_eq!(left.story.ended(node, phase).outcome, StepOutcome::Succeeded, "{phase}");
            }
            assert!(world.rack.calls().iter().all(|call| call.rc == Some(0)), "{phase}: nothing was killed");
            world.assert_no_secrets();
            let more = world.console().resume(&left.run).go().await;
            assert_eq!(more.ending.as_ref().unwrap().exit_code, 0, "{phase}\n{}", more.text);
            world.assert_healthy().await;
            assert_eq!(world.done(&name("c2"), "join/control-plane-join/etcd"), 1);
        }
    });
}

#[test]
fn a_second_cancel_stops_phases_on_their_nodes() {
    on_virtual_time(async {
        for (node, phase) in [
            ("c1", "init/preflight"),
            ("c1", "init/kubelet-start"),
            ("w1", "join/kubelet-start"),
            ("c2", "join/kubelet-start"),
            ("c2", "join/control-plane-join/etcd"),
        ] {
            let world = world(3, 1);
            let cancel = |stage| Command::Cancel { stage, reason: "Ctrl-C".into() };
            let left = world
                .console()
                .command(move |event| starts(event, node, phase), cancel(CancelStage::Drain))
                .command(move |event| prints(event, node, phase), cancel(CancelStage::Stop))
                .go()
                .await;
            left.assert_exit(5);
            let end = left.story.ended(node, phase);
            assert_eq!(
                (end.outcome, end.reason.as_str()),
                (StepOutcome::Cancelled, "stopped on the node"),
                "{phase}"
            );
            let calls = world.rack.calls();
            assert_eq!(calls.iter().rfind(|call| call.node == node).unwrap().rc, None, "{phase}: {calls:#?}");
            world.assert_no_secrets();
            world.pass(60).await;
            let more = world.console().resume(&left.run).go().await;
            assert_eq!(more.ending.as_ref().unwrap().exit_code, 0, "{phase}\n{}", more.text);
            world.assert_healthy().await;
        }
    });
}

#[test]
fn an_operator_pauses_steps_and_continues() {
    on_virtual_time(async {
        let world = world(1, 1);
        let is_paused = |event: &Envelope| {
            matches!(event.kind, EventKind::PaceChanged { pace: kubestep::event::Pace::Paused })
        };
        let certs = StepId::new(name("c1"), "init/certs");
        let left = world
            .console()
            .command(|event| starts(event, "c1", "init/preflight"), Command::Pause)
            .command(is_paused, Command::Break { step: StepId::new(name("w1"), "join/kubelet-start"), set: true })
            .command(
                |event| matches!(&event.kind, EventKind::StepFinished { phase, .. } if phase.as_str() == "init/preflight"),
                Command::Step(Some(certs)),
            )
            .command(
                |event| matches!(&event.kind, EventKind::StepFinished { phase, .. } if phase.as_str() == "init/certs"),
                Command::Continue,
            )
            .go()
            .await;
        left.assert_exit(5);
        assert!(
            left.story.reason().contains("breakpoint before join/kubelet-start on w1"),
            "{}",
            left.story.reason()
        );
        let more = world.console().resume(&left.run).go().await;
        more.assert_exit(0);
        world.assert_healthy().await;
    });
}

#[test]
fn only_some_nodes() {
    on_virtual_time(async {
        let world = world(3, 2);
        let only = |nodes: &[&str]| {
            let mut console = world.console();
            console.wish.only = nodes.iter().map(|node| name(node)).collect();
            console
        };
        only(&["c1"]).go().await.assert_exit(0);
        assert!(world.rack.calls().iter().all(|call| call.node == "c1"));
        only(&["w2", "c3"]).go().await.assert_exit(0);
        assert!(world.rack.calls().iter().all(|call| !["c2", "w1"].contains(&call.node.as_str())));
        let standing = world.standing(&name("c1")).await;
        assert_eq!(standing.nodes.keys().map(String::as_str).collect::<Vec<_>>(), ["c1", "c3", "w2"]);
        world.assert_no_secrets();
        world.console().go().await.assert_exit(0);
        world.assert_healthy().await;
        assert_eq!(world.done(&name("c1"), "init/certs/ca"), 1);
    });
}

#[test]
fn others_can_not_come_before_the_first() {
    on_virtual_time(async {
        let world = world(3, 1);
        let mut console = world.console();
        console.wish.only = vec![name("c2")];
        let left = console.go().await;
        left.assert_exit(1);
        assert!(left.text.contains("c1"), "{}", left.text);
        assert_eq!(world.rack.calls(), [], "{}", left.text);
    });
}

#[test]
fn until_a_phase_and_from_a_phase() {
    on_virtual_time(async {
        for (until, from) in [
            ("init/upload-config", "init/upload-certs"),
            ("init/certs", "init/kubeconfig"),
            ("certs/apiserver", "certs/apiserver-kubelet-client"),
            ("bootstrap-token", "init/kubelet-finalize"),
        ] {
            let world = world(2, 1);
            let mut console = world.console();
            console.wish.until = Some(until.into());
            console.wish.only = vec![name("c1")];
            let left = console.go().await;
            assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{until}\n{}", left.text);
            world.assert_no_secrets();
            let before: Vec<String> = world
                .rack
                .calls()
                .iter()
                .flat_map(|call| call.phases.iter().map(|s| s.phase.clone()))
                .collect();
            let id = kubestep::ids::PhaseId::new(before.last().unwrap());
            assert!(id.matches(until), "{until}: {before:?}");
            let mut console = world.console();
            console.wish.from = Some(from.into());
            let left = console.go().await;
            assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{from}\n{}", left.text);
            for phase in before {
                let published = ["init/upload-certs", "init/bootstrap-token"].contains(&phase.as_str());
                assert!(published || world.done(&name("c1"), &phase) == 1, "{phase} again from {from}");
            }
            world.assert_healthy().await;
        }
    });
}
