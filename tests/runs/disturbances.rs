//! Killed kubeadms, lost power, cut links: a cluster in the end, or a clear word.

use kubestep::event::{EventKind, StepOutcome};

use super::console::Left;
use super::world::{World, faults, name, on_virtual_time, rack};

/// What a disturbance may come to: the cluster, at once or after `--resume`.
async fn comes_through(what: &str, version: &str, fault: &str) -> (World, Left) {
    let world = World::new(rack(3, 2, ""), version, faults(&[fault]));
    let first = world.console().go().await;
    let code = first.ending.as_ref().unwrap().exit_code;
    if code == 0 {
        world.assert_healthy().await;
        return (world, first);
    }
    assert!(!first.story.reason().is_empty(), "{what} with {version}: {}", first.text);
    world.assert_no_secrets();
    world.pass(120).await;
    let second = world.console().resume(&first.run).go().await;
    assert_eq!(
        second.ending.as_ref().unwrap().exit_code,
        0,
        "{what} with {version}: the first console said:\n{}\nthe second:\n{}",
        first.text,
        second.text
    );
    world.assert_healthy().await;
    (world, second)
}

const PHASES: [(&str, &str); 10] = [
    ("c1", "init/preflight"),
    ("c1", "init/certs/apiserver"),
    ("c1", "init/kubelet-start"),
    ("c1", "init/upload-certs"),
    ("c2", "join/preflight"),
    ("c2", "join/control-plane-prepare/certs"),
    ("c2", "join/kubelet-start"),
    ("c2", "join/control-plane-join"),
    ("w1", "join/preflight"),
    ("w1", "join/kubelet-start"),
];

#[test]
fn kubeadm_killed_on_the_node() {
    on_virtual_time(async {
        for (node, phase) in PHASES {
            for after in ["0s", "2s"] {
                let fault = format!("{{ node: {node}, phase: {phase}, kind: kill, after: {after} }}");
                let (world, _) = comes_through(&fault, "v1.29.6", &fault).await;
                let again = phase == "init/certs/apiserver";
                assert!(world.done(&name("c1"), "init/certs/ca") <= 1 + usize::from(again), "{fault}");
            }
        }
    });
}

#[test]
fn an_etcd_join_killed_at_any_time_with_every_way_of_joining() {
    on_virtual_time(async {
        for (version, phase) in [
            ("v1.20.2", "join/control-plane-join/etcd"),
            ("v1.27.16", "join/control-plane-join/etcd"),
            ("v1.29.6", "join/control-plane-join/etcd"),
            ("v1.31.4", "join/control-plane-join/etcd"),
            ("v1.33.0", "join/etcd-join"),
            ("v1.34.3", "join/etcd-join"),
            ("v1.36.2", "join/etcd-join"),
        ] {
            let fault = format!("{{ node: c2, phase: {phase}, kind: hang, attempts: [1] }}");
            let (world, _) = comes_through(&fault, version, &fault).await;
            assert_eq!(world.done(&name("c2"), phase), 1, "{version}");
        }
    });
}

#[test]
fn power_lost_while_a_member_of_etcd_is_announced() {
    on_virtual_time(async {
        for (version, phase) in [
            ("v1.20.2", "join/control-plane-join/etcd"),
            ("v1.27.16", "join/control-plane-join/etcd"),
            ("v1.29.6", "join/control-plane-join/etcd"),
            ("v1.33.0", "join/etcd-join"),
            ("v1.36.2", "join/etcd-join"),
        ] {
            for after in (300..=2_100).step_by(600) {
                let fault =
                    format!("{{ node: c2, phase: {phase}, kind: power-off, after: {after}ms, for: 5s }}");
                comes_through(&fault, version, &fault).await;
            }
        }
    });
}

#[test]
fn power_lost_and_back() {
    on_virtual_time(async {
        for (node, phase) in PHASES {
            for after in ["100ms", "3s"] {
                let fault =
                    format!("{{ node: {node}, phase: {phase}, kind: power-off, after: {after}, for: 40s }}");
                let (_, left) = comes_through(&fault, "v1.29.6", &fault).await;
                let _ = left;
            }
        }
    });
}

