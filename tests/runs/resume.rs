//! A console dies; another one goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use kubestep::event::{Envelope, EventKind};
use kubestep::sim::Scenario;

use super::console::Left;
use super::world::{World, faults, on_virtual_time, rack, scenario};

/// These publish what joining nodes need; a console that does not know whether they are still valid may do it again.
const MAY_REPEAT: [&str; 2] = ["init/upload-certs", "init/bootstrap-token"];

/// Phases that more than one kubeadm took to its end, by node.
fn repeated(world: &World) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for call in world.rack.calls() {
        for stretch in &call.phases {
            *counts.entry((call.node.clone(), stretch.phase.clone())).or_default() += 1;
        }
    }
    counts.retain(|(_, phase), count| *count > 1 && !MAY_REPEAT.contains(&phase.as_str()));
    counts
}

/// A rack on which the operator's own commands, a manifest and labels have their place.
fn busy(version: &str) -> World {
    let more = "  hooks:\n    - { at: before-node, run: one }\n    - { at: after-api, run: two }\n    - { at: after-node, role: worker, run: three }\n";
    let mut inventory = rack(2, 1, more);
    inventory.kubernetes.manifests = vec!["https://example.org/cni.yaml".to_owned()];
    inventory.hosts[2].labels.insert("disk".to_owned(), "ssd".to_owned());
    World::new(inventory, version, scenario("nodes: { '*': { shell: done } }\n", &[]))
}

#[test]
fn killed_after_any_event_with_hooks_a_manifest_and_labels() {
    on_virtual_time(async {
        let whole = busy("v1.29.6").console().go().await;
        let events = whole.story.0.last().unwrap().seq;
        for at in (1..=events).step_by(11) {
            let world = busy("v1.29.6");
            let killed = world.console().killed(move |event| event.seq >= at).go().await;
            world.pass([0, 60][usize::try_from(at).unwrap() % 2]).await;
            let left = world.console().resume(&killed.run).go().await;
            assert_eq!(
                left.ending.as_ref().unwrap().exit_code,
                0,
                "killed after {at} of {events}\n{}",
                left.text
            );
            world.assert_healthy().await;
            let mut begun = BTreeMap::<String, usize>::new();
            for event in &left.story.0 {
                if let EventKind::StepStarted { node, phase, reattached: false, .. } = &event.kind
                    && (phase.as_str().starts_with("hook") || phase.as_str() == "label")
                {
                    *begun.entry(format!("{phase} on {node}")).or_default() += 1;
                }
            }
            begun.retain(|_, times| *times > 1);
            assert!(begun.is_empty(), "killed after {at} of {events}: {begun:?}\n{}", left.text);
        }
    });
}

#[test]
fn a_run_that_failed_is_gone_on_with() {
    on_virtual_time(async {
        for (fault, node, phase) in [
            (
                "{ node: w1, phase: join/preflight, kind: fail, attempts: [1, 2, 3], output: 'error execution phase preflight: no' }",
                "w1",
                "join/preflight",
            ),
            (
                "{ node: c1, phase: init/upload-certs, kind: fail, attempts: [1, 2, 3], output: 'error execution phase upload-certs: no' }",
                "c1",
                "init/upload-certs",
            ),
            (
                "{ node: c2, phase: join/control-plane-join/etcd, kind: fail, after: 2s, output: 'error execution phase control-plane-join/etcd: no' }",
                "c2",
                "join/control-plane-join/etcd",
            ),
            (
                "{ node: c1, phase: init/kubelet-start, kind: kill, attempts: [1, 2, 3] }",
                "c1",
                "init/kubelet-start",
            ),
        ] {
            let world = World::new(rack(3, 1, ""), "v1.29.6", faults(&[fault]));
            let failed = world.console().go().await;
            failed.assert_exit(1);
            world.assert_no_secrets();
            let left = world.console().resume(&failed.run).go().await;
            assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{fault}\n{}", left.text);
            assert!(left.story.ended(node, phase).attempt > 1);
            world.assert_healthy().await;
            assert_eq!(repeated(&world), BTreeMap::new(), "{fault}");
        }
    });
}

fn console(world: &World, leaves: bool) -> super::console::Console<'_> {
    if leaves { world.console().leaves() } else { world.console() }
}

