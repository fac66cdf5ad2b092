//! A lesson as it was read.

use super::condition::Condition;
use super::deed::Deed;
use super::question::Question;
use super::rack::LessonRack;
use super::text::Block;
use crate::ids::{NodeName, PhaseId, StepId};
use crate::state::RunState;

/// Pages to read beside a simulated run.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// As it is called on the command line, and what its progress is kept under.
    pub name: String,
    /// As people call it.
    pub title: String,
    /// One sentence for the list.
    pub about: String,
    /// The machines.
    pub rack: LessonRack,
    /// In order; at least one.
    pub pages: Vec<Page>,
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its heading, by which progress finds it again.
    pub title: String,
    /// What is to be read.
    pub text: Vec<Block>,
    /// What is to be looked at.
    pub look: Option<Look>,
    /// What `e` explains while the page is open.
    pub more: Option<More>,
    /// What is to be done, in order.
    pub deeds: Vec<Deed>,
    /// What has to be so before it counts as done; empty: what [`Page::deeds`] bring about.
    pub until: Vec<Condition>,
    /// What is asked.
    pub ask: Option<Question>,
    /// For whoever presents it.
    pub note: Option<String>,
}

/// Where the cursor goes, and what is opened there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The step, or the first one of a group.
    pub step: Option<StepId>,
    /// The node, where no step is named.
    pub node: Option<NodeName>,
    /// The file on its node that is opened: a path, or an object of the cluster as `kubestep files` names it.
    pub file: Option<String>,
    /// What is shown of it.
    pub show: Show,
}

impl Look {
    /// The node that it is about.
    pub fn on(&self) -> Option<&NodeName> {
        self.step.as_ref().map(|step| &step.node).or(self.node.as_ref())
    }

    /// The file, and its node, if nobody knows of it yet.
    pub fn missing(&self, run: &RunState) -> Option<(&NodeName, &str)> {
        let (node, path) = (self.on()?, self.file.as_deref()?);
        let known = run.node(node).is_some_and(|node| node.files.get(path).is_some());
        (!known).then_some((node, path))
    }
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// What it prints, beside the rack.
    #[default]
    Output,
    /// All nodes at a glance.
    Matrix,
    /// The card that explains it.
    Explain,
    /// kubeadm's configuration on its node.
    Config,
    /// What the checks found.
    Checks,
    /// Why it failed.
    Diagnosis,
    /// Why it is not running.
    Why,
    /// The files that it wrote, or the one that is named.
    Files,
    /// All certificates, and who signed whom.
    Pki,
}

impl Show {
    /// Every one, as files name them.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("output", Self::Output),
        ("matrix", Self::Matrix),
        ("explain", Self::Explain),
        ("config", Self::Config),
        ("checks", Self::Checks),
        ("diagnosis", Self::Diagnosis),
        ("why", Self::Why),
        ("files", Self::Files),
        ("pki", Self::Pki),
    ];
}

/// What `e` opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum More {
    /// An idea of [`crate::teaching`].
    Idea(String),
    /// A phase of kubeadm's.
    Phase(PhaseId),
}
