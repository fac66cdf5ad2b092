//! The pictures in `screenshots/`, drawn from simulated runs and compared with what lies there. `BLESS=1` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kubestep::event::{Envelope, EventKind};
use kubestep::journal::Reader;
use kubestep::tui::{Cast, Stage, Theme};

/// The events of a whole simulated run, always the same.
fn events(scenario: &str) -> Vec<Envelope> {
    let state = tempfile::tempdir().unwrap();
    let program = Command::new(env!("CARGO_BIN_EXE_kubestep"))
        .args(["demo", "--auto", "--seed", "7", "--scenario", scenario])
        .env("KUBESTEP_STATE_DIR", state.path())
        .output()
        .unwrap();
    assert!(program.stderr.is_empty(), "{}", String::from_utf8_lossy(&program.stderr));
    let run = fs::read_dir(state.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    Reader::open(&run.join("events.jsonl")).unwrap().map(|event| timeless(event.unwrap())).collect()
}

/// What nodes print has the calendar's time in it.
fn timeless(mut event: Envelope) -> Envelope {
    let time = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z|([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6}")
        .unwrap();
    if let EventKind::StepOutput { lines, .. } = &mut event.kind {
        for line in lines {
            let same = |found: &regex::Captures<'_>| match found.get(1) {
                Some(level) => format!("{}1122 10:00:00.000000", level.as_str()),
                None => "2026-11-22T10:00:00.000Z".to_owned(),
            };
            *line = time.replace_all(line, same).into_owned();
        }
    }
    event
}

/// A console of that size, as it is when the first event comes for which `until` holds.
fn stage(size: (u16, u16), theme: &str, events: &[Envelope], until: impl Fn(&Envelope) -> bool) -> Stage {
    let mut stage = Stage::new(size.0, size.1, Theme::named(theme).unwrap());
    let end = events.iter().position(until).map_or(events.len(), |at| at + 1);
    stage.play(events[..end].iter().cloned());
    stage
}

fn starts(node: &'static str, phase: &'static str) -> impl Fn(&Envelope) -> bool {
    move |event| match &event.kind {
        EventKind::StepStarted { node: on, phase: what, .. } => on.as_str() == node && what.as_str() == phase,
        _ => false,
    }
}

fn fails(event: &Envelope) -> bool {
    matches!(&event.kind, EventKind::StepFinished { outcome: kubestep::event::StepOutcome::Failed, .. })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots")
}

fn compare(name: &str, drawn: &str) {
    let path = folder().join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&path, drawn).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "{name} is no longer what the console shows: look at it after BLESS=1");
}

#[test]
fn a_rack_on_its_way() {
    let events = events("goldentooth");
    let join = starts("gardener", "join/kubelet-start");
    let mut wide = stage((120, 40), "default-dark", &events, &join);
    compare("rack.svg", &wide.svg("kubestep: three control planes and six workers on their way"));
    let mut small = stage((80, 24), "default-light", &events, &join);
    compare("rack-80x24.svg", &small.svg("kubestep in a small light terminal"));
    wide.press("V z").unwrap();
    compare("matrix.svg", &wide.svg("kubestep: the whole rack at a glance"));
    let mut panes = stage((160, 48), "okabe-ito", &events, &join);
    panes.press("a").unwrap();
    compare("panes.svg", &panes.svg("kubestep: a pane for every node at work"));
}

#[test]
fn a_failure_and_its_card() {
    let events = events("swap-everywhere");
    let mut stage = stage((120, 40), "default-dark", &events, fails);
    stage.press("!").unwrap();
    compare("failure.svg", &stage.svg("kubestep: a step has failed"));
    stage.press("D").unwrap();
    compare("diagnosis.svg", &stage.svg("kubestep: why it failed, and what to do"));
}

#[test]
fn what_can_be_asked() {
    let events = events("goldentooth");
    let mut stage = stage((120, 40), "default-dark", &events, starts("bettley", "init/upload-certs"));
    stage.press("e").unwrap();
    compare("explain.svg", &stage.svg("kubestep: what upload-certs is for"));
    stage.press("esc ?").unwrap();
    compare("help.svg", &stage.svg("kubestep: every key"));
}

#[test]
fn a_recording_of_a_whole_run() {
    const SIZE: (u16, u16) = (100, 30);
    const MOMENT: Duration = Duration::from_secs(1);
    let events = events("goldentooth");
    let mut stage = Stage::new(SIZE.0, SIZE.1, Theme::named("default-dark").unwrap());
    let mut cast = Cast::new(SIZE.0, SIZE.1, "kubestep demo");
    let (mut former, mut shown, mut rest) = (None, Duration::ZERO, &events[..]);
    while !rest.is_empty() {
        let now = shown + MOMENT;
        let due = rest.iter().position(|event| event.elapsed > now).unwrap_or(rest.len());
        stage.play(rest[..due].iter().cloned());
        stage.tick(now);
        let (picture, bytes) = stage.repaint(former.as_ref());
        // Four times as fast as the run was.
        cast.push(now.as_secs_f64() / 4.0, &bytes);
        (former, shown, rest) = (Some(picture), now, &rest[due..]);
    }
    compare("demo.cast", cast.text());
}
