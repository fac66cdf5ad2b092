//! What a node tells of its files, read and held against what was before.

use std::collections::BTreeMap;

use super::change::{Artifact, Change, Withheld};
use super::place::place;
use super::sanitize;
use super::script::MOST;

/// A file in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// `f`, `l` or `d`.
    pub kind: char,
    /// Octal digits.
    pub mode: String,
    /// User and group.
    pub owner: String,
    /// Bytes.
    pub size: u64,
    /// Another one after each writing.
    pub when: String,
    /// Of a link.
    pub target: Option<String>,
    /// SHA-256 of its content, where it is known.
    pub sum: Option<String>,
}

/// All files by their absolute path.
pub type List = BTreeMap<String, Entry>;

/// What a node told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Before the run, and after it; none when the node was asked for all that is there.
    pub run: Option<(List, List)>,
    /// When it was asked.
    pub here: List,
    /// Contents, by path.
    pub contents: BTreeMap<String, String>,
}

/// Reads the answer of [`super::script::tell`]; none when it is not whole.
pub fn read(text: &str) -> Option<Told> {
    let mut told = Told::default();
    let (mut was, mut now) = (None, None);
    let mut lines = text.lines().peekable();
    let mut whole = false;
    while let Some(line) = lines.next() {
        match line {
            "=was" => was = Some(list(&mut lines)?),
            "=now" => now = Some(list(&mut lines)?),
            "=here" => told.here = list(&mut lines)?,
            "=end" => whole = true,
            _ => {
                let Some(path) = line.strip_prefix("=file ") else { continue };
                let mut content = String::new();
                while let Some(line) = lines.next_if(|line| !line.starts_with('=')) {
                    if let Some(line) = line.strip_prefix('|') {
                        content.push_str(line);
                        content.push('\n');
                    }
                }
                told.contents.insert(format!("/{path}"), content);
            }
        }
    }
    told.run = was.zip(now);
    whole.then_some(told)
}

/// A list to its last line; none when that is missing.
fn list<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Option<List> {
    let mut list = List::new();
    let mut sums = BTreeMap::new();
    for line in lines {
        if line == "end" {
            for (path, sum) in sums {
                if let Some(entry) = list.get_mut(&path) {
                    entry.sum = Some(sum);
                }
            }
            return Some(list);
        }
        if let Some((path, entry)) = entry(line) {
            list.insert(path, entry);
        } else if let Some((sum, path)) = line.split_once("  ").filter(|(sum, _)| sum.len() == 64) {
            sums.insert(format!("/{path}"), sum.to_owned());
        }
    }
    None
}

fn entry(line: &str) -> Option<(String, Entry)> {
    let mut words = line.splitn(6, ' ');
    let kind = words.next().and_then(|kind| match kind {
        "f" => Some('f'),
        "l" => Some('l'),
        "d" => Some('d'),
        _ => None,
    })?;
    let mode = format!("{:0>4}", words.next()?);
    let owner = words.next()?.to_owned();
    let size = words.next()?.parse().ok()?;
    let when = words.next()?.to_owned();
    let path = words.next()?;
    let (path, target) = match path.split_once(" -> ") {
        // busybox puts both in quotes.
        Some((path, target)) if kind == 'l' => {
            (path.trim_matches('\''), Some(target.trim_matches('\'').to_owned()))
        }
        _ => (path, None),
    };
    Some((format!("/{path}"), Entry { kind, mode, owner, size, when, target, sum: None }))
}

impl Told {
    /// What the run changed, or, when it was not about a run, all that is there; texts sanitized.
    pub fn artifacts(&self) -> Vec<Artifact> {
        match &self.run {
            Some((was, now)) => {
                let here = now.iter().filter_map(|(path, entry)| {
                    let change = changed(was.get(path), entry)?;
                    Some(self.artifact(path, change, entry, was.get(path)))
                });
                let gone = was.iter().filter(|(path, _)| !now.contains_key(*path));
                let mut all: Vec<Artifact> =
                    here.chain(gone.map(|(path, entry)| removed(path, entry))).collect();
                all.sort_by(|a, b| a.path.cmp(&b.path));
                all
            }
            None => self
                .here
                .iter()
                .map(|(path, entry)| self.artifact(path, Change::Found, entry, None))
                .collect(),
        }
    }

    fn artifact(&self, path: &str, change: Change, entry: &Entry, was: Option<&Entry>) -> Artifact {
        let (content, withheld) = self.content(path, change, entry);
        let described = |entry: &Entry| format!("{} {}", entry.mode, entry.owner);
        Artifact {
            path: path.to_owned(),
            change,
            mode: entry.mode.clone(),
            owner: entry.owner.clone(),
            size: entry.size,
            target: entry.target.clone(),
            before: was.map(described).filter(|before| *before != described(entry)),
            content,
            withheld,
        }
    }

    fn content(&self, path: &str, change: Change, entry: &Entry) -> (Option<String>, Option<Withheld>) {
        if entry.kind != 'f' {
            return (None, Some(Withheld::NotText));
        }
        if !change.is_new_text() {
            return (None, None);
        }
        let place = place(path);
        if place == super::Place::Key {
            return (None, Some(Withheld::Key));
        }
        if !place.is_read() {
            return (None, Some(Withheld::NotText));
        }
        let still = self.here.get(path).is_some_and(|here| match (&here.sum, &entry.sum) {
            (Some(here), Some(then)) => here == then,
            _ => here.when == entry.when,
        });
        match self.contents.get(path) {
            _ if entry.size > MOST as u64 => (None, Some(Withheld::TooLong)),
            Some(text) if still => match sanitize(path, text) {
                Some(text) => (Some(text), None),
                None => (None, Some(Withheld::Unclear)),
            },
            _ => (None, Some(Withheld::Overtaken)),
        }
    }
}

/// The inode and the time of the last writing, without the time at which mode or owner changed: see `list.sh`.
fn written(when: &str) -> &str {
    match when.match_indices('.').nth(2) {
        Some((end, _)) if when.matches('.').count() == 4 => &when[..end],
        _ => when,
    }
}

fn changed(was: Option<&Entry>, now: &Entry) -> Option<Change> {
    let Some(was) = was else { return Some(Change::Created) };
    let same_text = was.kind == now.kind
        && was.target == now.target
        && match (&was.sum, &now.sum) {
            (Some(was), Some(now)) => was == now,
            _ => was.size == now.size && written(&was.when) == written(&now.when),
        };
    let same_owner = (&was.mode, &was.owner) == (&now.mode, &now.owner);
    match (same_text, same_owner) {
        (false, _) => Some(Change::Changed),
        (true, false) => Some(Change::Owner),
        (true, true) if was.when != now.when => Some(Change::Rewritten),
        (true, true) => None,
    }
}

fn removed(path: &str, was: &Entry) -> Artifact {
    Artifact { size: was.size, target: was.target.clone(), ..Artifact::new(path, Change::Removed) }
}
