//! Many nodes in one run.

use kubestep::event::EventKind;
use kubestep::sim::Scenario;

use super::world::{World, on_virtual_time, rack};

async fn many(planes: usize, workers: usize) {
    let more = "  options: { concurrency: { limit: 2000, joins: 2000 } }\n";
    let world = World::new(rack(planes, workers, more), "v1.29.6", Scenario::uneventful());
    let left = world.console().go().await;
    left.assert_exit(0);
    assert!(left.story.verified(&world.nodes()));
    world.assert_no_secrets();
    let longest = left.journal.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap();
    assert!(longest < 64 * 1024 * 1024, "a line of {longest} bytes can't be read back");
    assert!(
        left.story.0.iter().filter(|event| matches!(event.kind, EventKind::StepStarted { .. })).count()
            > workers * 8
    );
}

#[test]
#[ignore = "half a minute in a debug build"]
fn a_thousand_nodes_in_one_run() {
    on_virtual_time(many(3, 997));
}

#[test]
fn two_hundred_nodes_in_one_run() {
    on_virtual_time(many(3, 197));
}
