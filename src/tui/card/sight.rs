//! What can be shown of files: made anew from the model whenever it is opened.

use super::{Page, differences, files};
use crate::artifact::Artifact;
use crate::ids::{Attempt, NodeName, PhaseId, StepId};
use crate::tui::model::Model;

/// A file as a step left it, or as it was seen last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// As it was seen last.
    Last,
    /// As that step's try left it.
    Step(StepId, Attempt),
}

/// A file of a node, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// On which node.
    pub node: NodeName,
    /// Where.
    pub path: String,
    /// When.
    pub at: At,
}

impl Spot {
    /// The file, if it is known.
    pub fn artifact<'m>(&self, model: &'m Model) -> Option<&'m Artifact> {
        match &self.at {
            At::Last => model.file(&self.node, &self.path),
            At::Step(step, attempt) => {
                let attempts = &model.run.step(step)?.attempts;
                let found = attempts.iter().find(|known| known.number == *attempt)?.files.as_ref()?;
                found.files.iter().find(|file| file.path == self.path)
            }
        }
    }

    /// The file with its text: of one that was only touched, as it was seen last.
    pub fn with_text<'m>(&self, model: &'m Model) -> Option<&'m Artifact> {
        let own = self.artifact(model)?;
        if own.content.is_some() || own.change.is_new_text() {
            return Some(own);
        }
        model.file(&self.node, &self.path).or(Some(own))
    }
}

/// Which lines of two texts held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Every one.
    All,
    /// Those that are not alike.
    Differing,
}

impl Lines {
    /// The other choice.
    pub const fn other(self) -> Self {
        match self {
            Self::All => Self::Differing,
            Self::Differing => Self::All,
        }
    }
}

/// Something to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// What a step's try changed.
    Step(StepId, Attempt),
    /// What the last tries of a group's steps changed.
    Group(NodeName, PhaseId),
    /// All that is known of a node.
    Node(NodeName),
    /// A file, decoded.
    File(Spot),
    /// A file as it is, without its secrets.
    Raw(Spot),
    /// What the file was before against what it is.
    Since(Spot, Lines),
    /// The nodes that have the same file.
    Others(Spot),
    /// The file on two nodes.
    Beside(Spot, NodeName, Lines),
    /// All certificates.
    Pki,
}

/// A file of a node as it was seen last.
pub fn file(model: &Model, node: &NodeName, path: &str) -> Page {
    Sight::File(Spot { node: node.clone(), path: path.to_owned(), at: At::Last }).page(model)
}

impl Sight {
    /// It, written out.
    pub fn page(&self, model: &Model) -> Page {
        match self {
            Self::Step(step, attempt) => files::of_step(model, step, *attempt),
            Self::Group(node, group) => files::of_group(model, node, group),
            Self::Node(node) => files::of_node(model, node),
            Self::File(spot) => files::file(model, spot),
            Self::Raw(spot) => files::raw(model, spot),
            Self::Since(spot, lines) => differences::since(model, spot, *lines),
            Self::Others(spot) => files::others(model, spot),
            Self::Beside(spot, other, lines) => differences::beside(model, spot, other, *lines),
            Self::Pki => files::pki(model),
        }
    }
}
