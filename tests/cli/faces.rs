//! What a run prints, in each of its forms.

use std::collections::{BTreeMap, BTreeSet};

use quick_junit::{Report, TestCaseStatus};
use serde_json::Value;

use crate::program::{Place, objects};

/// The whole rack as objects.
fn told(args: &[&str]) -> (i32, Vec<Value>) {
    let place = Place::new();
    let all: Vec<&str> = ["demo", "--auto", "--output", "json"].iter().chain(args).copied().collect();
    let done = place.run(&all);
    assert_eq!(done.err, "");
    (done.code, done.objects())
}

fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event[field].as_str().unwrap_or_else(|| panic!("{field} of {event}"))
}

/// What a program that reads `--output json` counts on.
fn assert_sound(events: &[Value]) {
    let mut before = 0;
    for (event, seq) in events.iter().zip(1..) {
        assert_eq!(event["seq"].as_u64(), Some(seq), "{event}");
        let at: jiff::Timestamp = text(event, "at").parse().unwrap();
        assert!(at.as_second() > 1_700_000_000);
        let elapsed = event["elapsed_ms"].as_u64().unwrap();
        assert!(elapsed >= before, "{event}");
        before = elapsed;
        let kind = text(event, "kind");
        if kind.starts_with("step-") {
            assert!(!text(event, "node").is_empty() && !text(event, "phase").is_empty(), "{event}");
            assert!(event["attempt"].is_u64(), "{event}");
        }
        if kind == "step-finished" {
            assert!(
                ["succeeded", "failed", "skipped", "cancelled"].contains(&text(event, "outcome")),
                "{event}"
            );
            assert!(event["duration_ms"].is_u64(), "{event}");
        }
    }
    let ends: Vec<usize> = (0..events.len()).filter(|&at| events[at]["kind"] == "run-finished").collect();
    assert_eq!(ends, [events.len() - 1], "the last line, and only that");
}

#[test]
fn json_is_an_object_a_line() {
    let (code, events) = told(&[]);
    assert_eq!(code, 0);
    assert_sound(&events);
    assert_eq!(events[0]["kind"], "run-started");
    let last = events.last().unwrap();
    assert_eq!((&last["outcome"], &last["exit_code"]), (&"succeeded".into(), &0.into()));
    let mut done: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for event in events.iter().filter(|event| event["outcome"] == "succeeded" && event["node"].is_string()) {
        done.entry(text(event, "node")).or_default().insert(text(event, "phase"));
    }
    assert_eq!(done.len(), 9);
    assert!(done["bettley"].contains("init/certs/ca") && done["bettley"].contains("init/bootstrap-token"));
    assert!(done["fenn"].contains("join/control-plane-join/etcd"));
    assert!(done.values().all(|phases| phases.contains("verify") && phases.contains("clean-up")));
}

#[test]
fn json_ends_with_the_end_however_the_run_ends() {
    for (args, code, outcome) in [
        (&["--scenario", "leftovers"][..], 1, "failed"),
        (&["--scenario", "swap-everywhere"], 1, "failed"),
        (&["--timeout", "10s"], 5, "cancelled"),
        (&["--break", "kubelet-start"], 5, "cancelled"),
        (&["--until", "kubeconfig"], 0, "succeeded"),
        (&["--until", "preflight"], 0, "succeeded"),
        (&["--skip", "addon=Cilium replaces kube-proxy"], 0, "succeeded"),
    ] {
        let (exit, events) = told(args);
        assert_sound(&events);
        assert_eq!((exit, text(events.last().unwrap(), "outcome")), (code, outcome), "{args:?}");
        assert_eq!(events.last().unwrap()["exit_code"].as_i64(), Some(code.into()), "{args:?}");
    }
}

