//! What there is to be read of a phase or an idea in one release, in order, without a word on how it looks.

use super::explanation::Explanation;
use super::library;
use super::part::{Change, Failure, Said, Shell, Thing, Written};
use super::range::at;
use crate::catalog::{self, Command};
use crate::ids::PhaseId;
use crate::version::Version;

/// Some of the text under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading; empty for what comes first.
    pub heading: &'static str,
    /// What is under it; never empty.
    pub items: Vec<Item>,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A paragraph.
    Prose(String),
    /// Lines to be shown as they are.
    Picture(String),
    /// A command to type, and what it shows.
    Command {
        /// The command.
        run: String,
        /// A sentence.
        shows: String,
    },
    /// A file or an object.
    Thing {
        /// Its path or name.
        name: String,
        /// Owner, mode, expiry; may be empty.
        facts: String,
        /// A sentence or two; may be empty.
        text: String,
    },
    /// A way to fail.
    Failure(Failure),
    /// What changed, and since when.
    Change(Change),
    /// An idea to read on with.
    Idea {
        /// As it is typed.
        name: String,
        /// As it is read.
        title: String,
    },
    /// A phase to read on with.
    Phase(PhaseId),
}

/// What is told of `phase` in the release `version`; nothing for phases that kubestep doesn't know.
pub fn phase(phase: &PhaseId, version: &Version) -> Vec<Section> {
    let Some(text) = library::explanation(phase) else { return Vec::new() };
    let parts: Vec<&Explanation> = catalog::leaves(phase, version)
        .iter()
        .filter(|leaf| *leaf != phase)
        .filter_map(library::explanation)
        .chain([text])
        .collect();
    let of_all = |items: fn(&Explanation, &Version) -> Vec<Item>| {
        let mut all: Vec<Item> = Vec::new();
        for item in parts.iter().flat_map(|part| items(part, version)) {
            if !all.contains(&item) {
                all.push(item);
            }
        }
        all
    };
    sections([
        ("", [&text.why, &text.what].map(|said| paragraph(said, version)).into()),
        ("By hand", commands(&text.instead, version)),
        ("Reads", things(&text.reads, version)),
        ("Writes", of_all(|part, version| at(&part.writes, version).map(written).collect())),
        ("Stores in the cluster", of_all(|part, version| things(&part.stores, version))),
        ("Removes", of_all(|part, version| things(&part.removes, version))),
        ("Needed later", prose(&text.later, version).collect()),
        ("When it fails", failures(&text.fails, version)),
        ("See for yourself", commands(&text.see, version)),
        ("What changed", changes(&text.changes)),
        ("Ideas behind it", links(&text.ideas)),
    ])
}

/// What is told of the idea called `name` in the release `version`; nothing when there is none.
pub fn idea(name: &str, version: &Version) -> Vec<Section> {
    let Some(text) = library::idea(name) else { return Vec::new() };
    let picture = text.picture.iter().map(|lines| Item::Picture(lines.clone()));
    sections([
        ("", prose(&text.text, version).chain(picture).collect()),
        ("When it fails", failures(&text.fails, version)),
        ("See for yourself", commands(&text.see, version)),
        ("What changed", changes(&text.changes)),
        ("Phases that rest on it", needed_by(name, version).into_iter().map(Item::Phase).collect()),
        ("Read on", links(&text.ideas)),
    ])
}

/// The phases of that release that name the idea, in their order.
pub fn needed_by(idea: &str, version: &Version) -> Vec<PhaseId> {
    Command::ALL
        .into_iter()
        .flat_map(|command| catalog::tree(command, version))
        .map(|phase| phase.id)
        .filter(|id| library::explanation(id).is_some_and(|text| text.ideas.iter().any(|name| name == idea)))
        .collect()
}

fn sections(all: impl IntoIterator<Item = (&'static str, Vec<Item>)>) -> Vec<Section> {
    all.into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(heading, items)| Section { heading, items })
        .collect()
}

fn prose<'a>(said: &'a [Said], version: &Version) -> impl Iterator<Item = Item> + use<'a> {
    at(said, version).map(|said| Item::Prose(said.text.clone())).collect::<Vec<_>>().into_iter()
}

/// All of it in one piece.
fn paragraph(said: &[Said], version: &Version) -> Item {
    Item::Prose(at(said, version).map(|said| said.text.as_str()).collect::<Vec<_>>().join(" "))
}

fn commands(shell: &[Shell], version: &Version) -> Vec<Item> {
    at(shell, version).map(|it| Item::Command { run: it.run.clone(), shows: it.shows.clone() }).collect()
}

fn written(file: &Written) -> Item {
    Item::Thing { name: file.path.clone(), facts: file.facts(), text: file.text.clone().unwrap_or_default() }
}

fn things(things: &[Thing], version: &Version) -> Vec<Item> {
    let item = |thing: &Thing| Item::Thing {
        name: thing.name.clone(),
        facts: thing.expires.as_ref().map(|time| format!("ends {time}")).unwrap_or_default(),
        text: thing.text.clone().unwrap_or_default(),
    };
    at(things, version).map(item).collect()
}

fn failures(failures: &[Failure], version: &Version) -> Vec<Item> {
    at(failures, version).cloned().map(Item::Failure).collect()
}

fn changes(changes: &[Change]) -> Vec<Item> {
    changes.iter().cloned().map(Item::Change).collect()
}

fn links(names: &[String]) -> Vec<Item> {
    let found = names.iter().filter_map(|name| library::idea(name));
    found.map(|idea| Item::Idea { name: idea.idea.clone(), title: idea.title.clone() }).collect()
}
