//! What stands beside the run: files, what they hold and how they differ, the PKI, and the lesson.

use std::sync::Arc;

use super::bench::Bench;
use super::screens::picture;
use crate::event::{Envelope, EventKind};
use crate::lesson::{Course, Progress};
use crate::tui::lesson::Class;
use crate::tui::model::Model;
use crate::tui::rack::RowId;
use crate::tui::testing::{self, Demo, play, press, screen, step};
use crate::tui::update::moving::reveal;

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (120, 40)];

/// A console of that size after all of `events`, with the cursor on a step.
fn after(events: &[Envelope], (width, height): (u16, u16), node: &str, phase: &str) -> Model {
    let mut model = testing::model(width, height);
    play(&mut model, events.iter().cloned());
    let row = match phase {
        "" => RowId::Node(step(node, "x").node),
        phase => RowId::Step(step(node, phase)),
    };
    reveal(&mut model, &row);
    model
}

/// A simulated run whose keys, which are never the same, leave no trace in its files' sizes, nor in the one that is held
/// against what it was.
fn events() -> Vec<Envelope> {
    let data = regex::Regex::new("-data: [A-Za-z0-9+/=]{99,}").unwrap();
    let mut events = Demo::rack(2, 1).events();
    for event in &mut events {
        let EventKind::StepFiles { found, .. } = &mut event.kind else { continue };
        let mut files = (**found).clone();
        for file in &mut files.files {
            file.size = if file.size < 1000 { 600 } else { 1200 };
            if file.path.ends_with("kubelet.conf") {
                let text =
                    file.content.as_deref().map(|text| data.replace_all(text, "-data: LS0tLS1CRUdJTg=="));
                file.content = text.map(std::borrow::Cow::into_owned);
            }
        }
        *found = std::sync::Arc::new(files);
    }
    events
}

/// The screen without what certificates are known by: serial numbers, which may be shorter, and fingerprints, of which
/// the end may stand in a line of its own.
fn drawn(model: &Model) -> String {
    let known = regex::Regex::new("serial     [0-9a-f]+ *|[0-9a-f]{32,}|│ {12}[0-9a-f]{1,16} +│").unwrap();
    let same = |found: &regex::Captures<'_>| match found[0].strip_prefix("serial     ") {
        Some(rest) => format!("serial     {:1$}", "#", rest.len()),
        None => found[0].replace(|c: char| c.is_ascii_hexdigit(), "#"),
    };
    known.replace_all(&picture(model), same).into_owned()
}

/// Name, where the cursor is, and the keys that lead there.
const SCENES: [(&str, &str, &str, &str); 10] = [
    ("files-of-step", "c2", "join/control-plane-prepare/kubeconfig", "i"),
    ("files-of-node", "c2", "", "i"),
    ("certificate", "c1", "init/certs/apiserver", "i enter"),
    ("kubeconfig", "c1", "init/kubeconfig/super-admin", "i enter"),
    ("manifest", "c1", "init/etcd/local", "i enter"),
    ("as-it-is", "c1", "init/etcd/local", "i enter r"),
    ("against-before", "c1", "init/kubelet-finalize/experimental-cert-rotation", "i enter = n"),
    ("beside", "c1", "init/etcd/local", "i enter b enter"),
    ("only-differences", "c1", "init/etcd/local", "i enter b enter o n n"),
    ("pki", "c1", "", "U"),
];

#[test]
fn files_at_every_size() {
    let events = events();
    for (name, node, phase, keys) in SCENES {
        for (width, height) in SIZES {
            let mut model = after(&events, (width, height), node, phase);
            press(&mut model, keys);
            assert_eq!(model.overlays.len(), 1, "{name}: {}", screen(&model));
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), drawn(&model));
        }
    }
}

#[test]
fn differences_are_gone_through_one_by_one() {
    let events = Demo::rack(2, 1).events();
    let mut model = after(&events, (100, 30), "c1", "init/etcd/local");
    press(&mut model, "i enter b enter");
    let foot = |model: &Model| {
        screen(model).lines().find(|line| line.contains(" n next ")).unwrap_or_default().to_owned()
    };
    let at =
        |model: &Model| foot(model).split('(').nth(1).map(|rest| rest.split(')').next().unwrap().to_owned());
    assert_eq!(at(&model), None);
    press(&mut model, "n");
    let first = at(&model).unwrap();
    let (place, count) = first.split_once(" of ").unwrap();
    let count: usize = count.parse().unwrap();
    assert!(place == "1" && count > 3, "{first}");
    // The one that is gone to is seen, and marked at its edge.
    for turn in 2..=count + 1 {
        let marked = screen(&model).lines().filter(|line| line.contains('▌')).count();
        assert!(marked > 0, "{}", screen(&model));
        press(&mut model, "n");
        assert_eq!(at(&model).unwrap(), format!("{} of {count}", (turn - 1) % count + 1));
    }
    press(&mut model, "N");
    assert_eq!(at(&model).unwrap(), format!("{count} of {count}"));
    // With nothing but the differences one stays at the same, and comes back to it.
    let all = screen(&model);
    press(&mut model, "o");
    let few = screen(&model);
    assert!(few.contains("are alike)") && few.contains("o all lines"), "{few}");
    assert_eq!(at(&model).unwrap(), format!("{count} of {count}"));
    press(&mut model, "o");
    assert_eq!(screen(&model), all);
    // It took the former page's place: one step back is the choice of nodes.
    press(&mut model, "esc");
    assert!(screen(&model).contains("beside which node's?"), "{}", screen(&model));
}

