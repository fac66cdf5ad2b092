//! What is kept of somebody's way through a lesson.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::model::Lesson;

/// How far somebody came. Pages are known by their headings, so that a lesson may gain some.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The open page's heading; nothing before the first was turned.
    pub page: String,
    /// Its number, from 1.
    pub number: usize,
    /// Headings of the pages whose questions were answered rightly.
    pub answered: BTreeSet<String>,
    /// The last page was reached.
    pub finished: bool,
}

impl Progress {
    /// Reads what [`Progress::to_text`] wrote; none if it is nothing of the kind.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As it is kept.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// The place of the open page in `lesson`, from 0: that of its heading, else its number's.
    pub fn place(&self, lesson: &Lesson) -> usize {
        let last = lesson.pages.len().saturating_sub(1);
        lesson
            .pages
            .iter()
            .position(|page| page.title == self.page)
            .unwrap_or_else(|| self.number.saturating_sub(1).min(last))
    }
}
