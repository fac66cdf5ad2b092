#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::diag::Diagnostic;
use crate::event::{Envelope, EventKind, Pace, StepOutcome};
use crate::ids::{Attempt, NodeName, StepId};
use crate::state::{Command, RunState};

const SCENARIOS: &[&str] = &["worker-dies", "swap-on"];

/// A lesson with every key that there is.
const WHOLE: &str = include_str!("testdata/whole.yaml");

fn read(text: &str) -> Result<Lesson, Vec<Diagnostic>> {
    parse("lesson.yaml", text.to_owned(), SCENARIOS)
}

/// The scenarios that a lesson names; whether there are such is the simulator's to know.
fn scenarios(text: &str) -> Vec<&str> {
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("scenario: "));
    named.flat_map(|names| names.trim_matches(['[', ']']).split(", ")).collect()
}

fn lesson(pages: &str) -> Lesson {
    let head = "apiVersion: kubestep/v1\nkind: Lesson\nname: x\ntitle: X\nabout: A test.\n\
                rack: { controlPlanes: [bettley, fenn], endpoint: 10.4.0.10, workers: [jast] }\npages:\n";
    read(&format!("{head}{pages}"))
        .unwrap_or_else(|wrong| panic!("{}", crate::diag::render::show(&wrong, false)))
}

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    let mut said = String::new();
    for (from, to) in [
        ("kind: Lesson", "kind: Leson"),
        ("about:", "abuot:"),
        ("version: v1.34.0", "version: latest"),
        ("scenario: worker-dies", "scenario: worker-dying"),
        ("workers: [jast]", "workers: [Jast]"),
        ("run: init/certs/ca", "run: init/cert/ca"),
        ("run: init/certs/ca, node: bettley", "run: init/certs/ca, node: jast"),
        ("node: fenn", "node: fen"),
        ("is: succeeded", "is: suceeded"),
        ("diagnosis: kubelet-unhealthy", "diagnosis: kubelet-unhealty"),
        ("check: swap", "check: swop"),
        ("run: checked", "run: checked, node: jast"),
        ("more: quorum", "more: quorums"),
        ("more: init/wait-control-plane", "more: init/wait-controlplane"),
        ("show: config", "show: konfig"),
        ("file: /etc/kubernetes/admin.conf", "file: admin.conf"),
        ("show: files", "show: why"),
        ("right: true", "right: maybe"),
        ("title: Second", "title: First"),
        ("accept: [two]", "accept: [two]\n      choices: [{ text: a, right: true }, { text: b }]"),
        ("until: { node: fenn, is: ready }", "note: x"),
        ("type: swapoff -a, node: jast", "type: swapoff -a"),
    ] {
        assert!(WHOLE.contains(from), "{from}");
        let wrong = read(&WHOLE.replacen(from, to, 1)).unwrap_err();
        said += &format!("## {to}\n{}\n", crate::diag::render::show(&wrong, false));
    }
    insta::assert_snapshot!("wrong", said);
}

#[test]
fn every_shipped_lesson_can_be_read_and_fits_the_schema() {
    let schema = schema();
    let example = [("example", EXAMPLE), ("whole", WHOLE)];
    for (name, text) in shipped().iter().chain(&example) {
        let scenarios = scenarios(text);
        let read =
            parse(name, (*text).to_owned(), &scenarios).unwrap_or_else(|wrong| panic!("{name}: {wrong:?}"));
        assert_eq!(read.name, *name);
        let value: Value = serde_yaml::from_str(text).unwrap();
        assert!(crate::inventory::fits(&value, &schema), "{name}");
    }
}

