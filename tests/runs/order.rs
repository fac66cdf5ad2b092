//! What goes side by side, what takes turns, and what waits for what.

use std::time::Duration;

use kubestep::sim::{Scenario, Stretch};

use super::story::overlap;
use super::world::{GOLDENTOOTH, World, faults, on_virtual_time, parsed, rack, scenario};

#[test]
fn control_planes_prepare_side_by_side_and_join_etcd_in_turn() {
    on_virtual_time(async {
        for version in ["v1.20.2", "v1.29.6", "v1.33.0", "v1.34.3", "v1.36.2"] {
            let world = World::new(parsed(GOLDENTOOTH), version, Scenario::uneventful());
            let left = world.console().go().await;
            left.assert_exit(0);
            for phase in ["join/preflight", "join/control-plane-prepare", "join/kubelet-start"] {
                let (fenn, gardener) = (left.story.span("fenn", phase), left.story.span("gardener", phase));
                assert!(overlap(fenn, gardener), "{version}: {phase} {fenn:?} {gardener:?}");
            }
            let calls = world.rack.calls();
            let joins: Vec<(&str, &Stretch)> = calls
                .iter()
                .flat_map(|call| call.phases.iter().map(|stretch| (call.node.as_str(), stretch)))
                .filter(|(node, _)| *node != "bettley")
                .filter(|(_, stretch)| {
                    ["join/etcd-join", "join/control-plane-join/etcd"].contains(&stretch.phase.as_str())
                        && stretch.ended > stretch.begun
                })
                .collect();
            let nodes: Vec<&str> = joins.iter().map(|(node, _)| *node).collect();
            assert!(nodes.contains(&"fenn") && nodes.contains(&"gardener"), "{version}: {joins:?}");
            for (at, (_, one)) in joins.iter().enumerate() {
                for (_, other) in &joins[at + 1..] {
                    assert!(one.ended <= other.begun || other.ended <= one.begun, "{version}: {joins:?}");
                }
            }
        }
    });
}

#[test]
fn nobody_waits_for_addons_and_marks() {
    on_virtual_time(async {
        let slow = [
            "{ node: c1, phase: init/addon, kind: slow, factor: 200 }",
            "{ node: c1, phase: init/mark-control-plane, kind: slow, factor: 200 }",
        ];
        let world = World::new(rack(3, 2, ""), "v1.29.6", faults(&slow));
        let left = world.console().leaves().go().await;
        left.assert_exit(0);
        world.assert_healthy().await;
        let (addons_begun, addons_ended) = left.story.span("c1", "init/addon/coredns");
        assert!(addons_ended > addons_begun + Duration::from_secs(20), "the fault made it slow");
        for node in ["c2", "c3", "w1", "w2"] {
            let (_, verified) = left.story.span(node, "verify");
            assert!(verified < addons_ended, "{node} was there before the addons");
        }
    });
}

#[test]
fn workers_join_together() {
    on_virtual_time(async {
        let world = World::new(rack(1, 6, ""), "v1.29.6", Scenario::uneventful());
        let left = world.console().go().await;
        left.assert_exit(0);
        let spans: Vec<_> =
            (1..=6).map(|w| left.story.span(&format!("w{w}"), "join/kubelet-start")).collect();
        for pair in spans.windows(2) {
            assert!(overlap(pair[0], pair[1]), "{spans:?}");
        }
    });
}

#[test]
fn no_more_nodes_join_at_once_than_allowed() {
    on_virtual_time(async {
        let world = World::new(
            rack(1, 6, "  options: { concurrency: { joins: 2 } }\n"),
            "v1.29.6",
            Scenario::uneventful(),
        );
        let left = world.console().go().await;
        left.assert_exit(0);
        let mut running = 0_usize;
        let mut most = 0;
        for (_, begins) in left.story.runs_of("join/") {
            running = if begins { running + 1 } else { running - 1 };
            most = most.max(running);
        }
        assert_eq!(most, 2);
    });
}

#[test]
fn hooks_manifests_and_labels_come_in_their_place() {
    on_virtual_time(async {
        let more = "  hooks:\n    - { at: before-node, run: modprobe br_netfilter }\n    - { at: before-node, role: worker, run: mkfs /dev/sdb }\n    - { at: after-api, run: kubectl get nodes }\n    - { at: after-node, role: worker, run: touch /done }\n";
        let mut inventory = rack(2, 1, more);
        let manifest = "https://example.org/cni.yaml";
        inventory.kubernetes.manifests = vec![manifest.to_owned()];
        inventory.hosts[2].labels.insert("disk".to_owned(), "ssd".to_owned());
        let world = World::new(inventory, "v1.29.6", scenario("nodes: { '*': { shell: done } }\n", &[]));
        let left = world.console().go().await;
        left.assert_exit(0);
        world.assert_healthy().await;
        let order = |node: &str| -> Vec<String> {
            let mine = left.story.starts().into_iter().filter(|(n, _, _)| *n == node);
            mine.map(|(_, phase, _)| phase.to_owned()).collect()
        };
        let place = |node: &str, phase: &str| {
            let order = order(node);
            order.iter().position(|p| p == phase).unwrap_or_else(|| panic!("{phase} on {node}: {order:?}"))
        };
        let in_order = |node: &str, phases: &[&str]| {
            let places: Vec<usize> = phases.iter().map(|phase| place(node, phase)).collect();
            assert!(places.is_sorted(), "{node}: {phases:?} {:?}", order(node));
        };
        in_order(
            "c1",
            &["check", "hook-before-1", "config", "init/preflight", "wait/api-server", "hook-api-1"],
        );
        in_order("c1", &["init/upload-config", "apply-1", "verify", "clean-up"]);
        in_order("c2", &["hook-before-1", "config", "join/preflight", "verify"]);
        in_order(
            "w1",
            &[
                "hook-before-1",
                "hook-before-2",
                "config",
                "join/kubelet-start",
                "label",
                "verify",
                "hook-after-1",
            ],
        );
        assert!(!order("c2").iter().any(|phase| phase == "hook-after-1"), "only workers have it");
        let standing = world.standing(&world.planes()[0]).await;
        assert_eq!(standing.nodes["w1"].labels["disk"], "ssd");
        let (_, applied) = left.story.span("c1", "apply-1");
        let (_, done) = left.story.span("c1", "verify");
        assert!(applied < done, "nodes can only be ready with the network that the manifest brings");
    });
}
