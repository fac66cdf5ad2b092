//! A console dies; another one goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use kubestep::event::{Envelope, EventKind};
use kubestep::sim::Scenario;

use super::console::Left;
use super::world::{World, on_virtual_time, rack};

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
    on_virtual_time(killed_anywhere("v1.29.6", false, 1, 7));
}

#[test]
fn killed_after_any_event_of_1_29_in_leaves() {
    on_virtual_time(killed_anywhere("v1.29.6", true, 4, 13));
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
