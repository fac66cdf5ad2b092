//! The text on one idea, as its file has it.

use serde::Deserialize;

use super::part::{Change, Failure, Said, Shell};

/// Something that several phases rest on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idea {
    /// Its name for links and on the command line: `authorities`.
    pub idea: String,
    /// Its heading.
    pub title: String,
    /// One sentence for lists.
    pub short: String,
    /// Its paragraphs.
    pub text: Vec<Said>,
    /// A drawing in plain characters.
    pub picture: Option<String>,
    /// Commands with which to see it.
    #[serde(default)]
    pub see: Vec<Shell>,
    /// How it shows when it goes wrong.
    #[serde(default)]
    pub fails: Vec<Failure>,
    /// What changed between releases, in their order.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// Other ideas to read on with.
    pub ideas: Vec<String>,
}
