//! The inventory is edited while the run goes on.

use std::sync::Arc;
use std::time::Duration;

use kubestep::engine::Command;
use kubestep::event::{Envelope, EventKind};
use kubestep::ids::{Attempt, StepId};
use kubestep::inventory::model::Inventory;
use kubestep::sim::Scenario;
use kubestep::state::{Fate, Revision, RunState};

use super::console::{Console, Left};
use super::world::{World, faults, name, on_virtual_time, rack};

fn attended(world: &World) -> Console<'_> {
    let mut console = world.console();
    console.policy.interactive = true;
    // Nobody is there who could say more: a run that waits for a word has gone wrong.
    console.time_limit(Duration::from_secs(3600))
}

fn revise(inventory: &Inventory) -> Command {
    Command::Revise(Arc::new(inventory.clone()))
}

/// With what the world has made of the version.
fn edited(world: &World, inventory: Inventory) -> Inventory {
    let mut inventory = inventory;
    inventory.kubernetes.version.clone_from(&world.inventory.kubernetes.version);
    inventory
}

fn started(on: &str, what: &str) -> impl FnMut(&Envelope) -> bool + Send + 'static {
    let (on, what) = (on.to_owned(), what.to_owned());
    move |event| {
        matches!(&event.kind, EventKind::StepStarted { node, phase, .. }
            if node.as_str() == on && phase.as_str() == what)
    }
}

fn assert_folds(left: &Left) {
    assert_eq!(*left.state.as_ref().unwrap(), RunState::fold(&left.story.0), "{}", left.text);
}

#[test]
fn nodes_that_come_in_the_middle_join_like_the_others() {
    on_virtual_time(async {
        for (planes, workers, at) in [
            (2, 3, ("c2", "join/preflight")),
            (3, 2, ("c1", "init/control-plane")),
            (3, 3, ("w1", "verify")),
            (3, 3, ("c1", "init/certs")),
        ] {
            let mut world = World::new(rack(2, 2, ""), "v1.29.6", Scenario::uneventful());
            let wanted = edited(&world, rack(planes, workers, ""));
            let left = attended(&world).command(started(at.0, at.1), revise(&wanted)).go().await;
            left.assert_exit(0);
            world.inventory = wanted;
            world.assert_healthy().await;
            assert_folds(&left);
            let newcomer = if workers > 2 { "w3" } else { "c3" };
            assert!(left.text.contains(&format!("{newcomer} comes to the run")), "{}", left.text);
            assert_eq!(world.done(&name("c1"), "init/upload-config/kubeadm"), 1, "nothing is done twice");
            let first = left.story.span(newcomer, "connect").0;
            assert!(first > left.story.span("c1", "connect").1);
        }
    });
}

#[test]
fn what_has_not_run_goes_by_the_changed_inventory() {
    on_virtual_time(async {
        let mut world = World::new(rack(1, 2, ""), "v1.29.6", Scenario::uneventful());
        let mut wanted = edited(&world, rack(1, 2, "  options: { timeouts: { join: 17m } }\n"));
        wanted.hosts[2].labels.insert("tier".to_owned(), "gold".to_owned());
        wanted.kubernetes.pod_subnet = Some("10.99.0.0/16".to_owned());
        let left = attended(&world)
            .leaves()
            .command(started("c1", "init/upload-config/kubeadm"), revise(&wanted))
            .go()
            .await;
        left.assert_exit(0);
        assert_folds(&left);
        let state = left.state.as_ref().unwrap();
        let join = state.step(&StepId::new(name("w2"), "join/kubelet-start")).unwrap();
        assert_eq!(join.plan.budget, Duration::from_secs(17 * 60));
        assert!(left.story.end("w2", "label").is_some(), "{}", left.text);
        let told: Vec<&str> = left.text.lines().filter(|line| line.contains("10.99.0.0")).collect();
        assert!(!told.is_empty(), "what can't be changed any more is said");
        let stays = |line: &&str| line.contains("in place of 192.168.0.0/16");
        assert!(told.iter().all(stays), "the first control plane went by the former subnet: {told:?}");
        world.inventory.hosts[2].labels.clone_from(&wanted.hosts[2].labels);
        world.assert_healthy().await;
    });
}

