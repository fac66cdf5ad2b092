//! One run at a time per cluster.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};

use super::{Doing, JournalError, StateDir, place};
use crate::ids::RunId;

/// Held while a run works on a cluster; let go when dropped or when the process dies, in whatever way.
#[derive(Debug)]
pub struct ClusterLock {
    _file: File,
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: Option<u32>,
    /// Its run.
    pub run: Option<RunId>,
}

impl ClusterLock {
    /// Takes the lock of `cluster` for `run`, or says who has it. Does not wait.
    pub fn acquire(dir: &StateDir, cluster: &str, run: &RunId) -> Result<Self, JournalError> {
        place::make_dirs(&dir.locks())?;
        let path = dir.locks().join(file_name(cluster));
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| Doing::Lock.failed(&path, error))?;
        if !try_lock(&file).map_err(|error| Doing::Lock.failed(&path, error))? {
            let Holder { pid, run } = read_holder(&mut file);
            return Err(JournalError::Locked { cluster: cluster.to_owned(), pid, run });
        }
        let written = file.set_len(0).and_then(|()| writeln!(file, "{} {run}", std::process::id()));
        written.map_err(|error| Doing::Write.failed(&path, error))?;
        Ok(Self { _file: file })
    }
}

/// Who works on `cluster` right now; none when nobody does.
pub fn holder(dir: &StateDir, cluster: &str) -> Option<Holder> {
    let mut file = File::open(dir.locks().join(file_name(cluster))).ok()?;
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Err(rustix::io::Errno::WOULDBLOCK) => Some(read_holder(&mut file)),
        _ => None,
    }
}

/// A look by [`holder`] takes a shared lock for a moment, so a refusal is asked again a few times.
fn try_lock(file: &File) -> io::Result<bool> {
    for _ in 0..20 {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(std::time::Duration::from_millis(2)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

fn read_holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(200).read_to_string(&mut text));
    let mut words = text.split_whitespace().filter(|_| read.is_ok());
    let pid = words.next().and_then(|word| word.parse().ok());
    let run = words.next().map(RunId::new);
    Holder { pid, run }
}

/// A file name for any cluster name, never the same for two of them, on file systems that don't tell
/// capitals apart as well: bytes other than `a-z0-9-` become `_` and two hex digits, long names a digest.
fn file_name(cluster: &str) -> String {
    let mut name = String::new();
    for byte in cluster.bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' {
            name.push(byte.into());
        } else {
            let _ = write!(name, "_{byte:02x}");
        }
    }
    if name.len() > 100 {
        let digest = Sha256::digest(cluster.as_bytes());
        name.truncate(60);
        name.push_str("_x");
        for byte in digest.iter().take(16) {
            let _ = write!(name, "{byte:02x}");
        }
    }
    name + ".lock"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::print_stdout)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_second_run_is_told_who_works_there() {
        let temp = tempfile::tempdir().unwrap();
        let dir = StateDir::new(temp.path().join("state"));
        let (first, second) = (RunId::new("20261122-095103-4f2a"), RunId::new("20261122-095104-0000"));
        assert_eq!(holder(&dir, "gold"), None);
        let lock = ClusterLock::acquire(&dir, "gold", &first).unwrap();
        let refused = ClusterLock::acquire(&dir, "gold", &second).unwrap_err();
        let pid = std::process::id();
        assert_eq!(
            refused.to_string(),
            format!(
                "another run works on cluster `gold` (run {first}, process {pid}): wait for it to end or stop it there"
            )
        );
        assert_eq!(holder(&dir, "gold"), Some(Holder { pid: Some(pid), run: Some(first) }));
        ClusterLock::acquire(&dir, "silver", &second).unwrap();
        drop(lock);
        assert_eq!(holder(&dir, "gold"), None);
        ClusterLock::acquire(&dir, "gold", &second).unwrap();
    }

    const PLACE: &str = "KUBESTEP_TEST_LOCK";

    /// The other process of the next test; does nothing by itself.
    #[test]
    fn hold_until_killed() {
        let Some(place) = std::env::var_os(PLACE) else { return };
        let _lock = ClusterLock::acquire(&StateDir::new(place), "gold", &RunId::new("other")).unwrap();
        println!("held");
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }

    #[test]
    fn the_lock_of_a_killed_process_is_free() {
        use std::io::BufRead;
        use std::process::{Command, Stdio};
        let temp = tempfile::tempdir().unwrap();
        let dir = StateDir::new(temp.path());
        let mut other = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "journal::lock::tests::hold_until_killed", "--nocapture"])
            .env(PLACE, temp.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = io::BufReader::new(other.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(said.into_iter().any(|line| line.ends_with("held")));
        let run = RunId::new("ours");
        let refused = ClusterLock::acquire(&dir, "gold", &run).unwrap_err();
        assert!(matches!(refused, JournalError::Locked { pid, .. } if pid == Some(other.id())), "{refused}");
        other.kill().unwrap();
        other.wait().unwrap();
        ClusterLock::acquire(&dir, "gold", &run).unwrap();
    }

    #[test]
    fn names_stay_inside_the_folder() {
        assert_eq!(file_name("goldentooth"), "goldentooth.lock");
        assert_eq!(file_name("../Etc"), "_2e_2e_2f_45tc.lock");
        assert_eq!(file_name(""), ".lock");
        assert!(file_name(&"é".repeat(300)).len() < 120);
    }

    proptest! {
        #[test]
        fn different_clusters_have_different_locks(a in ".{0,60}", b in ".{0,60}") {
            prop_assume!(a != b);
            let (a, b) = (file_name(&a), file_name(&b));
            prop_assert_ne!(a.to_lowercase(), b.to_lowercase());
            prop_assert!(a.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c)));
        }
    }
}
