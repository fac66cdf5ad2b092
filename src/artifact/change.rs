//! One file, and what became of it.

use serde::{Deserialize, Serialize};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not there before.
    Created,
    /// It is another one than before.
    Changed,
    /// It was written again, with the same content.
    Rewritten,
    /// Only its mode or owner is another one.
    Owner,
    /// It is gone.
    Removed,
    /// It is there; what was before is not known.
    Found,
}

impl Change {
    /// In a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Rewritten => "written again, the same",
            Self::Owner => "mode or owner changed",
            Self::Removed => "removed",
            Self::Found => "there",
        }
    }

    /// Whether there is something else to read than before.
    pub const fn is_new_text(self) -> bool {
        matches!(self, Self::Created | Self::Changed | Self::Found)
    }
}

/// Why a file's content is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Withheld {
    /// It is a key: it never leaves the node.
    Key,
    /// Nothing that is read as text: a folder, a link, data.
    NotText,
    /// It is longer than what is kept.
    TooLong,
    /// It was another one again before it could be read.
    Overtaken,
    /// It can't be read as what its name says, so it is not known where its secrets are.
    Unclear,
    /// The event had no more room.
    NoRoom,
}

impl Withheld {
    /// One sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "A key. It never leaves the node, and is not shown.",
            Self::NotText => "There is no text to show.",
            Self::TooLong => "It is too long to be kept here.",
            Self::Overtaken => "It was written again before it could be read.",
            Self::Unclear => {
                "It can't be read as what its name says. It may hold secrets anywhere, so it is not shown."
            }
            Self::NoRoom => "There were too many files to keep the content of each.",
        }
    }
}

/// A file of a node, or an object in the cluster, as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Absolute; of an object in the cluster, such as `configmap kube-system/kubeadm-config`.
    pub path: String,
    /// What became of it.
    pub change: Change,
    /// As `chmod` takes it: `0600`; empty for objects and what is gone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mode: String,
    /// User and group: `root:root`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Bytes.
    pub size: u64,
    /// Where a link leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Mode and owner before, where they were others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its text, without keys and secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Why there is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
}

impl Artifact {
    /// One of which nothing but that is known.
    pub fn new(path: &str, change: Change) -> Self {
        Self {
            path: path.to_owned(),
            change,
            mode: String::new(),
            owner: String::new(),
            size: 0,
            target: None,
            before: None,
            content: None,
            withheld: None,
        }
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether it is in the cluster and not on a node's disk.
    pub fn is_object(&self) -> bool {
        !self.path.starts_with('/')
    }
}

/// What a step changed, or what a node has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Files {
    /// In the order of paths.
    pub files: Vec<Artifact>,
    /// How many more there were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Files {
    /// Files kept of one step.
    pub const MOST: usize = 200;
    /// Bytes of content kept of one step.
    pub const ROOM: usize = 512 * 1024;

    /// Within the bounds: the first files stay, and the first contents.
    pub fn bounded(mut files: Vec<Artifact>) -> Self {
        let left_out = files.len().saturating_sub(Self::MOST);
        files.truncate(Self::MOST);
        let mut room = Self::ROOM;
        for file in &mut files {
            let Some(length) = file.content.as_ref().map(String::len) else { continue };
            if length > room {
                file.content = None;
                file.withheld = Some(Withheld::NoRoom);
            } else {
                room -= length;
            }
        }
        Self { files, left_out }
    }

    /// Both together, the later ones in place of the earlier ones.
    #[must_use]
    pub fn and(&self, later: &Self) -> Self {
        let kept = |file: &&Artifact| later.files.iter().all(|other| other.path != file.path);
        let mut files: Vec<Artifact> = self.files.iter().filter(kept).chain(&later.files).cloned().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files, left_out: self.left_out + later.left_out }
    }

    /// In one line: `2 created, 1 changed`.
    pub fn summary(&self) -> String {
        let mut words = Vec::new();
        for (change, word) in [
            (Change::Created, "created"),
            (Change::Changed, "changed"),
            (Change::Rewritten, "written again the same"),
            (Change::Owner, "with another mode or owner"),
            (Change::Removed, "removed"),
            (Change::Found, "in the cluster"),
        ] {
            let count = self.files.iter().filter(|file| file.change == change).count();
            if count > 0 {
                words.push(format!("{count} {word}"));
            }
        }
        if self.left_out > 0 {
            words.push(format!("{} more", self.left_out));
        }
        words.join(", ")
    }
}