#[test]
fn a_node_that_can_not_be_reached_is_taken_out_and_the_run_goes_on() {
    on_virtual_time(async {
        let mut world = World::new(rack(1, 2, ""), "v1.29.6", faults(&["{ node: w2, kind: unreachable }"]));
        let wanted = edited(&world, rack(1, 1, ""));
        let stuck = |event: &Envelope| matches!(&event.kind, EventKind::GateReached { obstacle: Some(_) });
        let left = attended(&world).command(stuck, revise(&wanted)).go().await;
        left.assert_exit(0);
        assert_folds(&left);
        assert!(left.state.as_ref().unwrap().node(&name("w2")).is_none());
        world.inventory = wanted;
        world.assert_healthy().await;
    });
}

#[test]
fn a_console_that_dies_after_the_change_is_followed_by_one_that_knows_it() {
    on_virtual_time(async {
        let changed = |event: &Envelope| matches!(&event.kind, EventKind::InventoryChanged { .. });
        for later in [1, 4, 30, 60] {
            let mut world = World::new(rack(2, 1, ""), "v1.29.6", Scenario::uneventful());
            let wanted = edited(&world, rack(2, 2, ""));
            let mut count = 0;
            let kill = move |event: &Envelope| {
                count += u32::from(count > 0 || changed(event));
                count >= later
            };
            let console = attended(&world).command(started("c2", "join/preflight"), revise(&wanted));
            let killed = console.killed(kill).go().await;
            assert!(killed.ending.is_none());
            // The file on the operator's disk says it, too.
            world.inventory = wanted;
            let left = world.console().resume(&killed.run).go().await;
            left.assert_exit(0);
            world.assert_healthy().await;
            assert_folds(&left);
        }
    });
}

#[test]
fn a_newcomer_that_is_not_fit_holds_nobody_up() {
    on_virtual_time(async {
        let world = World::new(rack(1, 1, ""), "v1.29.6", faults(&["{ node: w2, kind: unreachable }"]));
        let wanted = edited(&world, rack(1, 2, ""));
        let refused = |event: &Envelope| matches!(&event.kind, EventKind::Notice { text, .. } if text.contains("can't take part"));
        let back = edited(&world, rack(1, 1, ""));
        let left = attended(&world)
            .command(started("c1", "init/certs"), revise(&wanted))
            .command(refused, revise(&back))
            .go()
            .await;
        left.assert_exit(0);
        assert_folds(&left);
        world.assert_healthy().await;
        let joins = |event: &&Envelope| {
            matches!(&event.kind, EventKind::StepStarted { node, phase, attempt: Attempt(1), .. }
                if node.as_str() == "w2" && phase.is_within("join"))
        };
        assert_eq!(left.story.0.iter().filter(joins).count(), 0);
    });
}

#[test]
fn what_was_gone_by_already_stays_and_says_what_would_have_to_be_reset() {
    on_virtual_time(async {
        let world = World::new(rack(2, 1, ""), "v1.29.6", Scenario::uneventful());
        let left = attended(&world).leaves().go().await;
        let upto = |node: &str, phase: &str| {
            let ends = |event: &Envelope| matches!(&event.kind, EventKind::StepFinished { node: n, phase: p, .. } if n.as_str() == node && p.as_str() == phase);
            let at = left.story.0.iter().position(ends).unwrap();
            RunState::fold(&left.story.0[..=at])
        };
        let mut wanted = world.inventory.clone();
        wanted.kubernetes.pod_subnet = Some("10.99.0.0/16".to_owned());
        wanted.kubernetes.cert_sans = vec!["api.example.com".to_owned()];
        wanted.hosts.retain(|host| host.name.as_str() != "w1");
        let fates = |state: &RunState| -> Vec<(String, bool, String)> {
            let revision = Revision::of(state, &world.inventory, &wanted);
            let said = |fate: &Fate| match fate {
                Fate::Applies(note) => (true, note.clone().unwrap_or_default()),
                Fate::Stays(why) => (false, why.clone()),
            };
            revision
                .changes
                .iter()
                .map(|change| (change.to_string(), said(&change.fate)))
                .map(|(what, (applies, said))| (what, applies, said))
                .collect()
        };
        let early = fates(&upto("c1", "init/preflight"));
        assert!(early.iter().all(|(_, applies, _)| *applies), "{early:#?}");
        insta::assert_debug_snapshot!(
            "revision-amid-init",
            fates(&upto("c1", "init/control-plane/controller-manager"))
        );
        insta::assert_debug_snapshot!("revision-late", fates(&upto("w1", "join/kubelet-start")));
        let late = Revision::of(&upto("w1", "join/kubelet-start"), &world.inventory, &wanted);
        assert!(!late.applies());
        assert_eq!(late.inventory, world.inventory, "all of it stays");
    });
}
