//! What a changed inventory means to a run under way: what of it applies to steps that have not run, and what can't be
//! had any more because steps that went by the former one are done.

mod hosts;
mod lists;
mod settings;
mod used;

use std::fmt;

use super::RunState;
use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use used::Used;

/// An inventory held against the one a run goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// What the run can go by from now on: the changed inventory, with the former values where they can't be changed
    /// any more.
    pub inventory: Inventory,
    /// Every difference, in the order of the file.
    pub changes: Vec<Change>,
    /// Nodes that come to the run.
    pub added: Vec<NodeName>,
    /// Nodes that go out of it; nothing was begun on them.
    pub removed: Vec<NodeName>,
    /// Nodes that have to be looked at again: how they are reached, or what they become, is not the same any more.
    pub again: Vec<NodeName>,
}

/// One difference between two inventories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field, by its name in the file, or the node.
    pub what: String,
    /// The former value; empty: there was none.
    pub was: String,
    /// The new one; empty: there is none.
    pub becomes: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Steps that have not run go by it; with what is to be known of it, if anything.
    Applies(Option<String>),
    /// The run keeps what it had: why, and what would have to be done.
    Stays(String),
}

impl Change {
    /// Whether steps that have not run go by it.
    pub const fn applies(&self) -> bool {
        matches!(self.fate, Fate::Applies(_))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.was.as_str(), self.becomes.as_str()) {
            ("", "") => f.write_str(&self.what),
            ("", becomes) => write!(f, "{}: now {becomes}", self.what),
            (was, "") => write!(f, "{}: no longer {was}", self.what),
            (was, becomes) => write!(f, "{}: {becomes} in place of {was}", self.what),
        }
    }
}

impl Revision {
    /// What `new` changes in a run that goes by `old` and stands as `run` says.
    pub fn of(run: &RunState, old: &Inventory, new: &Inventory) -> Self {
        let used = Used::new(run, old);
        let mut revision = Self {
            inventory: new.clone(),
            changes: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
            again: Vec::new(),
        };
        if new.cluster != old.cluster {
            let why = "a run keeps the name of its cluster; end it and begin another";
            revision.note("metadata.name", &old.cluster, &new.cluster, Fate::Stays(why.to_owned()));
            revision.inventory.cluster.clone_from(&old.cluster);
        }
        settings::kubernetes(&mut revision, &used, old, new);
        lists::manifests(&mut revision, &used, old, new);
        lists::hooks(&mut revision, &used, old, new);
        hosts::hosts(&mut revision, &used, old, new);
        settings::options(&mut revision, old, new);
        revision
    }

    /// Whether any of it applies.
    pub fn applies(&self) -> bool {
        self.changes.iter().any(Change::applies)
    }

    fn note(&mut self, what: impl Into<String>, was: &str, becomes: &str, fate: Fate) {
        let (was, becomes) = (was.to_owned(), becomes.to_owned());
        self.changes.push(Change { what: what.into(), was, becomes, fate });
    }
}
