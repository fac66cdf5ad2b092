#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::*;
use crate::report::Style;
use crate::report::story::{Page, events, show};

fn options() -> PlainOptions {
    let style = Style { unicode: true, ..Style::PLAIN };
    PlainOptions { style, verbose: false, journal: Some(PathBuf::from("/tmp/events.jsonl")), resume: None }
}

#[test]
fn outputs_are_folded_and_failures_annotated() {
    let page = Page::default();
    show(&mut Github::new(page.sink(), options(), None), &events());
    insta::assert_snapshot!("github", page.text());
    let groups = page.text().lines().filter(|line| line.starts_with("::group::")).count();
    let ends = page.text().lines().filter(|line| *line == "::endgroup::").count();
    assert_eq!(groups, ends);
}

#[test]
fn the_page_is_added_to_what_is_there() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("summary.md");
    std::fs::write(&path, "before\n").unwrap();
    show(&mut Github::new(Page::default().sink(), options(), Some(path.clone())), &events());
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.starts_with("before\n"));
    insta::assert_snapshot!("summary", written);
}

#[test]
fn the_page_is_written_when_nobody_reads_the_log() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let temp = tempfile::tempdir().unwrap();
    let pages = ["read", "closed"].map(|name| temp.path().join(name));
    show(&mut Github::new(Page::default().sink(), options(), Some(pages[0].clone())), &events());
    let mut face = Github::new(Box::new(Closed), options(), Some(pages[1].clone()));
    let mut state = RunState::default();
    for event in events() {
        state.apply(&event);
        let _ = face.event(&event, &state);
    }
    assert_eq!(face.finish(&state).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    let [read, closed] = pages.map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(read, closed);
}

#[test]
fn a_node_cannot_give_commands_to_the_runner() {
    let evil = "::set-output name=x::y";
    let mut all = events();
    for event in &mut all {
        match &mut event.kind {
            EventKind::StepOutput { lines, .. } => *lines = vec![evil.into(), "##[error]x".into()],
            EventKind::StepFinished { reason, diagnosis, .. } => {
                *reason = Some(evil.into());
                if let Some(found) = diagnosis {
                    found.cause = evil.into();
                    found.look = vec![evil.into()];
                }
            }
            EventKind::NodeFinding { finding, .. } => finding.fix = Some(format!("x\n{evil}")),
            EventKind::WaitFacts { waiting_for, .. } => *waiting_for = evil.into(),
            EventKind::LinkLost { reason, .. } | EventKind::Cancelling { reason, .. } => {
                *reason = evil.into();
            }
            EventKind::RunFinished { reason, .. } => *reason = Some(evil.into()),
            EventKind::Notice { text, .. } => *text = format!("x\n{evil}"),
            _ => {}
        }
    }
    let page = Page::default();
    show(&mut Github::new(page.sink(), options(), None), &all);
    let known = ["::group::", "::endgroup::", "::error title=", "::warning title="];
    for line in page.text().lines() {
        let line = line.trim_start();
        assert!(!line.starts_with("::") || known.iter().any(|name| line.starts_with(name)), "{line}");
        assert!(!line.contains("##["), "{line}");
    }
    assert!(page.text().contains("set-output"), "the text itself is still there");
}
