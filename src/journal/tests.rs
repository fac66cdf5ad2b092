#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::lock::ClusterLock;
use super::*;
use crate::diag::Severity;
use crate::event::{Envelope, EventKind, FORMAT, RunOutcome};
use crate::ids::RunId;

fn event(seq: u64, kind: EventKind) -> Envelope {
    let at = jiff::Timestamp::from_second(1_800_000_000 + i64::try_from(seq).unwrap()).unwrap();
    Envelope { seq, at, elapsed: Duration::from_millis(seq * 10), kind }
}

pub(super) fn notice(seq: u64) -> Envelope {
    event(seq, EventKind::Notice { severity: Severity::Note, text: format!("n\u{f6}te {seq}") })
}

fn started(seq: u64, run: &RunId, cluster: &str, command: &str) -> Envelope {
    let kind = EventKind::RunStarted {
        format: FORMAT,
        run: run.clone(),
        cluster: cluster.into(),
        command: command.into(),
        inventory: "i.yaml".into(),
        resumes: None,
        nodes: Vec::new(),
    };
    event(seq, kind)
}

fn finished(seq: u64, outcome: RunOutcome) -> Envelope {
    let duration = Duration::from_secs(1);
    event(seq, EventKind::RunFinished { outcome, exit_code: 0, duration, reason: None })
}

fn read(path: &Path) -> (Vec<Envelope>, Vec<Warning>) {
    let mut reader = Reader::open(path).unwrap();
    let events = reader.by_ref().map(Result::unwrap).collect();
    (events, reader.warnings().to_vec())
}

fn place() -> (tempfile::TempDir, StateDir) {
    let temp = tempfile::tempdir().unwrap();
    let dir = StateDir::new(temp.path().join("made/kubestep"));
    (temp, dir)
}

#[test]
fn what_is_written_is_read_and_only_the_owner_can() {
    let (_temp, dir) = place();
    let run = RunId::new("r1");
    let mut writer = Writer::create(&dir, &run, Durability::Synced).unwrap();
    let events = [started(1, &run, "gold", "run"), notice(2), finished(3, RunOutcome::Succeeded)];
    writer.append(&events[..1]).unwrap();
    writer.append(&events[1..]).unwrap();
    writer.append(&[]).unwrap();
    assert_eq!(read(writer.path()), (events.to_vec(), Vec::new()));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(writer.path()), mode(&dir.run(&run)), mode(dir.path())), (0o600, 0o700, 0o700));
    let again = Writer::create(&dir, &run, Durability::Synced).unwrap_err();
    assert!(matches!(again, JournalError::Exists { .. }), "{again}");
}

#[test]
fn a_run_cut_at_any_byte_goes_on_with_whole_lines() {
    let (_temp, dir) = place();
    let run = RunId::new("r1");
    let mut writer = Writer::create(&dir, &run, Durability::Buffered).unwrap();
    let events = [started(1, &run, "gold", "run"), notice(2), notice(3)];
    writer.append(&events).unwrap();
    let whole = fs::read(writer.path()).unwrap();
    for cut in 0..=whole.len() {
        fs::write(writer.path(), &whole[..cut]).unwrap();
        let sound =
            whole[..cut].split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")).count();
        let mut again = Writer::reopen(&dir, &run, Durability::Buffered).unwrap();
        assert_eq!(again.state.seq, sound as u64, "cut at {cut}");
        let torn = cut > 0 && whole[cut - 1] != b'\n';
        assert_eq!(again.warnings.len(), usize::from(torn), "cut at {cut}");
        again.writer.append(&[notice(again.state.seq + 1)]).unwrap();
        let (read, warnings) = read(writer.path());
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(read.len(), sound + 1);
        assert!(read.iter().zip(1..).all(|(event, seq)| event.seq == seq));
    }
}

#[test]
fn later_formats_are_refused_and_left_alone() {
    let (_temp, dir) = place();
    let run = RunId::new("r1");
    let writer = Writer::create(&dir, &run, Durability::Buffered).unwrap();
    for first in [
        started(1, &run, "gold", "run").to_line().unwrap().replace(&format!("\"format\":{FORMAT}"), &format!("\"format\":{}", FORMAT + 1)),
        r#"{"seq":1,"at":"2030-01-01T00:00:00Z","elapsed_ms":0,"kind":"run-started","format":9,"shape":"new"}"#.into(),
    ] {
        let text = format!("{first}\n{{\"seq\":2,\"torn");
        fs::write(writer.path(), &text).unwrap();
        let error = Writer::reopen(&dir, &run, Durability::Buffered).unwrap_err();
        assert!(matches!(error, JournalError::Read(ReadError::Newer { .. })), "{error}");
        assert!(error.to_string().contains("use the kubestep that wrote it"), "{error}");
        assert_eq!(fs::read_to_string(writer.path()).unwrap(), text);
        assert_eq!(runs(&dir).unwrap()[0].verdict, RunVerdict::Unreadable);
    }
}

