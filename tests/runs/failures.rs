//! Steps that fail: what it means for the rest, and for the exit status.

use std::time::Duration;

use kubestep::event::{EventKind, StepOutcome};
use kubestep::sim::Scenario;

use super::console::Left;
use super::world::{World, faults, name, on_virtual_time, rack, scenario};

const BUDGET: &str = "  options: { onFailure: { maxFailedWorkers: 1 } }\n";

async fn run(world: &World) -> Left {
    world.console().go().await
}

/// Paths on every node, to see that nothing was changed.
fn everything(world: &World) -> Vec<Vec<String>> {
    world.nodes().iter().map(|node| world.rack.paths(node)).collect()
}

fn assert_untouched(world: &World, before: &[Vec<String>]) {
    assert_eq!(world.rack.calls(), [], "no kubeadm ran");
    assert_eq!(everything(world), before, "no file was written");
}

const BROKEN_WORKER: &str = "{ node: w2, phase: join/preflight, kind: fail, attempts: [], output: 'error execution phase preflight: no luck today' }";

#[test]
fn a_failed_worker_inside_the_budget_is_partly_a_success() {
    on_virtual_time(async {
        let world = World::new(rack(1, 3, BUDGET), "v1.29.6", faults(&[BROKEN_WORKER]));
        let left = run(&world).await;
        left.assert_exit(4);
        let end = left.story.ended("w2", "join/preflight");
        assert_eq!(end.outcome, StepOutcome::Failed);
        assert!(end.reason.contains("no luck today"), "{}", end.reason);
        assert!(left.story.verified(&[name("c1"), name("w1"), name("w3")]));
        world.assert_no_secrets();
    });
}

#[test]
fn a_failed_worker_outside_the_budget_fails_the_run_but_not_the_others() {
    on_virtual_time(async {
        let world = World::new(rack(1, 3, ""), "v1.29.6", faults(&[BROKEN_WORKER]));
        let left = run(&world).await;
        left.assert_exit(1);
        assert!(left.story.verified(&[name("c1"), name("w1"), name("w3")]));
        assert!(left.story.reason().contains("join/preflight on w2"), "{}", left.story.reason());
        world.assert_no_secrets();
    });
}

#[test]
fn a_failed_worker_stops_the_run_where_the_inventory_wants_that() {
    on_virtual_time(async {
        let more = "  options: { onFailure: { workers: stop } }\n";
        let slow = "{ node: w3, request: look, kind: hang, attempts: [] }";
        let world = World::new(rack(1, 3, more), "v1.29.6", faults(&[BROKEN_WORKER, slow]));
        let left = run(&world).await;
        assert_eq!(left.story.end("w3", "join/preflight"), None, "{}", left.text);
        assert!(left.story.reason().contains("w2"), "{}", left.story.reason());
        left.assert_exit(1);
        world.assert_no_secrets();
    });
}

#[test]
fn safe_phases_are_tried_again_with_growing_pauses() {
    on_virtual_time(async {
        let fault = "{ node: w1, phase: join/preflight, kind: fail, attempts: [1, 2], output: 'connection reset by peer' }";
        let world = World::new(rack(1, 1, ""), "v1.29.6", faults(&[fault]));
        let left = run(&world).await;
        left.assert_exit(0);
        world.assert_healthy().await;
        let pauses: Vec<u64> = left
            .story
            .0
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::RetryPlanned { after, .. } => Some(after.as_secs()),
                _ => None,
            })
            .collect();
        assert_eq!(pauses, [5, 10]);
        let starts: Vec<Duration> = left
            .story
            .0
            .iter()
            .filter(|event| matches!(&event.kind, EventKind::StepStarted { node, phase, .. } if node.as_str() == "w1" && phase.as_str() == "join/preflight"))
            .map(|event| event.elapsed)
            .collect();
        assert_eq!(starts.len(), 3);
        assert!(starts[1] >= starts[0] + Duration::from_secs(5), "{starts:?}");
        assert!(starts[2] >= starts[1] + Duration::from_secs(10), "{starts:?}");
        assert_eq!(left.story.ended("w1", "join/preflight").attempt, 3);
    });
}

