//! How far somebody came in a lesson, kept in a file.

use std::fs;
use std::io;
use std::path::Path;

use crate::lesson::Progress;

/// Puts `progress` in the place of what the file held. A torn one can't come of it.
pub fn keep(path: &Path, progress: &Progress) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("new");
    fs::write(&new, progress.to_text())?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_latest_progress_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lessons/x.json");
        for number in [1, 2] {
            let progress = Progress { page: "A page".to_owned(), number, ..Progress::default() };
            keep(&path, &progress).unwrap();
            assert_eq!(Progress::parse(&fs::read_to_string(&path).unwrap()), Some(progress));
        }
    }
}
