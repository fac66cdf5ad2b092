//! A last run that did not end well, and what a new one does about it.

use crate::program::{Place, objects};

const RUN: &str = "20261122-095103-4f2a";
const CANCELLED: &str = include_str!("../journals/v1/cancelled.jsonl");

/// The rack of that journal, with nobody there to answer.
const RACK: &str = "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: goldentooth }\nspec:\n  kubernetes: { version: v1.29.6 }\n  defaults: { ssh: { port: 1 } }\n  hosts:\n    - { name: bettley, role: control-plane, ssh: { address: 127.0.0.1 }, privateAddress: 10.4.0.11 }\n    - { name: cargyll, role: worker, ssh: { address: 127.0.0.2 }, privateAddress: 10.4.0.12 }\n    - { name: velaryon, role: worker, ssh: { address: 127.0.0.3 }, privateAddress: 10.4.0.13 }\n  options: { timeouts: { connect: 1s } }\n";

/// A place where a run of that rack was cancelled.
fn after(journal: &str) -> Place {
    let place = Place::new();
    let folder = place.state().join("runs").join(RUN);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("events.jsonl"), journal).unwrap();
    place.file("rack.yaml", RACK);
    place
}

fn runs(place: &Place) -> usize {
    std::fs::read_dir(place.state().join("runs")).unwrap().count()
}

#[test]
fn a_new_run_asks_what_to_do_with_it() {
    let place = after(CANCELLED);
    let said = place.run(&["run", "rack.yaml", "--auto", "--only", "cargyll", "--break=certs"]).refused(2);
    let ago = regex::Regex::new("begun [^)]* ago").unwrap();
    insta::assert_snapshot!("unfinished", ago.replace(&said, "begun [TIME] ago"));
    assert_eq!(runs(&place), 1);
}

#[test]
fn fresh_leaves_it_alone() {
    let place = after(CANCELLED);
    let done = place.run(&["run", "rack.yaml", "--auto", "--fresh"]);
    assert_eq!((done.code, done.err.as_str(), runs(&place)), (3, "", 2), "{}", done.out);
}

#[test]
fn resume_and_yes_go_on_with_it() {
    for flag in ["--resume", "--yes"] {
        let place = after(CANCELLED);
        let done = place.run(&["run", "rack.yaml", "--auto", flag]);
        assert_eq!((done.code, done.err.as_str(), runs(&place)), (3, "", 1), "{}", done.out);
        assert!(done.out.contains(&format!("run {RUN}, resumed")), "{}", done.out);
        assert!(done.out.contains("kubestep run rack.yaml --auto --resume"), "{}", done.out);
        let journal =
            std::fs::read_to_string(place.state().join("runs").join(RUN).join("events.jsonl")).unwrap();
        assert!(journal.starts_with(CANCELLED), "only ever added to");
        let seqs: Vec<u64> = objects(&journal).iter().map(|event| event["seq"].as_u64().unwrap()).collect();
        assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
    }
}

#[test]
fn a_run_that_changed_nothing_is_not_in_the_way() {
    let looked: Vec<&str> = CANCELLED
        .lines()
        .filter(|line| !line.contains("\"phase\":\"init/") && !line.contains("\"phase\":\"join/"))
        .collect();
    let place = after(&(looked.join("\n") + "\n"));
    let done = place.run(&["run", "rack.yaml", "--auto"]);
    assert_eq!((done.code, done.err.as_str(), runs(&place)), (3, "", 2), "{}", done.out);
}

#[test]
fn an_unfinished_reset_is_finished_by_a_reset() {
    let place = after(&CANCELLED.replace("\"command\":\"run\"", "\"command\":\"reset\""));
    let said = place.run(&["run", "rack.yaml", "--auto"]).refused(2);
    assert!(said.contains("the last reset of cluster goldentooth"), "{said}");
    assert!(said.contains("finish it:        kubestep reset …"), "{said}");
    let said = place.run(&["run", "rack.yaml", "--auto", "--resume"]).refused(2);
    assert!(said.contains("was a reset, and it was cancelled"), "{said}");
}

#[test]
fn without_a_last_run_there_is_nothing_to_resume() {
    let place = Place::new();
    place.file("rack.yaml", RACK);
    let said = place.run(&["run", "rack.yaml", "--auto", "--resume"]).refused(2);
    assert_eq!(
        said,
        "kubestep: there is no unfinished run of cluster goldentooth to go on with; see `kubestep runs`\n"
    );
}
