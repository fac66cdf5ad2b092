//! The journal is the whole truth: folding it gives the state, replaying it gives what was shown.

use std::path::Path;

use kubestep::journal::Reader;
use kubestep::report::{Json, Plain, replay};
use kubestep::sim::Scenario;
use kubestep::state::RunState;

use super::console::{Left, Page, options};
use super::world::{GOLDENTOOTH, World, faults, on_virtual_time, parsed, rack};

fn events(left: &Left) -> Reader<&[u8]> {
    Reader::new(left.journal.as_slice(), Path::new("journal"))
}

/// Replays at a speed, so that time passes, but without waiting.
fn replayed(left: &Left, verbose: bool) -> String {
    let page = Page::default();
    replay(events(left), &mut Plain::new(page.sink(), options(verbose)), Some(1.0), |_| {}).unwrap();
    page.text()
}

fn assert_true_to_life(left: &Left, what: &str) {
    let folded = RunState::fold(&events(left).map(Result::unwrap).collect::<Vec<_>>());
    assert!(folded == *left.state.as_ref().unwrap(), "{what}: the state is another than the journal's");
    assert_eq!(folded.strays, 0, "{what}");
    assert_eq!(replayed(left, false), left.text, "{what}");
    assert_eq!(replayed(left, true), left.verbose, "{what}");
    let page = Page::default();
    replay(events(left), &mut Json::new(page.sink()), None, |_| {}).unwrap();
    assert_eq!(page.text(), left.json, "{what}");
    assert_eq!(left.json.as_bytes(), left.journal, "{what}");
}

#[test]
fn a_good_run_is_replayed_as_it_was() {
    on_virtual_time(async {
        let world = World::new(parsed(GOLDENTOOTH), "v1.29.6", Scenario::uneventful());
        let left = world.console().leaves().go().await;
        left.assert_exit(0);
        assert_true_to_life(&left, "leaves");
    });
}

#[test]
fn troubled_runs_are_replayed_as_they_were() {
    on_virtual_time(async {
        let troubles = [
            "{ node: c2, phase: join/kubelet-start, kind: cut-link, after: 500ms, for: 30s }",
            "{ node: w1, phase: join/kubelet-start, kind: power-off, after: 1s, for: 40s }",
            "{ node: w1, phase: join/preflight, kind: fail, attempts: [], output: 'error execution phase preflight: no' }",
            "{ node: c2, phase: join/preflight, kind: hang }",
            "{ node: c2, kind: unreachable }",
        ];
        for trouble in troubles {
            let world = World::new(rack(3, 2, ""), "v1.29.6", faults(&[trouble]));
            let left = world.console().go().await;
            assert_true_to_life(&left, trouble);
        }
    });
}

#[test]
fn fractions_of_milliseconds_are_nowhere() {
    on_virtual_time(async {
        let world = World::at_speed(7.3, rack(3, 1, ""), "v1.29.6", Scenario::uneventful());
        let left = world.console().go().await;
        left.assert_exit(0);
        let folded = RunState::fold(&left.story.0);
        assert!(folded == *left.state.as_ref().unwrap());
    });
}

#[test]
fn the_same_rack_gives_the_same_journal() {
    on_virtual_time(async {
        let mut journals = Vec::new();
        for _ in 0..2 {
            let world = World::new(rack(3, 3, ""), "v1.29.6", Scenario::uneventful());
            let left = world.console().go().await;
            left.assert_exit(0);
            let steps: Vec<String> = left.story.starts().iter().map(|step| format!("{step:?}")).collect();
            let times: Vec<_> = left.story.0.iter().map(|event| event.elapsed).collect();
            journals.push((steps, times));
        }
        assert_eq!(journals[0], journals[1]);
    });
}
