//! What can go wrong with a journal on this machine, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::event::FormatError;
use crate::ids::RunId;

/// A journal could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system refused.
    #[error("can't {doing} {}: {}{}", path.display(), source, advice(source))]
    Io {
        /// What was being done.
        doing: Doing,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Neither HOME nor anything else says where state belongs.
    #[error(
        "there is no place for journals: set KUBESTEP_STATE_DIR, XDG_STATE_HOME or HOME to an absolute path"
    )]
    NoPlace,
    /// There is a run of that name already.
    #[error("run {run} exists already at {}: start again, its name is made new each time", path.display())]
    Exists {
        /// The name.
        run: RunId,
        /// Its folder.
        path: PathBuf,
    },
    /// No such run.
    #[error("there is no run {run} at {}: `kubestep runs` lists them", path.display())]
    NoSuchRun {
        /// The name.
        run: RunId,
        /// Where its journal would be.
        path: PathBuf,
    },
    /// Another run works on the cluster.
    #[error(
        "another run works on cluster `{cluster}`{}: wait for it to end or stop it there", holder(*pid, run.as_ref())
    )]
    Locked {
        /// The cluster.
        cluster: String,
        /// The process that holds the lock, if it could be read.
        pid: Option<u32>,
        /// Its run, if it could be read.
        run: Option<RunId>,
    },
    /// The file can't be read back.
    #[error(transparent)]
    Read(#[from] super::ReadError),
    /// An event can't be written as JSON; a bug of ours.
    #[error("an event can't be written: {0}")]
    Format(#[from] FormatError),
}

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Make a folder or file.
    Create,
    /// Add to a file.
    Write,
    /// Make sure that it is on the disk.
    Sync,
    /// Read.
    Read,
    /// Take a lock.
    Lock,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Read => "read",
            Self::Lock => "lock",
        })
    }
}

impl Doing {
    pub(super) fn failed(self, path: &Path, source: io::Error) -> JournalError {
        JournalError::Io { doing: self, path: path.to_owned(), source }
    }
}

/// What to do about an error of the file system.
pub(super) fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free space there, or name another place with KUBESTEP_STATE_DIR"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; name a folder of your own with KUBESTEP_STATE_DIR"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "; something else is in the way: move it, or name another place with KUBESTEP_STATE_DIR"
        }
        io::ErrorKind::Unsupported => "; use a local file system, with KUBESTEP_STATE_DIR",
        _ => "",
    }
}

fn holder(pid: Option<u32>, run: Option<&RunId>) -> String {
    match (run, pid) {
        (Some(run), Some(pid)) => format!(" (run {run}, process {pid})"),
        (Some(run), None) => format!(" (run {run})"),
        (None, Some(pid)) => format!(" (process {pid})"),
        (None, None) => String::new(),
    }
}