#[test]
fn a_false_success_is_no_success() {
    on_virtual_time(async {
        for phase in [
            "init/certs/apiserver",
            "init/upload-certs",
            "join/control-plane-prepare/download-certs",
            "join/control-plane-join/etcd",
            "join/preflight",
        ] {
            for leaves in [false, true] {
                let fault = format!("{{ node: '*', phase: {phase}, kind: false-success, attempts: [] }}");
                let world = World::new(rack(2, 1, ""), "v1.29.6", faults(&[&fault]));
                let console = world.console();
                let left = if leaves { console.leaves() } else { console }.go().await;
                left.assert_exit(1);
                let failed: Vec<_> =
                    left.state.as_ref().unwrap().failed().map(|step| step.id().clone()).collect();
                let blamed = failed
                    .iter()
                    .any(|id| id.phase.as_str() == phase || phase.starts_with(&format!("{}/", id.phase)));
                assert!(blamed, "{phase}: {failed:?}");
                world.assert_no_secrets();
            }
        }
    });
}

#[test]
fn a_failed_control_plane_keeps_others_from_beginning() {
    on_virtual_time(async {
        let faults = faults(&[
            "{ node: c2, phase: join/preflight, kind: fail, attempts: [], output: 'error execution phase preflight: disk on fire' }",
            "{ node: c3, request: look, kind: hang, attempts: [1, 2, 3] }",
        ]);
        let world = World::new(rack(3, 1, ""), "v1.29.6", faults);
        let left = run(&world).await;
        left.assert_exit(1);
        assert_eq!(left.story.end("c3", "join/preflight"), None, "{}", left.text);
        assert!(left.story.verified(&[name("c1"), name("w1")]), "workers go on\n{}", left.text);
        assert!(world.rack.calls().iter().all(|call| call.node != "c3"));
        let members = world.standing(&name("c1")).await.etcd_members.unwrap();
        assert_eq!(members.len(), 1);
        world.assert_no_secrets();
    });
}

#[test]
fn an_unreachable_worker_counts_against_the_budget() {
    on_virtual_time(async {
        let away = faults(&["{ node: w2, kind: unreachable }"]);
        let world = World::new(rack(1, 2, ""), "v1.29.6", away.clone());
        let before = everything(&world);
        let left = run(&world).await;
        left.assert_exit(3);
        assert!(left.text.contains("w2 can't be reached"), "{}", left.text);
        assert_untouched(&world, &before);

        let world = World::new(rack(1, 2, BUDGET), "v1.29.6", away);
        let left = run(&world).await;
        left.assert_exit(4);
        assert!(left.story.verified(&[name("c1"), name("w1")]));
        world.assert_no_secrets();
    });
}

#[test]
fn an_unreachable_control_plane_stops_everything_before_it_begins() {
    on_virtual_time(async {
        for (plane, kind) in [("c1", "unreachable"), ("c3", "unreachable"), ("c2", "login-refused")] {
            let world = World::new(
                rack(3, 1, BUDGET),
                "v1.29.6",
                faults(&[&format!("{{ node: {plane}, kind: {kind} }}")]),
            );
            let before = everything(&world);
            let left = run(&world).await;
            left.assert_exit(3);
            assert_untouched(&world, &before);
        }
    });
}

#[test]
fn check_errors_stop_before_anything_is_changed() {
    on_virtual_time(async {
        let setups = [
            "nodes: { w1: { cri: false } }\n",
            "nodes: { c2: { memory: 512 } }\n",
            "nodes: { w1: { machineId: 00112233445566778899aabbccddeeff }, w2: { machineId: 00112233445566778899aabbccddeeff } }\n",
            "nodes: { c1: { leftovers: true } }\n",
            "nodes: { w2: { cgroupMemory: false } }\n",
        ];
        for setup in setups {
            // Not even with a budget for failed workers: nothing has been done that could be good in part.
            for more in ["", BUDGET] {
                let world = World::new(rack(2, 2, more), "v1.29.6", scenario(setup, &[]));
                let before = everything(&world);
                let left = run(&world).await;
                assert!(left.text.contains("nothing was changed"), "{setup}\n{}", left.text);
                left.assert_exit(1);
                assert_untouched(&world, &before);
            }
        }
    });
}

#[test]
fn an_unreachable_worker_inside_the_budget_does_not_hide_what_the_checks_found() {
    on_virtual_time(async {
        let more = "  options: { onFailure: { maxFailedWorkers: 2 } }\n";
        let trouble = scenario("nodes: { w1: { cri: false } }\n", &["{ node: w2, kind: unreachable }"]);
        let world = World::new(rack(1, 3, more), "v1.29.6", trouble);
        let before = everything(&world);
        let left = run(&world).await;
        left.assert_exit(1);
        assert_untouched(&world, &before);
    });
}

