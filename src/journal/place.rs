//! Where journals and locks are.

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::{Doing, JournalError};
use crate::ids::RunId;

/// The folder that holds `runs/` and `locks/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDir(PathBuf);

impl StateDir {
    /// That folder; it need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// `KUBESTEP_STATE_DIR`, else `$XDG_STATE_HOME/kubestep`, else `~/.local/state/kubestep`, as `env` has them.
    ///
    /// Relative values of `XDG_STATE_HOME` and `HOME` don't count, as the XDG base directory specification wants it.
    pub fn find(env: impl Fn(&str) -> Option<OsString>) -> Result<Self, JournalError> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(own) = set("KUBESTEP_STATE_DIR") {
            return std::path::absolute(&own).map(Self).map_err(|error| Doing::Create.failed(&own, error));
        }
        let absolute = |name: &str| set(name).filter(|path| path.is_absolute());
        absolute("XDG_STATE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
            .map(|base| Self(base.join("kubestep")))
            .ok_or(JournalError::NoPlace)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where a folder for each run is.
    pub fn runs(&self) -> PathBuf {
        self.0.join("runs")
    }

    /// The folder of one run, for its journal and what else belongs to it.
    pub fn run(&self, run: &RunId) -> PathBuf {
        self.runs().join(run.as_str())
    }

    /// The journal of one run.
    pub fn events(&self, run: &RunId) -> PathBuf {
        self.run(run).join("events.jsonl")
    }

    /// Where the locks are.
    pub fn locks(&self) -> PathBuf {
        self.0.join("locks")
    }
}

/// Makes `path` and what is missing above it, for the owner alone.
pub(super) fn make_dirs(path: &Path) -> Result<(), JournalError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| Doing::Create.failed(path, error))
}

/// Makes `path`, which must not be there yet.
pub(super) fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn find(vars: &[(&str, &str)]) -> Result<StateDir, JournalError> {
        StateDir::find(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_place_follows_the_environment() {
        let home = ("HOME", "/home/op");
        for (vars, place) in [
            (&[home][..], "/home/op/.local/state/kubestep"),
            (&[home, ("XDG_STATE_HOME", "/var/state")], "/var/state/kubestep"),
            (&[home, ("XDG_STATE_HOME", "relative")], "/home/op/.local/state/kubestep"),
            (&[home, ("XDG_STATE_HOME", "/x"), ("KUBESTEP_STATE_DIR", "/own")], "/own"),
            (&[home, ("KUBESTEP_STATE_DIR", "")], "/home/op/.local/state/kubestep"),
        ] {
            assert_eq!(find(vars).unwrap().path(), Path::new(place), "{vars:?}");
        }
        assert!(find(&[("KUBESTEP_STATE_DIR", "here")]).unwrap().path().is_absolute());
        assert!(matches!(find(&[]), Err(JournalError::NoPlace)));
    }
}