#[test]
fn power_lost_during_joins_of_other_releases() {
    on_virtual_time(async {
        for version in ["v1.20.2", "v1.34.3", "v1.36.2"] {
            for (node, phase) in [("c2", "join/kubelet-start"), ("w1", "join/kubelet-start")] {
                let fault =
                    format!("{{ node: {node}, phase: {phase}, kind: power-off, after: 1500ms, for: 60s }}");
                comes_through(&fault, version, &fault).await;
            }
        }
    });
}

#[test]
fn a_worker_that_never_comes_back_is_told() {
    on_virtual_time(async {
        let fault = "{ node: w1, phase: join/kubelet-start, kind: power-off, after: 1s }";
        let world = World::new(rack(1, 2, ""), "v1.29.6", faults(&[fault]));
        let left = world.console().go().await;
        assert!([1, 3].contains(&left.ending.as_ref().unwrap().exit_code), "{}", left.text);
        assert!(left.story.verified(&[name("c1"), name("w2")]), "{}", left.text);
        let end = left.story.ended("w1", "join/kubelet-start");
        assert_eq!(end.outcome, StepOutcome::Failed);
        assert!(left.text.contains("w1 still holds the run's secrets"), "{}", left.text);
    });
}

/// What a step printed, without the lines that tell the time.
fn printed<'a>(left: &'a Left, node: &str, phase: &str) -> Vec<&'a str> {
    left.story.output(node, phase).into_iter().filter(|line| line.starts_with('[')).collect()
}

#[test]
fn a_cut_link_loses_nothing_doubles_nothing_and_tells_the_truth() {
    on_virtual_time(async {
        let calm = World::new(rack(3, 2, ""), "v1.29.6", faults(&[]));
        let undisturbed = calm.console().go().await;
        undisturbed.assert_exit(0);
        for (node, phase) in PHASES {
            for (after, lasting) in [("10ms", "3s"), ("50ms", "30s"), ("1s", "30s"), ("1s", "200s")] {
                let fault = format!(
                    "{{ node: {node}, phase: {phase}, kind: cut-link, after: {after}, for: {lasting} }}"
                );
                let world = World::new(rack(3, 2, ""), "v1.29.6", faults(&[&fault]));
                let left = world.console().go().await;
                assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{fault}\n{}", left.text);
                world.assert_healthy().await;
                // Beyond its budget a phase is given up, link or no link.
                if lasting == "200s" {
                    continue;
                }
                for (node, phase, attempt) in left.story.starts() {
                    let ours = !phase.contains('/') || phase.starts_with("wait/");
                    assert!(ours || attempt == 1, "{fault}: {phase} on {node} ran again");
                }
                for step in
                    ["init/certs", "init/kubelet-start", "join/kubelet-start", "join/control-plane-prepare"]
                {
                    if undisturbed.story.end(node, step).is_some() {
                        assert_eq!(
                            printed(&left, node, step),
                            printed(&undisturbed, node, step),
                            "{fault}: {step}"
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn a_failure_behind_a_cut_link_is_a_failure() {
    on_virtual_time(async {
        let faults = faults(&[
            "{ node: w1, phase: join/preflight, kind: cut-link, after: 10ms, for: 30s }",
            "{ node: w1, phase: join/preflight, kind: fail, after: 200ms, attempts: [], output: 'error execution phase preflight: I/O error' }",
        ]);
        let world = World::new(rack(1, 2, ""), "v1.29.6", faults);
        let left = world.console().go().await;
        left.assert_exit(1);
        assert!(left.story.ended("w1", "join/preflight").reason.contains("I/O error"));
        let lost =
            left.story.0.iter().filter(|event| matches!(event.kind, EventKind::LinkLost { .. })).count();
        let back =
            left.story.0.iter().filter(|event| matches!(event.kind, EventKind::LinkRestored { .. })).count();
        assert_eq!((lost, back), (1, 1));
    });
}
