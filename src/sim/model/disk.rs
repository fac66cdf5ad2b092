//! A node's file system: absolute paths to bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) content: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) owner: String,
    /// Milliseconds since 1970.
    pub(crate) mtime: i64,
}

/// Files by absolute path. Folders are there when something is in them, or when somebody made them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Disk {
    files: BTreeMap<String, File>,
    /// Those that somebody made.
    #[serde(default)]
    folders: BTreeSet<String>,
    /// Rises with every change.
    #[serde(default)]
    pub(crate) generation: u64,
    /// Milliseconds since 1970, as of the last tick of the world; what new files are stamped with.
    #[serde(default)]
    pub(crate) now: i64,
}

impl Disk {
    pub(crate) fn write(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.generation += 1;
        let file = File { content: content.into(), mode, owner: "root".into(), mtime: self.now };
        self.files.insert(path.to_owned(), file);
    }

    /// Takes a file over as it is.
    pub(crate) fn restore(&mut self, path: String, file: File) {
        self.files.insert(path, file);
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).and_then(|file| std::str::from_utf8(&file.content).ok())
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Paths of everything below `folder`.
    pub(crate) fn under(&self, folder: &str) -> impl Iterator<Item = (&str, &File)> {
        let start = format!("{}/", folder.trim_end_matches('/'));
        self.files
            .range(start.clone()..)
            .take_while(move |(path, _)| path.starts_with(&start))
            .map(|(path, file)| (path.as_str(), file))
    }

    pub(crate) fn is_empty_dir(&self, folder: &str) -> bool {
        self.under(folder).next().is_none()
    }

    /// Whether something lies below `path`, or somebody made it a folder.
    pub(crate) fn is_folder(&self, path: &str) -> bool {
        self.folders.contains(path) || self.below(path).next().is_some()
    }

    /// Paths of files and made folders below `folder`.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let start = format!("{}/", folder.trim_end_matches('/'));
        let within = start.clone();
        let folders = self.folders.range(start..).take_while(move |path| path.starts_with(&within));
        self.under(folder).map(|(path, _)| path).chain(folders.map(String::as_str))
    }

    pub(crate) fn make_folder(&mut self, path: &str) {
        self.folders.insert(path.to_owned());
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len() + self.folders.len()
    }

    /// Gives a file other rights.
    pub(crate) fn set_mode(&mut self, path: &str, mode: u32) {
        if let Some(file) = self.files.get_mut(path) {
            file.mode = mode;
        }
    }

    /// Removes a file, or a folder with everything below it; says whether there was anything.
    pub(crate) fn remove(&mut self, path: &str) -> bool {
        let below = format!("{}/", path.trim_end_matches('/'));
        let folders = self.folders.len();
        self.folders.retain(|folder| folder != path && !folder.starts_with(&below));
        let was_folder = self.folders.len() < folders;
        let mut doomed: Vec<String> = self.under(path).map(|(path, _)| path.to_owned()).collect();
        if self.has(path) {
            doomed.push(path.to_owned());
        }
        for path in &doomed {
            self.files.remove(path);
        }
        self.generation += u64::from(!doomed.is_empty());
        was_folder || !doomed.is_empty()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_what_lies_below_them() {
        let mut disk = Disk::default();
        disk.write("/etc/kubernetes/pki/ca.crt", 0o644, "a");
        disk.write("/etc/kubernetes/pki-old/ca.crt", 0o644, "b");
        assert_eq!(disk.under("/etc/kubernetes/pki").count(), 1);
        assert!(disk.is_empty_dir("/var/lib/etcd"));
        assert!(disk.remove("/etc/kubernetes/pki"));
        assert!(!disk.remove("/etc/kubernetes/pki"));
        assert!(disk.has("/etc/kubernetes/pki-old/ca.crt"));
        assert_eq!(disk.generation, 3);
    }
}
