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

#[test]
fn a_recording_and_a_still_are_the_same_for_the_same_run() {
    let place = Place::new();
    place.run(&["demo", "--auto", "--scenario", "swap-on"]);
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    for (name, more) in [
        ("a.cast", &["--cast", "a.cast"][..]),
        ("b.cast", &["--cast", "b.cast"]),
        ("short.cast", &["--cast", "short.cast", "--speed", "8", "--idle", "0.5", "--size", "80x24"]),
        ("end.svg", &["--svg", "end.svg"]),
        ("certs.svg", &["--svg", "certs.svg", "--at", "certs/ca", "--theme", "default-light"]),
    ] {
        let args: Vec<&str> = ["replay", "last"].iter().chain(more).copied().collect();
        assert_eq!(place.run(&args).well().out, "");
        assert!(!read(name).is_empty());
    }
    assert_eq!(read("a.cast"), read("b.cast"));
    let header: serde_json::Value = serde_json::from_str(read("short.cast").lines().next().unwrap()).unwrap();
    assert_eq!(
        (&header["version"], &header["width"], &header["height"]),
        (&2.into(), &80.into(), &24.into())
    );
    let last = |name: &str| {
        read(name).lines().last().unwrap().split(',').next().unwrap()[1..].parse::<f64>().unwrap()
    };
    assert!(last("short.cast") * 4.0 < last("a.cast"));
    assert!(read("certs.svg").contains("certs") && read("certs.svg") != read("end.svg"));
    let err = place.run(&["replay", "last", "--svg", "x.svg", "--at", "9h"]).refused(2);
    assert!(err.contains("the run was over after"), "{err}");
    let err = place.run(&["replay", "last", "--svg", "x.svg", "--at", "init/nonsense"]).refused(2);
    assert!(err.contains("no phase `init/nonsense` has run"), "{err}");
    place.run(&["replay", "last", "--cast", "x", "--size", "9x9"]).refused(2);
}

#[test]
fn a_run_is_handed_to_someone_else() {
    let (here, there) = (Place::new(), Place::new());
    let live = here.run(&["demo", "--auto"]).well().out;
    let done = here.run(&["runs", "export", "last", "named.kubestep"]);
    assert_eq!((done.code, done.out.as_str()), (0, "named.kubestep\n"));
    assert!(done.err.contains("names and addresses are as they were"), "{}", done.err);
    let err = here.run(&["runs", "export", "last", "named.kubestep"]).refused(2);
    assert!(err.contains("is there already"), "{err}");
    here.run(&["runs", "export", "last", "nameless.kubestep", "--anonymous"]);
    let bring = |name: &str| std::fs::copy(here.path().join(name), there.path().join(name)).unwrap();
    assert!(bring("named.kubestep") < 200_000);
    bring("nameless.kubestep");

    // From the file, and kept.
    let told = |text: &str| {
        text.lines().filter(|line| line.contains("certs")).map(str::to_owned).collect::<Vec<_>>()
    };
    let again = there.run(&["replay", "named.kubestep"]).well().out;
    assert_eq!(told(&again), told(&live));
    let name = there.run(&["runs", "import", "named.kubestep"]).out;
    assert_eq!(told(&there.run(&["replay", name.trim()]).well().out), told(&again));
    let table = there.run(&["runs"]).well().out;
    assert!(table.contains(name.trim()) && table.contains("demo (imported)"), "{table}");
    let err = there.run(&["runs", "import", "named.kubestep"]).refused(2);
    assert!(err.contains(name.trim()), "{err}");

    let nameless = there.run(&["replay", "nameless.kubestep", "--output", "json"]).well().out;
    let address = regex::Regex::new(r"\b(\d{1,3}\.){3}\d{1,3}\b").unwrap();
    for found in address.find_iter(&nameless).map(|found| found.as_str()) {
        let kept =
            ["127.", "0.0.0.0", "255.", "198.18.", "198.19."].iter().any(|start| found.starts_with(start));
        assert!(kept, "{found}");
    }
    for name in [
        "bettley",
        "cargyll",
        "dalt",
        "erenford",
        "fenn",
        "gardener",
        "harlton",
        "inchfield",
        "jast",
        "goldentooth",
    ] {
        assert!(!nameless.contains(name), "{name}");
    }
    there.file("no.kubestep", "hello");
    let err = there.run(&["replay", "no.kubestep"]).refused(2);
    assert!(err.contains("no bundle of kubestep"), "{err}");
}