#[test]
fn skipped_phases_are_told_with_their_reason() {
    let (_, events) = told(&["--skip", "addon/kube-proxy=Cilium replaces it"]);
    let skipped: Vec<&Value> = events.iter().filter(|event| event["outcome"] == "skipped").collect();
    assert_eq!(skipped.len(), 1);
    assert_eq!(skipped[0]["phase"], "init/addon/kube-proxy");
    assert_eq!(skipped[0]["reason"], "Cilium replaces it");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let shape = |seed: &str| {
        let (_, events) = told(&["--seed", seed]);
        events
            .iter()
            .filter(|event| event["kind"] == "step-finished")
            .map(|event| format!("{} {} {}", event["node"], event["phase"], event["duration_ms"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(shape("7"), shape("7"));
    assert_ne!(shape("7"), shape("8"));
}

#[test]
fn the_rack_is_as_large_and_kubeadm_as_old_as_one_likes() {
    for (planes, workers, release) in [("1", "2", "1.20"), ("3", "0", "1.33"), ("5", "1", "1.36")] {
        let args = ["--control-planes", planes, "--workers", workers, "--kubernetes", release, "--seed", "4"];
        let (exit, events) = told(&args);
        assert_sound(&events);
        assert_eq!((exit, text(events.last().unwrap(), "outcome")), (0, "succeeded"), "{args:?}");
        let nodes: BTreeSet<&str> = events
            .iter()
            .filter(|event| event["phase"] == "verify")
            .map(|event| text(event, "node"))
            .collect();
        let wanted = planes.parse::<usize>().unwrap() + workers.parse::<usize>().unwrap();
        assert_eq!(nodes.len(), wanted, "{args:?}");
    }
}

#[test]
fn a_junit_report_has_a_suite_a_node_and_a_case_a_phase() {
    let place = Place::new();
    let done =
        place.run(&["demo", "--auto", "--scenario", "swap-everywhere", "--junit", "reports/junit.xml"]);
    assert_eq!((done.code, done.err.as_str()), (1, ""));
    let xml = std::fs::read_to_string(place.path().join("reports/junit.xml")).unwrap();
    let report = Report::deserialize_from_str(&xml).unwrap();
    let suites: Vec<String> = report.test_suites.iter().map(|suite| suite.name.to_string()).collect();
    assert_eq!(
        suites,
        ["bettley", "cargyll", "dalt", "erenford", "fenn", "gardener", "harlton", "inchfield", "jast"]
    );
    let case = |node: &str, phase: &str| {
        let suite = report.test_suites.iter().find(|suite| suite.name.as_str() == node).unwrap();
        suite
            .test_cases
            .iter()
            .find(|case| case.name.as_str() == phase)
            .unwrap_or_else(|| panic!("{phase}"))
            .clone()
    };
    assert!(matches!(case("bettley", "init/certs/ca").status, TestCaseStatus::Success { .. }));
    assert!(matches!(case("jast", "join/kubelet-start").status, TestCaseStatus::NonSuccess { .. }));
    assert!(matches!(case("jast", "verify").status, TestCaseStatus::Skipped { .. }));
}

#[test]
fn a_junit_report_that_can_not_be_written_is_said_before_anything_runs() {
    let place = Place::new();
    place.file("file", "");
    let said = place.run(&["demo", "--auto", "--junit", "file/junit.xml"]).refused(2);
    assert!(said.contains("the report can't be written to file/junit.xml"), "{said}");
}

#[test]
fn github_gets_groups_annotations_and_a_page() {
    let place = Place::new();
    let mut command =
        place.command(&["demo", "--auto", "--scenario", "swap-everywhere", "--output", "github"]);
    let done = Place::finish(command.env("GITHUB_STEP_SUMMARY", place.path().join("summary.md")));
    assert_eq!((done.code, done.err.as_str()), (1, ""));
    let starting = |what: &str| done.out.lines().filter(|line| line.starts_with(what)).count();
    assert!(starting("::group::") > 20 && starting("::group::") == starting("::endgroup::"));
    assert_eq!(starting("::warning title=swap::"), 1, "once for all nodes: {}", done.out);
    assert!(starting("::error title=join/kubelet-start on ") >= 6, "{}", done.out);
    let page = std::fs::read_to_string(place.path().join("summary.md")).unwrap();
    assert!(page.starts_with("## kubestep demo goldentooth\n"), "{page}");
    assert!(page.contains("| jast | worker | failed |"), "{page}");
}

#[test]
fn scenarios_are_listed_and_each_of_them_can_be_had() {
    let place = Place::new();
    let list = place.run(&["demo", "--list-scenarios"]).well().out;
    assert!(list.lines().count() >= 6);
    for (number, line) in list.lines().enumerate() {
        let (name, about) = line.split_once(' ').unwrap();
        assert!(about.trim().ends_with('.'), "{line}");
        assert!(line.len() <= 80, "{line}");
        let told = place.run(&["demo", "--scenario", name, "--hint"]).well().out;
        assert!(told.starts_with(name), "{told}");
        // Each is played to its end in tests/runs/lessons.rs; that takes its time.
        if number % 6 == 0 {
            let done = place.run(&["demo", "--auto", "--scenario", name]);
            assert!([0, 1].contains(&done.code), "{name}: {} {}", done.code, done.err);
        }
    }
}

#[test]
fn a_random_scenario_tells_its_name_only_at_the_end() {
    let place = Place::new();
    let done = place.run(&["demo", "--auto", "--scenario", "random", "--seed", "5", "--verbose"]);
    let name = done.err.lines().last().unwrap().strip_prefix("That was ").unwrap().split(' ').next().unwrap();
    let list = place.run(&["demo", "--list-scenarios"]).well().out;
    assert!(list.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}");
    assert!(!done.out.contains(name), "{}", done.out);
    assert!(!place.run(&["runs"]).well().out.contains(name));
    let hint = place.run(&["demo", "--scenario", name, "--hint"]).well().out;
    assert!(hint.starts_with(name) && hint.contains("What mends it:"), "{hint}");
}

#[test]
fn verbose_shows_what_kubeadm_prints() {
    let place = Place::new();
    let quiet = place.run(&["demo", "--auto"]).well().out;
    let verbose = place.run(&["demo", "--auto", "--verbose"]).well().out;
    let line = "[certs] Generating \"ca\" certificate and key";
    assert!(!quiet.contains(line) && verbose.contains(line));
}

#[test]
fn the_whole_rack_costs_few_events_and_no_waiting() {
    let begun = std::time::Instant::now();
    let (_, events) = told(&[]);
    let took = begun.elapsed();
    let simulated = events.last().unwrap()["elapsed_ms"].as_u64().unwrap();
    eprintln!(
        "the whole rack: {simulated} ms of its own time in {} ms, {} events",
        took.as_millis(),
        events.len()
    );
    // A bring-up takes more than a minute; if its waits were real, this test would.
    assert!(simulated > 60_000);
    assert!(events.len() < 2_000, "{}", events.len());
}

#[test]
fn no_secret_is_in_anything_that_is_left() {
    let place = Place::new();
    let done = place.run(&["demo", "--auto", "--verbose", "--junit", "junit.xml"]).well();
    let run = std::fs::read_dir(place.state().join("runs")).unwrap().next().unwrap().unwrap().path();
    let journal = std::fs::read_to_string(run.join("events.jsonl")).unwrap();
    assert_eq!(objects(&journal).last().unwrap()["kind"], "run-finished");
    let junit = std::fs::read_to_string(place.path().join("junit.xml")).unwrap();
    // Of a bootstrap token's shape, and of a certificate key's, digests aside.
    let token = regex::Regex::new(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b").unwrap();
    let key = regex::Regex::new(r"(?:^|[^:0-9a-f])[0-9a-f]{64}\b").unwrap();
    for text in [&done.out, &journal, &junit] {
        assert!(!text.contains("PRIVATE KEY"));
        assert_eq!(token.find(text).map(|found| found.as_str()), None);
        assert_eq!(key.find(text).map(|found| found.as_str()), None);
    }
}