#[test]
fn a_node_that_never_gets_ready_is_waited_for_once() {
    on_virtual_time(async {
        let more = "  options: { timeouts: { nodeReady: 60s } }\n";
        let world = World::new(rack(1, 1, more), "v1.29.6", scenario("withoutCni: true\n", &[]));
        let left = run(&world).await;
        left.assert_exit(1);
        let end = left.story.ended("w1", "verify");
        assert_eq!((end.outcome, end.attempt), (StepOutcome::Failed, 1));
        assert!(end.reason.contains("1m00s") && end.reason.contains("CNI"), "{}", end.reason);
        world.assert_no_secrets();
    });
}

#[test]
fn a_balancer_that_does_not_answer_is_named() {
    on_virtual_time(async {
        let more = "  options: { timeouts: { controlPlane: 90s } }\n";
        for setup in ["balancer: { up: false }\n", "balancer: { forwards: false }\n"] {
            let world = World::new(rack(3, 1, more), "v1.29.6", scenario(setup, &[]));
            let left = run(&world).await;
            left.assert_exit(1);
            let failed: Vec<_> =
                left.state.as_ref().unwrap().failed().map(|step| step.id().phase.to_string()).collect();
            assert!(failed.contains(&"wait/endpoint".to_owned()), "{setup} {failed:?}\n{}", left.text);
            let end = left.story.ended("c1", "wait/endpoint");
            assert!(end.reason.contains("10.4.0.10:6443"), "{}", end.reason);
            world.assert_no_secrets();
        }
    });
}

#[test]
fn a_hanging_phase_is_stopped_on_its_node_when_its_time_is_up() {
    on_virtual_time(async {
        let world = World::new(
            rack(1, 1, ""),
            "v1.29.6",
            faults(&["{ node: w1, phase: join/preflight, kind: hang }"]),
        );
        let left = run(&world).await;
        left.assert_exit(0);
        world.assert_healthy().await;
        assert_eq!(left.story.ended("w1", "join/preflight").attempt, 2);
        let calls: Vec<_> = world.rack.calls().into_iter().filter(|call| call.node == "w1").collect();
        assert_eq!(calls[0].rc, None, "stopped: {calls:#?}");
        assert!(calls[1].begun - calls[0].begun > 600_000, "only when its ten minutes were over");
        let first = left.story.0.iter().find_map(|event| match &event.kind {
            EventKind::StepFinished { node, phase, reason, .. }
                if node.as_str() == "w1" && phase.as_str() == "join/preflight" =>
            {
                reason.clone()
            }
            _ => None,
        });
        assert_eq!(first.as_deref(), Some("took longer than 10m00s and was stopped on the node"));
    });
}

#[test]
fn a_run_over_its_time_limit_is_stopped() {
    on_virtual_time(async {
        let world = World::new(rack(3, 3, ""), "v1.29.6", Scenario::uneventful());
        let left = world.console().time_limit(Duration::from_secs(40)).go().await;
        left.assert_exit(5);
        assert!(left.story.reason().contains("limit of 40.0s"), "{}", left.story.reason());
        let took = left.story.0.last().unwrap().elapsed;
        assert!((40..60).contains(&took.as_secs()), "{took:?}");
        world.assert_no_secrets();
        // And goes on from there.
        let more = world.console().resume(&left.run).go().await;
        more.assert_exit(0);
        world.assert_healthy().await;
    });
}

#[test]
fn joins_go_on_without_our_signature() {
    on_virtual_time(async {
        let refused = "{ node: c1, request: kubectl, kind: fail, attempts: [1], output: 'Error from server (Forbidden): not you' }";
        let world = World::new(rack(1, 1, ""), "v1.29.6", faults(&[refused]));
        let left = run(&world).await;
        left.assert_exit(0);
        let end = left.story.ended("c1", "cluster-info");
        assert_eq!(end.outcome, StepOutcome::Succeeded);
        assert_eq!(end.reason, "left to the controller manager: Error from server (Forbidden): not you");

        let world = World::new(rack(1, 1, ""), "v1.29.6", Scenario::uneventful());
        let left = run(&world).await;
        assert_eq!(left.story.ended("c1", "cluster-info").reason, "signed");
    });
}
