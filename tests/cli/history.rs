//! Earlier runs: listed, and told again.

use crate::program::{Place, settled};

#[test]
fn without_runs_there_is_a_word_on_it() {
    let place = Place::new();
    let done = place.run(&["runs"]);
    assert_eq!((done.code, done.out.as_str()), (0, ""));
    assert_eq!(done.err, format!("kubestep: there are no runs yet in {}\n", place.state().display()));
}

#[test]
fn runs_are_listed() {
    let place = Place::new();
    place.run(&["demo", "--auto"]).well();
    place.run(&["demo", "--auto", "--break", "certs"]);
    place.run(&["demo", "--auto", "--scenario", "leftovers"]);
    let table = place.run(&["runs"]).well().out;
    let times = regex::Regex::new(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d").unwrap();
    let table = times.replace_all(&settled(&table, &place), "[STARTED]").into_owned();
    let mut lines: Vec<&str> = table.lines().collect();
    // Names of runs that began in the same second have no order.
    lines[1..].sort_unstable();
    insta::assert_snapshot!("runs", lines.join("\n"));
}

#[test]
fn a_replay_says_what_the_run_said() {
    for args in [
        &["--auto"][..],
        &["--auto", "--scenario", "flaky-links"],
        &["--auto", "--scenario", "leftovers"],
        &["--auto", "--timeout", "40s"],
    ] {
        let place = Place::new();
        let demo: Vec<&str> = ["demo"].iter().chain(args).copied().collect();
        let live = place.run(&demo);
        let again = place.run(&["replay", "last"]).well();
        assert_eq!(again.out, live.out, "{args:?}");
    }
}

#[test]
fn a_replay_has_the_other_faces_too() {
    let place = Place::new();
    let live = place.run(&["demo", "--auto", "--output", "json"]).well().out;
    assert_eq!(place.run(&["replay", "last", "--output", "json"]).well().out, live);
    // Any beginning of the name will do, and a thousandfold speed is none to wait for.
    let name = std::fs::read_dir(place.state().join("runs")).unwrap().next().unwrap().unwrap().file_name();
    let begin = &name.to_str().unwrap()[..8];
    let fast = place.run(&["replay", begin, "--output", "json", "--speed", "100000"]).well().out;
    assert_eq!(fast, live);
}

#[test]
fn journals_of_earlier_formats_are_replayed() {
    let place = Place::new();
    let journals = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journals/v1");
    for name in ["cancelled", "resumed"] {
        let folder = place.state().join("runs").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(format!("{journals}/{name}.jsonl"), folder.join("events.jsonl")).unwrap();
        let done = place.run(&["replay", name]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(done.out.contains("kubestep run"), "{}", done.out);
    }
}