/// Every map of a document, by its path.
fn maps(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.push(path.to_owned());
            for (key, value) in map {
                maps(value, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                maps(item, &format!("{path}/{at}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn reader_and_schema_refuse_the_same_strange_keys() {
    let schema = schema();
    let whole: Value = serde_yaml::from_str(WHOLE).unwrap();
    let mut places = Vec::new();
    maps(&whole, "", &mut places);
    assert!(places.len() > 20, "{places:?}");
    for place in places {
        let mut strange = whole.clone();
        strange.pointer_mut(&place).unwrap().as_object_mut().unwrap().insert("strange".to_owned(), 1.into());
        let text = serde_yaml::to_string(&strange).unwrap();
        assert!(read(&text).is_err(), "the reader takes a strange key at {place}");
        assert!(!crate::inventory::fits(&strange, &schema), "the schema takes a strange key at {place}");
    }
}

#[test]
fn wrong_answers_get_a_hint_and_right_ones_a_reason() {
    let (run, said) = (RunState::default(), Said::default());
    let mut asked = 0;
    for (name, text) in shipped() {
        let scenarios = scenarios(text);
        let lesson = parse(name, (*text).to_owned(), &scenarios).unwrap();
        for question in lesson.pages.iter().filter_map(|page| page.ask.as_ref()) {
            asked += 1;
            match &question.answer {
                Answer::Choices(choices) => {
                    for (at, choice) in choices.iter().enumerate() {
                        let verdict = question.judge(&(at + 1).to_string(), &run, &said);
                        match (&choice.right, verdict) {
                            (Right::Fixed(true), Verdict::Right(why)) => {
                                assert!(!why.is_empty(), "{}", question.text);
                            }
                            (Right::Fixed(false), Verdict::Wrong(hint)) => {
                                assert!(
                                    choice.hint.as_ref() == Some(&hint),
                                    "{}: {}",
                                    question.text,
                                    choice.text
                                );
                            }
                            (Right::When(_), _) => {}
                            (_, verdict) => panic!("{}: {verdict:?}", question.text),
                        }
                    }
                    assert!(matches!(question.judge("0", &run, &said), Verdict::Wrong(_)));
                }
                Answer::Words { accept, .. } => {
                    for word in accept {
                        let shouted = format!("  {}. ", word.to_uppercase());
                        assert!(matches!(question.judge(&shouted, &run, &said), Verdict::Right(_)), "{word}");
                    }
                    assert!(question.hint.is_some(), "{}", question.text);
                    if !accept.is_empty() {
                        assert!(!matches!(question.judge("no idea", &run, &said), Verdict::Right(_)));
                    }
                }
            }
        }
    }
    assert!(asked >= 15, "{asked}");
}

#[test]
fn pages_of_shipped_lessons_can_be_read_at_a_glance() {
    for (name, text) in shipped() {
        let scenarios = scenarios(text);
        for page in parse(name, (*text).to_owned(), &scenarios).unwrap().pages {
            let lines = text::flat(&page.text, 74).len();
            assert!(lines <= 14, "{name}: {}: {lines} lines", page.title);
        }
    }
}

/// A run of the lesson's own plan, told event by event.
struct Told {
    run: RunState,
    seq: u64,
}

impl Told {
    fn of(lesson: &Lesson) -> Self {
        let mut told = Self { run: RunState::default(), seq: 0 };
        told.tell(EventKind::PlanExtended { steps: lesson.rack.steps(), complete: true });
        told.tell(EventKind::PaceChanged { pace: Pace::Paused });
        told
    }

    fn tell(&mut self, kind: EventKind) {
        self.seq += 1;
        let elapsed = Duration::from_secs(self.seq);
        self.run.apply(&Envelope { seq: self.seq, at: jiff::Timestamp::UNIX_EPOCH, elapsed, kind });
    }

    fn ends(&mut self, node: &str, phase: &str, outcome: StepOutcome) {
        let node = NodeName::new(node).unwrap();
        self.tell(EventKind::StepStarted {
            node: node.clone(),
            phase: phase.into(),
            attempt: Attempt::FIRST,
            command: None,
            reattached: false,
        });
        self.tell(EventKind::StepFinished {
            node,
            phase: phase.into(),
            attempt: Attempt::FIRST,
            outcome,
            duration: Duration::ZERO,
            rc: None,
            reason: None,
            diagnosis: None,
            lacking: Vec::new(),
        });
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.seq)
    }
}

fn step(node: &str, phase: &str) -> StepId {
    StepId::new(NodeName::new(node).unwrap(), phase)
}

#[test]
fn what_is_to_be_done_is_asked_for_in_order_and_not_twice() {
    let lesson = Arc::new(lesson(
        "  - { title: A, text: a, do: { run: config, node: bettley } }\n\
         \x20 - { title: B, text: b, do: [{ run: init/preflight, node: bettley }, { run: join/preflight, node: jast }] }\n",
    ));
    let mut told = Told::of(&lesson);
    let mut course = Course::new(Arc::clone(&lesson));
    assert_eq!(course.errands(&told.run, told.now()), [], "nobody asked for anything");
    assert!(matches!(course.place(&told.run), Place::ToDo(open) if open == ["config on bettley is done"]));
    assert!(course.turn_to(1));
    course.act();
    let first = Errand::Tell(Command::RunTo(step("bettley", "config")));
    assert_eq!(
        course.errands(&told.run, told.now()),
        std::slice::from_ref(&first),
        "page one comes before page two"
    );
    assert_eq!(course.place(&told.run), Place::Doing);
    assert_eq!(course.errands(&told.run, told.now()), []);
    assert_eq!(
        course.errands(&told.run, told.now() + Duration::from_secs(9)),
        [first],
        "lost, and sent again"
    );
    told.ends("bettley", "config", StepOutcome::Succeeded);
    let next = course.errands(&told.run, told.now());
    assert_eq!(next, [Errand::Tell(Command::RunTo(step("bettley", "init/preflight")))]);
    told.ends("bettley", "init/preflight", StepOutcome::Succeeded);
    assert_eq!(course.errands(&told.run, told.now()).len(), 1);
    told.ends("jast", "join/preflight", StepOutcome::Succeeded);
    assert_eq!(course.errands(&told.run, told.now()), []);
    assert!(course.is_idle());
    assert_eq!(course.place(&told.run), Place::Open);
    // What was so once stays done, whatever becomes of it.
    told.ends("jast", "join/preflight", StepOutcome::Failed);
    assert!(course.is_finished(1));
}

#[test]
fn conditions_follow_the_run() {
    let lesson = Arc::new(lesson(
        "  - title: A\n    text: a\n    until:\n      - { phase: connect }\n      - { phase: probe, node: jast, is: failed }\n\
         \x20     - { shell: swapon --show, node: jast, lacks: /var/swap }\n",
    ));
    let mut told = Told::of(&lesson);
    let mut course = Course::new(Arc::clone(&lesson));
    for node in ["bettley", "fenn", "jast"] {
        let open = |course: &Course, told: &Told| match course.place(&told.run) {
            Place::ToDo(open) => open.len(),
            _ => 0,
        };
        assert_eq!(open(&course, &told), 3, "{node}");
        told.ends(node, "connect", StepOutcome::Succeeded);
    }
    told.ends("jast", "probe", StepOutcome::Failed);
    let jast = NodeName::new("jast").unwrap();
    let ask = Errand::Type { node: jast.clone(), command: "swapon --show".to_owned() };
    assert_eq!(course.errands(&told.run, told.now()), std::slice::from_ref(&ask));
    assert_eq!(course.errands(&told.run, told.now()), [], "it was asked just now");
    let says = |text: &str| Spoken { exit: 0, text: text.to_owned() };
    course.hear(jast.clone(), "swapon --show".to_owned(), says("/var/swap file"));
    assert_eq!(course.errands(&told.run, told.now() + Duration::from_secs(5)), [ask]);
    assert!(matches!(course.place(&told.run), Place::ToDo(_)));
    course.hear(jast, "swapon --show".to_owned(), says(""));
    course.errands(&told.run, told.now());
    assert_eq!(course.place(&told.run), Place::Open);
}

#[test]
fn on_the_way_to_a_page_it_is_not_asked_after() {
    let lesson = Arc::new(lesson(
        "  - { title: A, text: a, do: { run: config, node: bettley } }\n\
         \x20 - title: B\n    text: b\n    do: { type: date, node: jast }\n    until: { shell: date, node: jast, says: Sunday }\n",
    ));
    let mut told = Told::of(&lesson);
    let kept = Progress { page: "B".to_owned(), number: 2, ..Progress::default() };
    let mut course = Course::resumed(Arc::clone(&lesson), &kept);
    let jast = NodeName::new("jast").unwrap();
    let sunday = || Spoken { exit: 0, text: "Sunday".to_owned() };
    course.hear(jast.clone(), "date".to_owned(), sunday());
    let first = Errand::Tell(Command::RunTo(step("bettley", "config")));
    assert_eq!(course.errands(&told.run, told.now()), [first]);
    assert!(!course.is_finished(1), "what was said on the way does not count");
    told.ends("bettley", "config", StepOutcome::Succeeded);
    course.errands(&told.run, told.now());
    assert!(course.is_idle());
    let mut new = Course::new(Arc::clone(&lesson));
    new.turn_to(1);
    let later = told.now() + Duration::from_secs(9);
    assert_eq!(new.errands(&told.run, later), [], "what is to be typed is not asked before it is typed");
    new.act();
    let date = Errand::Type { node: jast.clone(), command: "date".to_owned() };
    assert_eq!(new.errands(&told.run, later), [date]);
    assert_eq!(new.spoken(), []);
    new.hear(jast.clone(), "date".to_owned(), sunday());
    assert_eq!(new.spoken(), [(&jast, "date", &sunday())]);
    new.errands(&told.run, later);
    assert_eq!(new.place(&told.run), Place::Open);
}

#[test]
fn progress_finds_its_page_again_also_in_a_lesson_that_has_grown() {
    let pages = |titles: &[&str]| -> String {
        titles.iter().fold(String::new(), |text, title| text + "  - { title: " + title + ", text: a }\n")
    };
    let old = Arc::new(lesson(&pages(&["A", "B", "C"])));
    let mut course = Course::new(Arc::clone(&old));
    course.turn_to(1);
    let kept = Progress::parse(&course.progress().to_text()).unwrap();
    assert_eq!((kept.page.as_str(), kept.number, kept.finished), ("B", 2, false));
    let new = Arc::new(lesson(&pages(&["A", "new", "B", "C"])));
    assert_eq!(Course::resumed(new, &kept).at(), 2);
    let other = Arc::new(lesson(&pages(&["X"])));
    assert_eq!(Course::resumed(other, &kept).at(), 0);
    course.turn_to(9);
    assert!(course.progress().finished);
    assert_eq!(Progress::parse("nonsense"), None);
}

#[test]
fn every_lesson_has_its_own_name() {
    let names: BTreeSet<&str> = shipped().iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), shipped().len());
    for (name, text) in shipped() {
        assert_eq!(named(name), Some(*text));
    }
}
