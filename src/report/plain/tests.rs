#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::*;
use crate::report::story::{Page, events, show};

fn shown(style: Style, verbose: bool) -> String {
    let page = Page::default();
    let options = PlainOptions {
        style,
        verbose,
        journal: Some(PathBuf::from("/home/op/.local/state/kubestep/runs/20261122-095103-4f2a/events.jsonl")),
        resume: Some("kubestep run inventory/goldentooth.yaml --auto --resume".into()),
    };
    show(&mut Plain::new(page.sink(), options), &events());
    page.text()
}

#[test]
fn a_run_reads_calmly() {
    insta::assert_snapshot!("plain", shown(Style { unicode: true, ..Style::PLAIN }, false));
}

#[test]
fn verbose_shows_what_kubeadm_prints() {
    insta::assert_snapshot!("plain-verbose-ascii", shown(Style::PLAIN, true));
}

#[test]
fn lines_keep_to_the_columns() {
    use unicode_width::UnicodeWidthStr;
    for width in [60, 80, 120] {
        for line in shown(Style { unicode: true, width, ..Style::PLAIN }, false).lines() {
            let free = ["journal", "resume", "    look"].iter().any(|head| line.starts_with(head));
            let table = line.contains(" steps ");
            assert!(free || table || line.width() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn a_run_that_changed_nothing_need_not_be_gone_on_with() {
    use crate::event::EventKind;
    let looks = |event: &crate::event::Envelope| match &event.kind {
        EventKind::StepStarted { phase, .. } | EventKind::StepFinished { phase, .. } => {
            ["connect", "probe", "check"].contains(&phase.as_str())
        }
        _ => true,
    };
    let mut all = events();
    let told = |all: &[crate::event::Envelope]| {
        let page = Page::default();
        let options =
            PlainOptions { style: Style::PLAIN, verbose: false, journal: None, resume: Some("again".into()) };
        show(&mut Plain::new(page.sink(), options), all);
        page.text()
    };
    assert!(told(&all).contains("resume   again\n"));
    all.retain(looks);
    assert!(!told(&all).contains("resume"), "{}", told(&all));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let style = Style { unicode: true, ..Style::PLAIN };
    let coloured = shown(Style { colour: true, ..style }, true);
    assert!(coloured.contains("\u{1b}[1;31m✖ failed"));
    let bare: Vec<_> =
        coloured.lines().map(|line| crate::text::sanitize(line).trim_end().to_owned()).collect();
    assert_eq!(bare, shown(style, true).lines().collect::<Vec<_>>());
}

#[test]
fn what_nodes_say_cannot_reach_the_terminal() {
    use crate::event::EventKind;
    let evil = "\u{1b}]0;owned\u{7}\u{9b}2Jx\ry";
    let mut all = events();
    for event in &mut all {
        match &mut event.kind {
            EventKind::StepOutput { lines, .. } => *lines = vec![evil.into()],
            EventKind::StepFinished { reason, diagnosis, .. } => {
                *reason = Some(evil.into());
                if let Some(found) = diagnosis {
                    found.fix = evil.into();
                    found.look = vec![evil.into()];
                }
            }
            EventKind::NodeFinding { finding, .. } => finding.message = evil.into(),
            EventKind::WaitFacts { facts, .. } => *facts = vec![(evil.into(), evil.into())],
            EventKind::RunStarted { cluster, .. } => *cluster = evil.into(),
            EventKind::RunFinished { reason, .. } => *reason = Some(evil.into()),
            EventKind::LinkLost { reason, .. } => *reason = evil.into(),
            EventKind::Notice { text, .. } => *text = evil.into(),
            _ => {}
        }
    }
    let page = Page::default();
    let options = PlainOptions { style: Style::PLAIN, verbose: true, journal: None, resume: None };
    show(&mut Plain::new(page.sink(), options), &all);
    assert!(page.text().contains("xy"));
    assert!(!page.text().chars().any(|c| c.is_control() && c != '\n'), "{}", page.text());
}

#[test]
fn silence_is_broken_by_a_word_on_what_runs() {
    let all = events();
    let silent = all.iter().position(|event| event.elapsed.as_millis() == 24_321).unwrap();
    let page = Page::default();
    let options = PlainOptions { style: Style::PLAIN, verbose: false, journal: None, resume: None };
    let mut face = Plain::new(page.sink(), options);
    let mut state = RunState::default();
    for event in &all[..=silent] {
        state.apply(event);
        face.event(event, &state).unwrap();
    }
    let before = page.text().len();
    for second in 25..=120 {
        face.tick(Duration::from_secs(second), &state).unwrap();
    }
    insta::assert_snapshot!("silence", page.text()[before..]);
}
