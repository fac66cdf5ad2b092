//! A lesson's page, as a run's journal has it.

use serde::{Deserialize, Serialize};

/// A page of a lesson, for whoever follows the run elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonPage {
    /// What the lesson is called.
    pub lesson: String,
    /// The page, from 1.
    pub page: usize,
    /// How many there are.
    pub pages: usize,
    /// The page's heading.
    pub title: String,
    /// For whoever presents it.
    pub note: Option<String>,
}
