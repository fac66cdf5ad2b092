//! What is to be read of a file, for any face to draw.

/// A piece of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Head(String),
    /// Prose.
    Say(String),
    /// Prose to be heeded.
    Warn(String),
    /// A name of at most ten letters, and what there is to it, a line each.
    Field(&'static str, Vec<String>),
    /// A line as it stands in the file, and what it means.
    Line {
        /// As it stands there.
        text: String,
        /// What it means; may be empty.
        says: String,
    },
    /// A line of a tree, so many levels deep, and what is to be said of it.
    Twig(usize, String, String),
}

impl Block {
    pub(super) fn field(name: &'static str, value: impl Into<String>) -> Self {
        Self::Field(name, vec![value.into()])
    }

    pub(super) fn line(text: impl Into<String>, says: impl Into<String>) -> Self {
        Self::Line { text: text.into(), says: says.into() }
    }
}
