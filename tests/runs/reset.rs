//! Nodes out of the cluster, and back.

use kubestep::event::{EventKind, StepOutcome};
use kubestep::sim::{Scenario, Session};

use super::world::{World, faults, name, on_virtual_time, rack};

async fn up(planes: usize, workers: usize, version: &str) -> World {
    let world = World::new(rack(planes, workers, ""), version, Scenario::uneventful());
    world.console().go().await.assert_exit(0);
    world.assert_healthy().await;
    world
}

#[test]
fn a_worker_leaves_and_comes_back() {
    on_virtual_time(async {
        let world = up(1, 2, "v1.29.6").await;
        let left = world.console().reset(&["w1"]).go().await;
        left.assert_exit(0);
        let standing = world.standing(&name("c1")).await;
        assert_eq!(standing.nodes.keys().map(String::as_str).collect::<Vec<_>>(), ["c1", "w2"]);
        assert!(!world.rack.paths(&name("w1")).iter().any(|path| path.starts_with("/etc/kubernetes/")));
        let (_, evicted) = left.story.span("w1", "evict");
        let (begun, _) = left.story.span("w1", "reset");
        assert!(evicted <= begun);
        world.assert_no_secrets();
        world.console().go().await.assert_exit(0);
        world.assert_healthy().await;
        assert_eq!(world.done(&name("w2"), "join/kubelet-start"), 1, "the other one was left alone");
        assert_eq!(world.done(&name("w1"), "join/kubelet-start"), 2);
    });
}

#[test]
fn a_control_plane_leaves_etcd_and_the_cluster_before_it_is_wiped() {
    on_virtual_time(async {
        for version in ["v1.20.2", "v1.29.6", "v1.34.3"] {
            for leaving in ["c3", "c1"] {
                let world = up(3, 1, version).await;
                let left = world.console().reset(&[leaving]).go().await;
                left.assert_exit(0);
                let stays = if leaving == "c1" { "c2" } else { "c1" };
                let standing = world.standing(&name(stays)).await;
                assert!(!standing.nodes.contains_key(leaving), "{version}: {leaving} is no node any more");
                let members = standing.etcd_members.unwrap();
                assert_eq!(members.len(), 2, "{version}: {members:?}");
                let (_, evicted) = left.story.span(leaving, "evict");
                let (begun, _) = left.story.span(leaving, "reset");
                assert!(evicted <= begun, "{version}");
                assert!(
                    !world
                        .rack
                        .paths(&name(leaving))
                        .iter()
                        .any(|path| path.starts_with("/etc/kubernetes/manifests"))
                );
                let back = world.console().go().await;
                assert_eq!(back.ending.as_ref().unwrap().exit_code, 0, "{version} {leaving}\n{}", back.text);
                world.assert_healthy().await;
                assert_eq!(world.done(&name("c1"), "init/certs/ca"), 1, "{version}: the cluster is the same");
            }
        }
    });
}

/// Brought up, and then the first control plane answers ssh, and that program no longer runs there.
async fn up_and_then_without(program: &str) -> World {
    let world = up(3, 1, "v1.29.6").await;
    let away = format!("mv /etc/kubernetes/manifests/{program}.yaml /root/");
    let moved = world.rack.shell(&name("c1"), &mut Session::login(), &away).await.unwrap();
    assert_eq!(moved.rc, 0, "{moved:?}");
    world.pass(120).await;
    world
}

#[test]
fn a_sick_first_control_plane_keeps_nobody_in_the_cluster() {
    on_virtual_time(async {
        for (sick, leaving) in
            [("kube-apiserver", "c3"), ("kube-apiserver", "w1"), ("etcd", "w1"), ("etcd", "c1")]
        {
            let world = up_and_then_without(sick).await;
            let left = world.console().reset(&[leaving]).go().await;
            left.assert_exit(0);
            let standing = world.standing(&name("c2")).await;
            assert!(!standing.nodes.contains_key(leaving), "{sick}: {leaving} is no node any more");
            let members = standing.etcd_members.unwrap();
            assert!(!members.iter().any(|member| member.name == leaving), "{sick}: {members:?}");
            assert!(
                !world.rack.paths(&name(leaving)).iter().any(|path| path.starts_with("/etc/kubernetes/"))
            );
        }
    });
}

/// Two of three members are up: without one of these, etcd would stop.
#[test]
fn a_healthy_member_does_not_leave_while_another_is_down() {
    on_virtual_time(async {
        let world = up_and_then_without("etcd").await;
        let left = world.console().reset(&["c3"]).go().await;
        assert_ne!(left.ending.as_ref().unwrap().exit_code, 0);
        assert!(left.text.contains("take its node out first"), "{}", left.text);
        let standing = world.standing(&name("c2")).await;
        assert!(standing.nodes.contains_key("c3"));
        assert_eq!(standing.etcd_members.unwrap().len(), 3);
        assert!(
            world.rack.paths(&name("c3")).iter().any(|path| path.starts_with("/etc/kubernetes/manifests"))
        );
        world.console().reset(&["c1"]).go().await.assert_exit(0);
        world.console().reset(&["c3"]).go().await.assert_exit(0);
        assert_eq!(world.standing(&name("c2")).await.etcd_members.unwrap().len(), 1);
    });
}

#[test]
fn two_of_three_control_planes_leave_one_at_a_time() {
    on_virtual_time(async {
        let world = up(3, 1, "v1.29.6").await;
        let left = world.console().reset(&["c2", "c3"]).go().await;
        left.assert_exit(0);
        let members = world.standing(&name("c1")).await.etcd_members.unwrap();
        assert_eq!(members.len(), 1);
        world.console().go().await.assert_exit(0);
        world.assert_healthy().await;
    });
}

