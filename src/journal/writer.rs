//! Writing a journal.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Doing, JournalError, Reader, StateDir, Warning, place};
use crate::event::{Envelope, EventKind};
use crate::ids::RunId;
use crate::state::RunState;

/// Whether changes of state survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// They are on the disk when [`Writer::append`] returns.
    Synced,
    /// The system writes them when it likes; for simulated runs.
    Buffered,
}

/// A journal being written. Blocks on the disk: call it where that is allowed.
#[derive(Debug)]
pub struct Writer {
    file: File,
    path: PathBuf,
    length: u64,
    torn: bool,
    durability: Durability,
}

/// A journal opened to be continued.
#[derive(Debug)]
pub struct Reopened {
    /// Adds to the same file. The next event's number is `state.seq + 1`.
    pub writer: Writer,
    /// What the journal says so far.
    pub state: RunState,
    /// What was passed over or cut off.
    pub warnings: Vec<Warning>,
}

impl Writer {
    /// Makes the folder and the journal of a new run, for the owner alone.
    pub fn create(dir: &StateDir, run: &RunId, durability: Durability) -> Result<Self, JournalError> {
        let folder = dir.run(run);
        place::make_dirs(&dir.runs())?;
        place::make_dir(&folder).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => JournalError::Exists { run: run.clone(), path: folder.clone() },
            _ => Doing::Create.failed(&folder, error),
        })?;
        let path = dir.events(run);
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| Doing::Create.failed(&path, error))?;
        hold(&file);
        if durability == Durability::Synced {
            for folder in [folder.as_path(), &dir.runs(), dir.path()] {
                sync_dir(folder).map_err(|error| Doing::Sync.failed(folder, error))?;
            }
        }
        Ok(Self { file, path, length: 0, torn: false, durability })
    }

    /// Opens an earlier run's journal to continue it: folds it and cuts off a torn last line.
    pub fn reopen(dir: &StateDir, run: &RunId, durability: Durability) -> Result<Reopened, JournalError> {
        let path = dir.events(run);
        let file = OpenOptions::new().append(true).open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => JournalError::NoSuchRun { run: run.clone(), path: path.clone() },
            _ => Doing::Write.failed(&path, error),
        })?;
        hold(&file);
        let mut reader = Reader::open(&path)?;
        let mut state = RunState::default();
        for event in reader.by_ref() {
            state.apply(&event?);
        }
        let length = reader.sound_length();
        file.set_len(length).map_err(|error| Doing::Write.failed(&path, error))?;
        let writer = Self { file, path, length, torn: false, durability };
        Ok(Reopened { writer, state, warnings: reader.warnings().to_vec() })
    }

    /// Where the journal is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds events in one write, and syncs if one of them is a change of state. When the write fails, nothing
    /// of them is left in the journal, and the call may be made again.
    pub fn append(&mut self, events: &[Envelope]) -> Result<(), JournalError> {
        let mut text = String::new();
        if self.torn {
            text.push('\n');
        }
        for event in events {
            text.push_str(&event.to_line()?);
            text.push('\n');
        }
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            self.torn = self.file.set_len(self.length).is_err();
            return Err(Doing::Write.failed(&self.path, error));
        }
        self.torn = false;
        self.length += text.len() as u64;
        if self.durability == Durability::Synced && events.iter().any(|event| is_change(&event.kind)) {
            self.file.sync_data().map_err(|error| Doing::Sync.failed(&self.path, error))?;
        }
        Ok(())
    }
}

/// Whether losing the event would lose more than words.
const fn is_change(kind: &EventKind) -> bool {
    !matches!(kind, EventKind::StepOutput { .. } | EventKind::WaitFacts { .. } | EventKind::StepFiles { .. })
}

/// Tells whoever follows the journal that it is being written, for as long as the file is open. Where files can't be held,
/// they follow it all the same.
fn hold(file: &File) {
    let _ = file.try_lock_shared();
}

fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::journal::tests::notice;

    #[test]
    fn a_full_disk_is_told_with_what_to_do_and_the_next_write_begins_a_line() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("events.jsonl");
        std::fs::write(&path, "{\"half").unwrap();
        let open = |path: &Path| OpenOptions::new().append(true).open(path).unwrap();
        let mut writer = Writer {
            file: open(Path::new("/dev/full")),
            path: path.clone(),
            length: 0,
            torn: false,
            durability: Durability::Buffered,
        };
        let error = writer.append(&[notice(1)]).unwrap_err().to_string();
        assert!(error.contains("free space there, or name another place with KUBESTEP_STATE_DIR"), "{error}");
        assert!(writer.torn, "a device can't be cut to length");
        writer.file = open(&path);
        writer.append(&[notice(1)]).unwrap();
        let mut reader = Reader::open(&path).unwrap();
        assert_eq!(reader.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [notice(1)]);
        assert_eq!(reader.warnings().len(), 1);
    }
}
