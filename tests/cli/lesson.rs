//! Lessons: listed, checked, and played from start to end.

use crate::program::{Place, settled};

/// Every lesson that ships.
const LESSONS: [&str; 3] = ["one-control-plane", "ha-rack", "it-broke"];

#[test]
fn lessons_are_listed_with_how_far_one_came() {
    let place = Place::new();
    let fresh = place.run(&["lesson"]).well().out;
    for name in LESSONS {
        assert!(fresh.lines().any(|line| line.starts_with(name)), "{fresh}");
    }
    std::fs::create_dir_all(place.state().join("lessons")).unwrap();
    let kept = "{ \"page\": \"The riddle\", \"number\": 14 }";
    std::fs::write(place.state().join("lessons/one-control-plane.json"), kept).unwrap();
    let begun = place.run(&["lesson"]).well().out;
    assert!(begun.contains("page 14 of 27"), "{begun}");
}

#[test]
fn every_lesson_plays_from_start_to_end() {
    for name in LESSONS {
        let place = Place::new();
        let played = place.run(&["lesson", name, "--auto"]).well().out;
        assert!(played.contains("every page, in "), "{played}");
        insta::assert_snapshot!(name, settled(&played, &place));
        let again = place.run(&["lesson", name, "--auto"]).well().out;
        assert_eq!(again, played, "the same lesson, the same run");
    }
}

#[test]
fn the_example_is_a_lesson_and_its_schema_is_json() {
    let place = Place::new();
    let example = place.run(&["generate", "lesson"]).well().out;
    let file = place.file("mine.yaml", &example);
    assert!(place.run(&["lesson", &file, "--check"]).well().out.contains("4 pages, as it should be"));
    assert!(place.run(&["lesson", &file, "--auto"]).well().out.contains("every page, in "));
    let schema = place.run(&["generate", "schema", "lesson"]).well().out;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["title"], "kubestep lesson");
}

#[test]
fn a_lesson_that_can_not_be_told_is_refused() {
    let place = Place::new();
    let example = place.run(&["generate", "lesson"]).well().out;
    let file = place.file("mine.yaml", &example.replace("run: init/certs/ca", "run: init/cert/ca"));
    for flags in [&["--check"][..], &["--auto"]] {
        let args: Vec<&str> = ["lesson", &file].iter().chain(flags).copied().collect();
        let said = place.run(&args).refused(2);
        assert!(said.contains("did you mean `init/certs/ca`?"), "{said}");
        assert!(said.contains("mine.yaml:"), "{said}");
    }
    let said = place.run(&["lesson", "one-control-plan", "--auto"]).refused(2);
    assert!(said.contains("did you mean `one-control-plane`?"), "{said}");
    let said = place.run(&["lesson", "one-control-plane"]).refused(2);
    assert!(said.contains("--auto plays it without one"), "{said}");
}

#[test]
fn a_condition_that_never_comes_true_fails_the_lesson() {
    let place = Place::new();
    let example = place.run(&["generate", "lesson"]).well().out;
    // The worker never joins on these pages.
    let never = example.replace(
        "until:\n      - { phase: init/kubelet-start, node: bettley }",
        "until:\n      - { node: jast, is: ready }",
    );
    assert_ne!(never, example);
    let file = place.file("never.yaml", &never);
    let done = place.run(&["lesson", &file, "--auto"]);
    assert_eq!(done.code, 1, "{}", done.out);
    assert!(done.out.contains("page 3: jast is ready: not so after a long wait"), "{}", done.out);
    // A question whose answer rests on what is not so.
    let wrong = example
        .replace("given: { phase: init/kubelet-start, node: bettley }", "given: { node: jast, is: ready }");
    assert_ne!(wrong, example);
    let file = place.file("wrong.yaml", &wrong);
    let done = place.run(&["lesson", &file, "--auto"]);
    assert_eq!(done.code, 1, "{}", done.out);
    assert!(done.out.contains("rests on something that is not so: jast is ready"), "{}", done.out);
}
