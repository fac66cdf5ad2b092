//! The private folder of a console: ssh's configuration and the masters' sockets.
//!
//! It goes with the console. That of one that was killed stays, so every console removes those whose owner is gone:
//! an owner holds a lock on a file in its folder, and the system lets go of it however the owner ends.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};
use tempfile::TempDir;

use super::options::UnfitTarget;

/// A socket's path has 107 bytes at most; ours adds `/12345678.abcdef/master.` and 16 random characters.
const LONGEST: usize = 61;
const PREFIX: &str = "kubestep-";
const RANDOM: usize = 6;
const LOCK: &str = "lock";

/// Removed when dropped.
#[derive(Debug)]
pub(super) struct Folder {
    dir: TempDir,
    // Last: the folder is ours until it is gone.
    _lock: File,
}

impl Folder {
    /// Makes one, and removes what killed consoles left beside it.
    pub(super) fn make() -> Result<Self, UnfitTarget> {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let places: Vec<_> =
            runtime.into_iter().chain([std::env::temp_dir(), PathBuf::from("/tmp")]).collect();
        let folder = Self::make_in(&places);
        for place in &places {
            sweep(place);
        }
        folder
    }

    fn make_in(places: &[PathBuf]) -> Result<Self, UnfitTarget> {
        let mut failure = String::from("every candidate's path is too long");
        for place in places {
            let length = place.as_os_str().len() + 1 + PREFIX.len() + RANDOM;
            if !place.is_absolute() || length > LONGEST {
                continue;
            }
            match Self::in_place(place) {
                Ok(folder) => return Ok(folder),
                Err(error) => failure = format!("{}: {error}", place.display()),
            }
        }
        Err(UnfitTarget::Folder { detail: failure })
    }

    /// The lock is there by its name only once it is held: nobody takes a folder in the making for a dead one.
    fn in_place(place: &Path) -> std::io::Result<Self> {
        let dir = tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).tempdir_in(place)?;
        let fresh = dir.path().join("lock.part");
        let lock = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        std::fs::rename(&fresh, dir.path().join(LOCK))?;
        Ok(Self { dir, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// Removes the folders in `place` that are ours and nobody's any more. What can't be told or removed stays.
fn sweep(place: &Path) {
    let Ok(entries) = std::fs::read_dir(place) else { return };
    for entry in entries.flatten().filter(|entry| is_named_alike(&entry.file_name())) {
        let path = entry.path();
        if let Some(_lock) = lock_of_the_dead(&path) {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

fn is_named_alike(name: &OsStr) -> bool {
    let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    random.is_some_and(|text| text.len() == RANDOM && text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The lock of the folder at `path`, if the folder is this user's, nobody else can write in it, and its owner is gone.
fn lock_of_the_dead(path: &Path) -> Option<File> {
    let about = std::fs::symlink_metadata(path).ok()?;
    let is_private = about.is_dir() && about.mode() & 0o022 == 0;
    if !is_private || about.uid() != rustix::process::geteuid().as_raw() {
        return None;
    }
    let no_link = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let lock = OpenOptions::new()
        .read(true)
        .custom_flags(no_link.bits().cast_signed())
        .open(path.join(LOCK))
        .ok()?;
    flock(&lock, FlockOperation::NonBlockingLockExclusive).ok()?;
    Some(lock)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// What `kill -9` leaves.
    fn left_behind(place: &Path) -> PathBuf {
        let Folder { dir, _lock } = Folder::in_place(place).unwrap();
        std::fs::create_dir(dir.path().join("abc")).unwrap();
        std::fs::write(dir.path().join("abc/master"), "").unwrap();
        dir.keep()
    }

    #[test]
    fn folders_of_dead_consoles_go_and_those_in_use_stay() {
        let place = tempfile::tempdir().unwrap();
        let [one, other] = [(); 2].map(|()| left_behind(place.path()));
        let used = Folder::in_place(place.path()).unwrap();
        sweep(place.path());
        assert!(!one.exists() && !other.exists());
        assert!(used.path().join(LOCK).exists());
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
    }

    #[test]
    fn what_may_be_somebody_elses_stays() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        // Another program's, one that is being made, one that others may write in.
        for name in ["kubestep-lab", "kubestep-ab.def", "kubestep-making"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        std::fs::write(at("kubestep-lab").join(LOCK), "").unwrap();
        let shared = left_behind(place.path());
        std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o777)).unwrap();
        // Links that lead to what would otherwise go.
        let elsewhere = tempfile::tempdir().unwrap();
        let (folder, lock) = (left_behind(elsewhere.path()), elsewhere.path().join("a lock"));
        symlink(&folder, at("kubestep-symlnk")).unwrap();
        std::fs::write(&lock, "").unwrap();
        std::fs::create_dir(at("kubestep-linked")).unwrap();
        symlink(&lock, at("kubestep-linked").join(LOCK)).unwrap();
        std::fs::write(at("kubestep-plainf"), "").unwrap();
        let count = || std::fs::read_dir(place.path()).unwrap().count();
        let before = count();
        sweep(place.path());
        assert_eq!(count(), before);
        assert!(folder.join("abc/master").exists());
    }
}
