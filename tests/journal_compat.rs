//! Journals of earlier versions stay readable: each file of `journals/` is folded and held against a snapshot.
//!
//! Files are never edited; a new format gets a folder of its own.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use kubestep::event::FORMAT;
use kubestep::journal::Reader;
use kubestep::state::{RunState, StepState};
use kubestep::text;

#[test]
fn journals_of_format_1_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals/v1");
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["cancelled.jsonl", "resumed.jsonl", "strange.jsonl", "torn.jsonl"]);
    for name in names {
        let name = name.to_str().unwrap();
        let mut reader = Reader::open(&folder.join(name)).unwrap();
        let mut state = RunState::default();
        for event in reader.by_ref() {
            state.apply(&event.unwrap());
        }
        let mut told = String::new();
        for warning in reader.warnings() {
            writeln!(told, "warning: {warning}").unwrap();
        }
        insta::assert_snapshot!(name.trim_end_matches(".jsonl"), told + &tell(&state));
    }
}

/// Each event that was written in these formats is written alike today.
#[test]
fn events_of_formats_2_and_3_are_written_alike() {
    assert_eq!(FORMAT, 3, "a new format gets a folder of its own here");
    for file in ["v2/cancelled.jsonl", "v3/files.jsonl", "v3/revised.jsonl"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals").join(file);
        let text = fs::read_to_string(&path).unwrap();
        let events: Vec<_> = Reader::new(text.as_bytes(), &path).map(Result::unwrap).collect();
        assert_eq!(events.len(), text.lines().count());
        for (event, line) in events.iter().zip(text.lines()).filter(|(_, line)| !line.contains("node-facts"))
        {
            assert_eq!(event.to_line().unwrap(), line);
        }
    }
}

/// A node that was taken out of the inventory is in no later state.
#[test]
fn a_changed_inventory_is_read_back() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals/v3/revised.jsonl");
    let mut state = RunState::default();
    for event in Reader::open(&path).unwrap() {
        state.apply(&event.unwrap());
    }
    let nodes: Vec<_> = state.nodes().map(|node| node.name.as_str()).collect();
    assert_eq!(nodes, ["c1", "w1"]);
    assert!(state.steps().all(|step| step.id().node.as_str() != "w2"));
}

fn tell(state: &RunState) -> String {
    let mut out = String::new();
    let info = state.info.as_ref().unwrap();
    writeln!(out, "{} {} {} sessions={}", info.id, info.command, info.cluster, info.sessions).unwrap();
    writeln!(out, "seq={} elapsed={} strays={}", state.seq, text::duration(state.elapsed), state.strays)
        .unwrap();
    writeln!(out, "pace={:?} cancel={:?} end={:?}", state.pace, state.cancel, state.end).unwrap();
    for message in &state.messages {
        writeln!(out, "{}: {}", message.severity, message.text).unwrap();
    }
    for node in state.nodes() {
        let facts = node.facts.as_ref().map(|facts| facts.os.as_str());
        let findings: Vec<_> = node.findings.iter().map(|finding| finding.check.as_str()).collect();
        writeln!(out, "\n{} {:?} facts={facts:?} findings={findings:?}", node.name, node.link).unwrap();
        for step in state.steps_of(&node.name) {
            tell_step(&mut out, step);
        }
    }
    out
}

fn tell_step(out: &mut String, step: &StepState) {
    writeln!(out, "  {} {:?}", step.id().phase, step.status).unwrap();
    for lacked in &step.lacks {
        writeln!(out, "    lacks {lacked}").unwrap();
    }
    for attempt in &step.attempts {
        let end = attempt.end.as_ref().map(|end| (end.outcome, end.duration, end.rc, end.reason.as_deref()));
        let mark = if attempt.interrupted { " interrupted" } else { "" };
        writeln!(
            out,
            "    {} {}{mark} lines={} {end:?}",
            attempt.number,
            attempt.started_at,
            attempt.output.lines().len()
        )
        .unwrap();
    }
    for seen in &step.seen {
        writeln!(out, "    seen {}", seen.phase).unwrap();
    }
    if let Some(wait) = &step.wait {
        writeln!(out, "    waited for: {} {:?}", wait.waiting_for, wait.facts).unwrap();
    }
    if let Some(found) = step.end.as_ref().and_then(|end| end.diagnosis.as_ref()) {
        writeln!(out, "    diagnosis {}: {} -> {}", found.rule, found.cause, found.fix).unwrap();
    }
}
