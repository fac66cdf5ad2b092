//! Earlier runs.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::{Doing, JournalError, Reader, StateDir, lock};
use crate::event::{Envelope, EventKind, RunOutcome};
use crate::ids::RunId;

/// One run as its journal tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEntry {
    /// Its name.
    pub id: RunId,
    /// The cluster; empty when the journal has no readable beginning.
    pub cluster: String,
    /// `run`, `reset`, `check`, `demo`.
    pub command: String,
    /// When it started.
    pub started: Option<Timestamp>,
    /// What became of it.
    pub verdict: RunVerdict,
    /// Up to its last event.
    pub duration: Duration,
    /// Its journal.
    pub journal: PathBuf,
}

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunVerdict {
    /// It came to its end.
    Ended(RunOutcome),
    /// Its console works right now.
    Running,
    /// Its console went away before the end.
    Interrupted,
    /// The journal was written by a later kubestep, or can't be read.
    Unreadable,
}

impl RunEntry {
    /// What the journal at `journal` says of the run `id`; none where there is none.
    pub fn of(id: RunId, journal: &Path) -> Option<Self> {
        read(id, journal)
    }

    /// Whether there is something left to do.
    pub fn is_unfinished(&self) -> bool {
        match self.verdict {
            RunVerdict::Ended(outcome) => outcome != RunOutcome::Succeeded,
            RunVerdict::Interrupted => true,
            RunVerdict::Running | RunVerdict::Unreadable => false,
        }
    }
}

/// Every run with a journal, the newest first.
pub fn runs(dir: &StateDir) -> Result<Vec<RunEntry>, JournalError> {
    let root = dir.runs();
    let folders = match fs::read_dir(&root) {
        Ok(folders) => folders,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Doing::Read.failed(&root, error)),
    };
    let mut runs: Vec<_> = folders
        .filter_map(|folder| folder.ok()?.file_name().into_string().ok())
        .filter(|name| RunId::new(name).as_str() == name)
        .filter_map(|name| entry(dir, RunId::new(&name)))
        .collect();
    runs.sort_by(|a, b| (b.started, &b.id).cmp(&(a.started, &a.id)));
    Ok(runs)
}

/// The newest `run` or `reset` of that cluster, if it left something to do.
///
/// Older ones don't count: what they left was overtaken. Checks and demos change nothing.
pub fn latest_unfinished(dir: &StateDir, cluster: &str) -> Result<Option<RunEntry>, JournalError> {
    let changes = |run: &RunEntry| run.cluster == cluster && matches!(run.command.as_str(), "run" | "reset");
    Ok(runs(dir)?.into_iter().find(changes).filter(RunEntry::is_unfinished))
}

/// The run as its journal tells it; none where there is no journal.
fn entry(dir: &StateDir, id: RunId) -> Option<RunEntry> {
    let journal = dir.events(&id);
    let mut entry = RunEntry::of(id, &journal)?;
    let holder = || lock::holder(dir, &entry.cluster).and_then(|holder| holder.run);
    if entry.verdict == RunVerdict::Interrupted && holder().as_ref() == Some(&entry.id) {
        entry.verdict = RunVerdict::Running;
    }
    Some(entry)
}

/// What the first and the last events of a run's journal say; none where there is no journal. That it runs right now is
/// not among it.
fn read(id: RunId, journal: &Path) -> Option<RunEntry> {
    let mut file = File::open(journal).ok()?;
    let mut entry = RunEntry {
        id,
        cluster: String::new(),
        command: String::new(),
        started: None,
        verdict: RunVerdict::Unreadable,
        duration: Duration::ZERO,
        journal: journal.to_owned(),
    };
    match Reader::open(journal).ok()?.next() {
        Some(Ok(Envelope { at, kind: EventKind::RunStarted { cluster, command, .. }, .. })) => {
            (entry.cluster, entry.command, entry.started) = (cluster, command, Some(at));
        }
        Some(Ok(_) | Err(_)) => return Some(entry),
        None => {}
    }
    let Ok(last) = last_events(&mut file, journal) else { return Some(entry) };
    entry.duration = last.last().map_or(Duration::ZERO, |event| event.elapsed);
    let ended = last.iter().rev().find_map(|event| match &event.kind {
        EventKind::RunFinished { outcome, .. } => Some(Some(*outcome)),
        EventKind::RunStarted { .. } => Some(None),
        _ => None,
    });
    entry.verdict = ended.flatten().map_or(RunVerdict::Interrupted, RunVerdict::Ended);
    Some(entry)
}

/// The last events of a journal: those of its last 64 KiB, or of more where a single line is longer.
fn last_events(file: &mut File, path: &Path) -> io::Result<Vec<Envelope>> {
    let length = file.metadata()?.len();
    let mut window = 64 * 1024;
    loop {
        let start = length.saturating_sub(window);
        file.seek(SeekFrom::Start(start))?;
        let mut reader = Reader::new(BufReader::new((&*file).take(length - start)), path);
        let events: Vec<_> = reader.by_ref().map_while(Result::ok).collect();
        if !events.is_empty() || start == 0 {
            return Ok(events);
        }
        window = window.saturating_mul(8);
    }
}
