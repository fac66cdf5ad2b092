//! The files of a node, each as it was seen last.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::{Artifact, Change, Files};
use crate::ids::{Attempt, PhaseId};

/// Files by path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shelf(BTreeMap<String, Known>);

/// A file, and who left it so.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    files: Arc<Files>,
    place: usize,
    /// The step that wrote it last, and which try of it; none where the node was asked without a step.
    pub by: Option<(PhaseId, Attempt)>,
}

impl Known {
    /// The file.
    pub fn artifact(&self) -> Option<&Artifact> {
        self.files.files.get(self.place)
    }
}

impl Shelf {
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Takes in what a step left, or all that is there. A file that was only touched keeps its text.
    pub fn learn(&mut self, files: &Arc<Files>, by: Option<(&PhaseId, Attempt)>) {
        for (place, file) in files.files.iter().enumerate() {
            if file.change == Change::Removed {
                self.0.remove(&file.path);
                continue;
            }
            let keeps_text = !file.change.is_new_text() || (by.is_none() && file.content.is_none());
            if keeps_text && self.0.contains_key(&file.path) {
                continue;
            }
            // Whoever wrote the same text is still known to have done so.
            let same = |known: &&Known| known.artifact().is_some_and(|old| old.content == file.content);
            let writer = self.0.get(&file.path).filter(same).and_then(|known| known.by.clone());
            let by = by.map(|(phase, attempt)| (phase.clone(), attempt)).or(writer);
            self.0.insert(file.path.clone(), Known { files: Arc::clone(files), place, by });
        }
    }

    /// What is there now, with who wrote it as far as that is known; what is not among `files` is gone.
    #[must_use]
    pub fn renewed(&self, files: &Arc<Files>) -> Self {
        let mut shelf = self.clone();
        if files.left_out == 0 {
            shelf.0.retain(|path, _| files.files.iter().any(|file| file.path == *path));
        }
        shelf.learn(files, None);
        shelf
    }

    /// All files, by path.
    pub fn all(&self) -> impl Iterator<Item = (&Artifact, &Known)> {
        self.0.values().filter_map(|known| Some((known.artifact()?, known)))
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&Artifact> {
        self.0.get(path)?.artifact()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, change: Change, content: Option<&str>) -> Artifact {
        Artifact { content: content.map(str::to_owned), ..Artifact::new(path, change) }
    }

    #[test]
    fn the_last_text_counts_and_what_is_removed_is_gone() {
        let mut shelf = Shelf::default();
        let mut learn = |phase: Option<&str>, file: Artifact| {
            let phase = phase.map(PhaseId::from);
            let files = Arc::new(Files { files: vec![file], left_out: 0 });
            shelf.learn(&files, phase.as_ref().map(|phase| (phase, Attempt::FIRST)));
            shelf.0.get("/a").map(|known| {
                let by = known.by.as_ref().map(|(phase, _)| phase.to_string());
                (known.artifact().and_then(|file| file.content.clone()), by)
            })
        };
        let text = |text: &str, by: &str| Some((Some(text.to_owned()), Some(by.to_owned())));
        assert_eq!(learn(Some("init/a"), file("/a", Change::Created, Some("one"))), text("one", "init/a"));
        assert_eq!(learn(Some("init/b"), file("/a", Change::Rewritten, None)), text("one", "init/a"));
        assert_eq!(learn(None, file("/a", Change::Found, Some("one"))), text("one", "init/a"));
        assert_eq!(learn(Some("init/c"), file("/a", Change::Changed, Some("two"))), text("two", "init/c"));
        assert_eq!(
            learn(None, file("/a", Change::Found, Some("three"))),
            Some((Some("three".to_owned()), None))
        );
        assert_eq!(learn(Some("reset/x"), file("/a", Change::Removed, None)), None);
    }
}