async fn length(version: &str, leaves: bool) -> (u64, Left) {
    let world = World::new(rack(3, 1, ""), version, Scenario::uneventful());
    let left = console(&world, leaves).go().await;
    left.assert_exit(0);
    let events = left.story.0.last().unwrap().seq;
    (events, left)
}

/// Kills a console after every `every`th event of a run, and holds what a second console makes of it against the
/// cluster that was wanted.
async fn killed_anywhere(version: &str, leaves: bool, first: u64, every: usize) {
    let (events, _) = length(version, leaves).await;
    for at in (first..=events).step_by(every) {
        let world = World::new(rack(3, 1, ""), version, Scenario::uneventful());
        let killed = console(&world, leaves).killed(move |event| event.seq >= at).go().await;
        let said = |left: &Left| {
            format!("{version}, killed after event {at} of {events}; the second console said:\n{}", left.text)
        };
        // Whoever comes back may do so at once, or when all that ran on the nodes has ended long ago.
        world.pass([0, 3, 90][usize::try_from(at).unwrap() % 3]).await;
        let left = console(&world, leaves).resume(&killed.run).go().await;
        assert_eq!(left.ending.as_ref().unwrap().exit_code, 0, "{}", said(&left));
        assert!(left.story.verified(&world.nodes()), "{}", said(&left));
        world.assert_healthy().await;
        assert_eq!(repeated(&world), BTreeMap::new(), "done twice; {}", said(&left));
        let state = left.state.as_ref().unwrap();
        assert_eq!(*state, kubestep::state::RunState::fold(&left.story.0), "{}", said(&left));
    }
}

#[test]
fn killed_after_any_event_of_1_29() {
    on_virtual_time(killed_anywhere("v1.29.6", false, 1, 11));
}

#[test]
fn killed_after_any_event_of_1_29_in_leaves() {
    on_virtual_time(killed_anywhere("v1.29.6", true, 4, 17));
}

#[test]
fn killed_after_any_event_of_1_20() {
    on_virtual_time(killed_anywhere("v1.20.2", false, 2, 19));
}

#[test]
fn killed_after_any_event_of_1_34() {
    on_virtual_time(killed_anywhere("v1.34.3", false, 3, 19));
}

#[test]
fn killed_after_any_event_of_1_36() {
    on_virtual_time(killed_anywhere("v1.36.2", false, 5, 19));
}

#[test]
fn killed_again_and_again() {
    on_virtual_time(async {
        let world = World::new(rack(3, 1, ""), "v1.29.6", Scenario::uneventful());
        let mut left = world.console().killed(|event| event.seq >= 40).go().await;
        let mut consoles = 1;
        while left.ending.is_none() {
            consoles += 1;
            assert!(consoles < 60, "{}", left.text);
            // Far enough for something to be done before it dies again.
            let mut ended = 0;
            let dies = move |event: &Envelope| {
                if let EventKind::StepFinished { phase, duration, .. } = &event.kind
                    && (phase.is_within("init") || phase.is_within("join"))
                    && *duration > Duration::from_millis(100)
                {
                    ended += 1;
                }
                ended == 3
            };
            left = world.console().resume(&left.run).killed(dies).go().await;
        }
        left.assert_exit(0);
        assert!(consoles > 4, "{consoles}");
        world.assert_healthy().await;
        assert_eq!(repeated(&world), BTreeMap::new());
        assert_eq!(left.state.as_ref().unwrap().info.as_ref().unwrap().sessions, consoles);
    });
}

#[test]
fn a_torn_last_line_is_cut_off() {
    on_virtual_time(async {
        let world = World::new(rack(3, 1, ""), "v1.29.6", Scenario::uneventful());
        let killed = world.console().killed(|event| event.seq >= 150).go().await;
        let path = world.dir.events(&killed.run);
        let journal = std::fs::read(&path).unwrap();
        std::fs::write(&path, &journal[..journal.len() - 17]).unwrap();
        let left = world.console().resume(&killed.run).go().await;
        left.assert_exit(0);
        world.assert_healthy().await;
        assert_eq!(repeated(&world), BTreeMap::new());
        let numbers: Vec<u64> = left.story.0.iter().map(|event| event.seq).collect();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "numbers go on without a gap");
        assert_eq!(
            left.story.0.iter().filter(|event| matches!(event.kind, EventKind::RunStarted { .. })).count(),
            2
        );
    });
}
