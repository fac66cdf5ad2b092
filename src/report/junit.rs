//! `JUnit` XML: a suite a node, a case a phase.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::Face;
use crate::event::Envelope;
use crate::state::{AttemptState, End, NodeState, RunState, Status, StepState};
use crate::text;

/// Writes the file when the run is over, however it ended.
#[derive(Debug)]
pub struct Junit {
    path: PathBuf,
}

impl Junit {
    /// Will write to `path`; makes the folder for it now, so that a place that can't be written to is known early.
    pub fn new(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fs::create_dir_all(folder(&path))?;
        tempfile::tempfile_in(folder(&path))?;
        Ok(Self { path })
    }
}

impl Face for Junit {
    fn event(&mut self, _: &Envelope, _: &RunState) -> io::Result<()> {
        Ok(())
    }

    /// Writes beside the file and moves it into place, so that nobody reads half of it.
    fn finish(&mut self, state: &RunState) -> io::Result<()> {
        let xml = report(state).to_string().map_err(io::Error::other)?;
        let mut file = tempfile::Builder::new()
            .prefix(".junit")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder(&self.path))?;
        file.write_all(xml.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn report(state: &RunState) -> Report {
    let name = state.info.as_ref().map_or_else(
        || "kubestep".to_owned(),
        |info| format!("kubestep {} {}", info.command, safe(&info.cluster)),
    );
    let mut report = Report::new(name);
    report.set_time(state.end.as_ref().map_or(state.elapsed, |end| end.duration));
    report.add_test_suites(state.nodes().filter_map(|node| suite(state, node)));
    report
}

/// None for a node of which the plan knows no step.
fn suite(state: &RunState, node: &NodeState) -> Option<TestSuite> {
    let mut suite = TestSuite::new(node.name.as_str());
    if let Some(info) = &node.info {
        suite.add_property(Property::new("role", info.role.to_string()));
        suite.add_property(Property::new("address", safe(&info.address)));
    }
    let first = state
        .steps_of(&node.name)
        .filter_map(|step| step.attempts.first())
        .map(|first| first.started_at)
        .min();
    if let Some(first) = first {
        suite.extra.insert("timestamp".into(), first.to_string().into());
    }
    suite.add_test_cases(state.steps_of(&node.name).map(|step| case(state, step)));
    suite.set_time(suite.test_cases.iter().filter_map(|case| case.time).sum());
    (suite.tests > 0).then_some(suite)
}

fn case(state: &RunState, step: &StepState) -> TestCase {
    let mut status = match step.status {
        Status::Succeeded => TestCaseStatus::success(),
        Status::Failed | Status::RetryPlanned { .. } => failure(step),
        Status::Skipped => left_out("skipped", reason(step)),
        Status::Cancelled => left_out("cancelled", reason(step)),
        Status::Waiting => left_out("not-run", "the run ended before its turn"),
        Status::Running { .. } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("interrupted").set_message("it was still running when the run's record ended");
            status
        }
    };
    let earlier = step.attempts.len().saturating_sub(1);
    for attempt in step.attempts.iter().take(earlier) {
        let mut rerun = TestRerun::new(NonSuccessKind::Failure);
        let end = attempt.end.as_ref();
        rerun.set_message(safe(end.and_then(|end| end.reason.as_deref()).unwrap_or("it did not end")));
        rerun.set_type(kind(end)).set_system_out(output(attempt));
        status.add_rerun(rerun);
    }
    let mut case = TestCase::new(step.id().phase.as_str(), status);
    case.set_classname(step.id().node.as_str());
    if let Some(time) = step.time_spent(state.elapsed) {
        case.set_time(time);
    }
    if let Some(attempt) = step.last_attempt().filter(|attempt| !attempt.output.is_empty()) {
        case.set_system_out(output(attempt));
    }
    case
}

fn failure(step: &StepState) -> TestCaseStatus {
    let end = step.end.as_ref();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let mut lines = Vec::new();
    lines.extend(end.and_then(|end| end.rc).map(|rc| format!("exit status {rc}")));
    if let Some(found) = end.and_then(|end| end.diagnosis.as_ref()) {
        lines.extend([format!("cause: {}", found.cause), format!("fix: {}", found.fix)]);
        lines.extend(found.look.iter().map(|look| format!("look: {look}")));
    }
    lines.extend(step.last_attempt().into_iter().flat_map(super::plain::important).map(str::to_owned));
    status.set_type(kind(end)).set_message(safe(reason(step))).set_description(safe(&lines.join("\n")));
    status
}

fn left_out(kind: &str, why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_type(kind).set_message(safe(why));
    status
}

fn reason(step: &StepState) -> &str {
    step.end.as_ref().and_then(|end| end.reason.as_deref()).unwrap_or("no reason is known")
}

/// The diagnosis rule's name, for those who group failures.
fn kind(end: Option<&End>) -> String {
    end.and_then(|end| end.diagnosis.as_ref()).map_or_else(|| "failed".to_owned(), |found| safe(&found.rule))
}

fn output(attempt: &AttemptState) -> String {
    let mut out = String::new();
    if attempt.output.dropped() > 0 {
        out = format!("({} earlier lines are in the journal)\n", attempt.output.dropped());
    }
    for line in attempt.output.lines() {
        out = out + &safe(line) + "\n";
    }
    out
}

/// Text that XML 1.0 can hold: neither control characters nor the two non-characters of the basic plane.
fn safe(raw: &str) -> String {
    text::sanitize(raw).replace(['\u{fffe}', '\u{ffff}'], "")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::event::EventKind;
    use crate::report::story::{events, show};

    #[test]
    fn a_node_is_a_suite_and_a_phase_a_case() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("made/when/missing/junit.xml");
        show(&mut Junit::new(&path).unwrap(), &events());
        insta::assert_snapshot!("junit", fs::read_to_string(&path).unwrap());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn what_nodes_say_stays_xml() {
        let evil = "]]></system-out><x a=\"'&\u{0}\u{1b}[31m\u{ffff}\u{b}";
        let mut all = events();
        for event in &mut all {
            match &mut event.kind {
                EventKind::StepOutput { lines, .. } => *lines = vec![evil.into()],
                EventKind::StepFinished { reason, .. } => *reason = Some(evil.into()),
                _ => {}
            }
        }
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("junit.xml");
        show(&mut Junit::new(&path).unwrap(), &all);
        let xml = fs::read_to_string(&path).unwrap();
        let read = Report::deserialize_from_str(&xml).unwrap();
        assert_eq!(read.tests, 23);
        let out: Vec<_> = read
            .test_suites
            .iter()
            .flat_map(|s| &s.test_cases)
            .filter_map(|c| c.system_out.as_ref())
            .collect();
        assert!(out.iter().all(|out| out.starts_with("]]></system-out><x a=\"'&")), "{out:?}");
        assert!(!xml.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{ffff}'));
    }

    #[test]
    fn a_run_cut_short_is_still_told() {
        let all = events();
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("junit.xml");
        show(&mut Junit::new(&path).unwrap(), &all[..40]);
        let read = Report::deserialize_from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!((read.tests, read.errors > 0, read.skipped > 0), (23, true, true));
    }
}