const LESSON: &str = r#"
apiVersion: kubestep/v1
kind: Lesson
name: x
title: Only for this picture
about: A test.
rack: { controlPlanes: [bettley, cargyll], endpoint: 10.4.0.10, workers: [erenford, fenn] }
pages:
  - title: Who trusts whom
    text: |
      Everything in a cluster speaks over TLS, and *every* party has to know whom it may trust. kubeadm makes three
      authorities of its own, each with a key that stays in `/etc/kubernetes/pki`.

      - the cluster's, for the API server, the kubelets and all who log in
      - the front proxy's, for what stands between a client and an extension
      - etcd's, so that nobody but the API server gets at the data

      One could make the first by hand:

      $ openssl req -x509 -newkey rsa:2048 -keyout ca.key -out ca.crt -days 3650 -nodes -subj /CN=kubernetes
    more: authorities
  - title: Two certificates, and a title that has more to say than there is room for on a narrow screen
    text: Run both phases, or let the lesson do it.
    do:
      - { run: init/certs/ca, node: bettley }
      - { run: init/certs/apiserver, node: bettley }
  - title: Which one?
    text: Think of who reads the file, and of when.
    ask:
      question: What reads the folder /etc/kubernetes/manifests, and starts what stands in it whether there is an API server or not?
      choices:
        - { text: "The kubelet", right: true }
        - { text: "The API server", hint: "It is itself started from there, so somebody else has to have read it before there was one." }
        - { text: "kubeadm, each time that it is run on the node, and nobody else" }
      because: Static Pods need nobody else.
"#;

fn taught(size: (u16, u16), page: usize, present: bool) -> Bench {
    let mut bench = Bench::sized(size.0, size.1);
    let lesson = crate::lesson::parse("lesson.yaml", LESSON.to_owned(), &[]).unwrap();
    let course = Course::resumed(Arc::new(lesson), &Progress::default());
    bench.done("bettley:init/preflight");
    bench.done("bettley:init/certs/ca");
    bench.model.lesson = Some(Class::new(course, present));
    bench.press("L L");
    for _ in 0..page {
        bench.press(")");
    }
    bench
}

#[test]
fn the_lesson_at_every_size() {
    for size in SIZES {
        for (name, page, present, keys) in [
            ("text", 0, false, ""),
            ("presented", 0, true, ""),
            ("to-do", 1, false, ""),
            ("question", 2, false, ""),
            ("wrong-answer", 2, false, "2"),
            ("right-answer", 2, false, "1"),
        ] {
            let mut bench = taught(size, page, present);
            bench.press(keys);
            let name = format!("lesson-{name}-{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, picture(&bench.model));
        }
    }
}

#[test]
fn a_lesson_opens_the_file_that_its_page_is_about() {
    let text = LESSON.replace(
        "    more: authorities\n",
        "    look: { phase: init/etcd/local, node: c1, file: /etc/kubernetes/manifests/etcd.yaml }\n",
    );
    let text = text
        .replace("bettley, cargyll", "c1, c2")
        .replace("node: bettley", "node: c1")
        .replace("erenford, fenn", "w001");
    let lesson = crate::lesson::parse("lesson.yaml", text, &[]).unwrap();
    let mut model = after(&events(), (100, 30), "c1", "init/preflight");
    model.lesson = Some(Class::new(Course::resumed(Arc::new(lesson), &Progress::default()), false));
    press(&mut model, "L L");
    assert!(screen(&model).contains("enter look at what was written"), "{}", screen(&model));
    press(&mut model, "enter");
    assert!(screen(&model).contains("/etc/kubernetes/manifests/etcd.yaml on c1"), "{}", screen(&model));
    // Looked at once, the same key turns the page.
    press(&mut model, "esc enter");
    assert!(screen(&model).contains("2/3 Two certificates"), "{}", screen(&model));
}