#[test]
fn the_whole_rack_is_bare_again_and_can_be_brought_up_anew() {
    on_virtual_time(async {
        let world = up(3, 2, "v1.29.6").await;
        let left = world.console().reset(&[]).go().await;
        left.assert_exit(0);
        for node in world.nodes() {
            let paths = world.rack.paths(&node);
            let left: Vec<_> = paths
                .iter()
                .filter(|path| path.starts_with("/etc/kubernetes/") || path.starts_with("/var/lib/etcd"))
                .collect();
            assert!(left.is_empty(), "{node}: {left:?}");
        }
        // The first control plane goes last.
        let ends: Vec<&str> = left
            .story
            .0
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::StepFinished { node, phase, .. } if phase.as_str() == "sweep" => {
                    Some(node.as_str())
                }
                _ => None,
            })
            .collect();
        assert_eq!(ends.last(), Some(&"c1"), "{ends:?}");
        world.console().go().await.assert_exit(0);
        world.assert_healthy().await;
        let nothing = World::new(rack(1, 1, ""), "v1.29.6", Scenario::uneventful());
        nothing.console().reset(&[]).go().await.assert_exit(0);
        assert_eq!(nothing.rack.calls(), [], "there was nothing to reset");
    });
}

#[test]
fn a_half_joined_node_can_be_reset_and_joined_again() {
    on_virtual_time(async {
        let fault = "{ node: c2, phase: join/control-plane-join/etcd, kind: kill, after: 900ms }";
        let world = World::new(rack(3, 1, ""), "v1.29.6", faults(&[fault]));
        let left = world.console().go().await;
        left.assert_exit(1);
        let reset = world.console().reset(&["c2"]).go().await;
        assert_eq!(reset.ending.as_ref().unwrap().exit_code, 0, "{}", reset.text);
        assert_eq!(reset.story.ended("c2", "sweep").outcome, StepOutcome::Succeeded);
        let back = world.console().go().await;
        assert_eq!(back.ending.as_ref().unwrap().exit_code, 0, "{}", back.text);
        world.assert_healthy().await;
    });
}

/// The very node that the check refuses, with "reset this node", can be reset; and what is wrong with the others stops nothing.
#[test]
fn what_is_wrong_with_a_node_does_not_keep_it_from_being_reset() {
    on_virtual_time(async {
        let fault = "{ node: w1, phase: join/kubelet-start, attempts: [1, 2, 3], kind: kill, after: 900ms }";
        let world = World::new(rack(3, 2, ""), "v1.29.6", faults(&[fault]));
        world.console().go().await.assert_exit(1);
        for (node, line) in
            [("w1", "systemctl stop kubelet"), ("w2", "systemctl stop kubelet"), ("w2", "swapon -a")]
        {
            let _ = world.rack.shell(&name(node), &mut Session::login(), line).await.unwrap();
        }
        let refused = world.console().go().await;
        refused.assert_exit(1);
        assert!(refused.text.contains("kubestep reset"), "{}", refused.text);
        let reset = world.console().reset(&["w1"]).go().await;
        assert_eq!(reset.ending.as_ref().unwrap().exit_code, 0, "{}", reset.text);
        assert!(!world.rack.paths(&name("w1")).iter().any(|path| path.starts_with("/etc/kubernetes/")));
        let started =
            world.rack.shell(&name("w2"), &mut Session::login(), "systemctl start kubelet").await.unwrap();
        assert_eq!(started.rc, 0);
        let back = world.console().go().await;
        assert_eq!(back.ending.as_ref().unwrap().exit_code, 0, "{}", back.text);
        world.assert_healthy().await;
    });
}

#[test]
fn a_node_that_can_not_be_reached_does_not_keep_another_from_leaving() {
    on_virtual_time(async {
        let fault = "{ node: c1, request: probe, attempts: [2], kind: cut-link }";
        let world = World::new(rack(3, 2, ""), "v1.29.6", faults(&[fault]));
        world.console().go().await.assert_exit(0);
        let reset = world.console().reset(&["w1"]).go().await;
        // It is told, and w1 is gone all the same.
        assert_eq!(reset.ending.as_ref().unwrap().exit_code, 3, "{}", reset.text);
        assert_eq!(reset.story.ended("w1", "evict-again").outcome, StepOutcome::Succeeded);
        assert!(!world.standing(&name("c2")).await.nodes.contains_key("w1"));
    });
}

#[test]
fn what_a_lost_console_left_goes_with_a_reset() {
    on_virtual_time(async {
        let world = World::new(rack(1, 1, ""), "v1.29.6", Scenario::uneventful());
        let killed = world
            .console()
            .killed(|event| matches!(&event.kind, EventKind::StepFinished { phase, .. } if phase.as_str() == "init/certs"))
            .go()
            .await;
        assert!(killed.ending.is_none());
        let secrets = world.secrets.lock().unwrap().clone();
        assert!(secrets.iter().any(|secret| !world.rack.files_with(secret).is_empty()));
        world.console().reset(&[]).go().await.assert_exit(0);
        assert!(secrets.iter().all(|secret| world.rack.files_with(secret).is_empty()));
        world.console().go().await.assert_exit(0);
    });
}

#[test]
fn the_last_control_plane_is_not_taken_out_of_its_cluster() {
    on_virtual_time(async {
        let world = up(1, 1, "v1.29.6").await;
        let left = world.console().reset(&["c1"]).go().await;
        // Nobody stays who could be told; the operator named it, and confirmed it.
        left.assert_exit(0);
        assert!(left.story.end("c1", "evict").is_none());
    });
}
