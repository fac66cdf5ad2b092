//! What an inventory may look at outside its own file.

use std::io;
use std::path::{Path, PathBuf};

/// The operator's environment and files; tests have their own.
pub trait Surroundings {
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// A file's text.
    fn read(&self, path: &Path) -> io::Result<String>;
    /// Whether there is a file.
    fn exists(&self, path: &Path) -> bool;
    /// The files in a folder, if there is one.
    fn list(&self, _folder: &Path) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// This process's environment and the file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThisMachine;

impl Surroundings for ThisMachine {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists() && !path.is_dir()
    }

    fn list(&self, folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.flatten().map(|entry| entry.path()).collect()
    }
}

/// `text` as a path: `~` is the home directory, a relative path starts where the inventory lies.
pub(crate) fn resolve(text: &str, inventory: &Path, outside: &dyn Surroundings) -> PathBuf {
    let home = (text == "~").then_some("").or_else(|| text.strip_prefix("~/"));
    if let (Some(rest), Some(home)) = (home, outside.variable("HOME")) {
        return PathBuf::from(home).join(rest);
    }
    let path = Path::new(text.strip_prefix("./").unwrap_or(text));
    match inventory.parent() {
        Some(folder) if path.is_relative() => folder.join(path),
        _ => path.to_owned(),
    }
}