#[test]
fn errors_say_what_to_do() {
    let (temp, dir) = place();
    let missing = Writer::reopen(&dir, &RunId::new("r9"), Durability::Buffered).unwrap_err();
    assert!(missing.to_string().contains("`kubestep runs` lists them"), "{missing}");
    fs::write(temp.path().join("file"), "").unwrap();
    let blocked = StateDir::new(temp.path().join("file/kubestep"));
    let error = Writer::create(&blocked, &RunId::new("r1"), Durability::Buffered).unwrap_err();
    assert!(error.to_string().contains("something else is in the way"), "{error}");
    let denied = Doing::Write.failed(Path::new("/x"), std::io::ErrorKind::PermissionDenied.into());
    assert!(denied.to_string().contains("name a folder of your own with KUBESTEP_STATE_DIR"), "{denied}");
}

#[test]
fn runs_are_listed_with_what_became_of_them() {
    let (_temp, dir) = place();
    assert_eq!(runs(&dir).unwrap(), []);
    let write = |run: &str, events: &[Envelope]| {
        let mut writer = Writer::create(&dir, &RunId::new(run), Durability::Buffered).unwrap();
        writer.append(events).unwrap();
    };
    let first = |seq, run: &str, cluster, command| started(seq, &RunId::new(run), cluster, command);
    write("a-done", &[first(1, "a-done", "gold", "run"), finished(9, RunOutcome::Succeeded)]);
    write("b-cut", &[first(2, "b-cut", "gold", "run"), notice(5)]);
    write("c-check", &[first(3, "c-check", "gold", "check"), finished(4, RunOutcome::Failed)]);
    write("d-live", &[first(4, "d-live", "lead", "run")]);
    let mut long = notice(6);
    long.kind = EventKind::Notice { severity: Severity::Note, text: "x".repeat(200_000) };
    write("e-long", &[first(5, "e-long", "tin", "reset"), long, finished(7, RunOutcome::Cancelled)]);
    write("f-empty", &[]);
    fs::create_dir(dir.runs().join("no journal")).unwrap();
    let lock = ClusterLock::acquire(&dir, "lead", &RunId::new("d-live")).unwrap();
    let list = runs(&dir).unwrap();
    let told: Vec<_> =
        list.iter().map(|run| (run.id.as_str(), run.verdict, run.duration.as_millis())).collect();
    assert_eq!(
        told,
        [
            ("e-long", RunVerdict::Ended(RunOutcome::Cancelled), 70),
            ("d-live", RunVerdict::Running, 40),
            ("c-check", RunVerdict::Ended(RunOutcome::Failed), 40),
            ("b-cut", RunVerdict::Interrupted, 50),
            ("a-done", RunVerdict::Ended(RunOutcome::Succeeded), 90),
            ("f-empty", RunVerdict::Interrupted, 0),
        ]
    );
    let unfinished = |cluster| latest_unfinished(&dir, cluster).unwrap().map(|run| run.id.to_string());
    assert_eq!(unfinished("gold").as_deref(), Some("b-cut"), "checks don't count");
    assert_eq!(unfinished("tin").as_deref(), Some("e-long"));
    assert_eq!(unfinished("lead"), None, "it is running");
    drop(lock);
    assert_eq!(unfinished("lead").as_deref(), Some("d-live"));
    write("g-over", &[first(8, "g-over", "gold", "run"), finished(9, RunOutcome::Succeeded)]);
    assert_eq!(unfinished("gold"), None, "what b-cut left was done by g-over");
}

#[test]
fn a_journal_is_followed_until_its_run_ends_or_its_writer_goes() {
    for ends in [true, false] {
        let (_temp, dir) = place();
        let run = RunId::new("r1");
        let mut writer = Writer::create(&dir, &run, Durability::Buffered).unwrap();
        let path = writer.path().to_path_buf();
        writer.append(&[started(1, &run, "gold", "lesson")]).unwrap();
        // What is written while the follower waits at the end, wait by wait.
        let mut writer = Some(writer);
        let mut waits = 0;
        let events = follow(&path, |_| {
            waits += 1;
            let Some(open) = &mut writer else { return };
            match waits {
                1 => {}
                2 | 3 => open.append(&[notice(waits)]).unwrap(),
                4 if ends => open.append(&[finished(4, RunOutcome::Succeeded)]).unwrap(),
                _ => drop(writer.take()),
            }
        });
        let seqs: Vec<u64> = events.unwrap().map(|event| event.unwrap().seq).collect();
        assert_eq!(seqs, if ends { vec![1, 2, 3, 4] } else { vec![1, 2, 3] });
    }
}
