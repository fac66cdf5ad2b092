//! What each phase means: what it does, needs, provides and writes, and how it may be repeated.

use std::time::Duration;

use super::class::RetryClass;
use super::phases::{entries, groups};
use super::tree::leaves;
use crate::ids::PhaseId;
use crate::version::Version;

/// What is known of a phase in one release. Of a group: all of its leaves together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knowledge {
    /// What it does, one plain sentence.
    pub summary: &'static str,
    /// Whether it may be run again after it failed.
    pub retry: RetryClass,
    /// Commands to type before it is run again; words in capitals are to be filled in.
    pub undo: Vec<&'static str>,
    /// What later phases rely on: `ca`, `admin.conf`, `api`, `kubeadm-config` …
    pub provides: Vec<&'static str>,
    /// What it relies on, in the same words.
    pub needs: Vec<&'static str>,
    /// The files and directories it writes on the node.
    pub writes: Vec<&'static str>,
    /// The files that must be there when it succeeded; paths as kubeadm has them by default.
    pub effects: Vec<&'static str>,
    /// What its own output begins with.
    pub expect: Expectation,
    /// How long it may take.
    pub budget: Duration,
    /// Whether it talks to the API server.
    pub api: bool,
    /// Whether it does nothing in this release, with exit status 0.
    pub no_op: bool,
}

/// What a phase's output shows when the phase did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// A line that begins with one of these.
    Line(&'static [&'static str]),
    /// Such lines may come, but the phase may also say nothing at all.
    MaySay(&'static [&'static str]),
    /// What its leaves say.
    Leaves,
}

impl Expectation {
    /// What lines of the phase begin with; none for groups.
    pub const fn lines(self) -> &'static [&'static str] {
        match self {
            Self::Line(lines) | Self::MaySay(lines) => lines,
            Self::Leaves => &[],
        }
    }

    /// Whether `line` is of this phase.
    pub fn matches(self, line: &str) -> bool {
        let line = line.trim_start();
        self.lines().iter().any(|start| line.starts_with(start))
    }
}

/// How long a phase may take that the catalog doesn't know.
pub const UNKNOWN_BUDGET: Duration = Duration::from_secs(600);

/// What is known of `phase` in the release `version`, whether its tree has it or not; none for phases the catalog has never
/// heard of.
pub fn knowledge(phase: &PhaseId, version: &Version) -> Option<Knowledge> {
    if let Some(entry) = entries().find(|entry| entry.path == phase.as_str()) {
        return Some(entry.at(version));
    }
    let summary = groups().find(|(path, _)| *path == phase.as_str())?.1;
    let known: Vec<Knowledge> =
        leaves(phase, version).iter().filter_map(|leaf| knowledge(leaf, version)).collect();
    Some(together(summary, &known))
}

/// Whether `phase` may be run again; of an unknown phase, only after a look at what it left behind.
pub fn retry_class(phase: &PhaseId, version: &Version) -> RetryClass {
    knowledge(phase, version).map_or(RetryClass::NeedsCleanUp, |known| known.retry)
}

/// How long `phase` may take.
pub fn budget(phase: &PhaseId, version: &Version) -> Duration {
    knowledge(phase, version).map_or(UNKNOWN_BUDGET, |known| known.budget)
}

/// The files that must be there after `phase` succeeded, with kubeadm's default paths.
pub fn effects(phase: &PhaseId, version: &Version) -> Vec<&'static str> {
    knowledge(phase, version).map(|known| known.effects).unwrap_or_default()
}

fn together(summary: &'static str, leaves: &[Knowledge]) -> Knowledge {
    let all = |field: fn(&Knowledge) -> &Vec<&'static str>| {
        let mut words: Vec<&'static str> = Vec::new();
        for word in leaves.iter().flat_map(field) {
            if !words.contains(word) {
                words.push(word);
            }
        }
        words
    };
    let provides = all(|leaf| &leaf.provides);
    Knowledge {
        summary,
        retry: leaves
            .iter()
            .map(|leaf| leaf.retry)
            .max_by_key(|class| weight(*class))
            .unwrap_or(RetryClass::Safe),
        undo: all(|leaf| &leaf.undo),
        needs: all(|leaf| &leaf.needs).into_iter().filter(|need| !provides.contains(need)).collect(),
        provides,
        writes: all(|leaf| &leaf.writes),
        effects: all(|leaf| &leaf.effects),
        expect: Expectation::Leaves,
        budget: leaves.iter().map(|leaf| leaf.budget).max().unwrap_or(UNKNOWN_BUDGET),
        api: leaves.iter().any(|leaf| leaf.api),
        no_op: !leaves.is_empty() && leaves.iter().all(|leaf| leaf.no_op),
    }
}

const fn weight(class: RetryClass) -> u8 {
    match class {
        RetryClass::Safe => 0,
        RetryClass::NeedsCleanUp => 1,
        RetryClass::NeverAlone => 2,
    }
}

/// A row of the tables: a leaf as it is in most releases, and how it differs in others.
#[derive(Debug)]
pub(in crate::catalog) struct Entry {
    pub(in crate::catalog) path: &'static str,
    pub(in crate::catalog) summary: &'static str,
    pub(in crate::catalog) retry: RetryClass,
    pub(in crate::catalog) undo: &'static [&'static str],
    pub(in crate::catalog) provides: &'static [&'static str],
    pub(in crate::catalog) needs: &'static [&'static str],
    /// All files it writes, and how many of them, from the first, must be there afterwards.
    pub(in crate::catalog) writes: &'static [&'static str],
    pub(in crate::catalog) lasting: usize,
    pub(in crate::catalog) expect: Expectation,
    pub(in crate::catalog) seconds: u64,
    pub(in crate::catalog) api: bool,
    pub(in crate::catalog) differs: fn(&Version, &mut Knowledge),
}

/// A phase that only touches files on the node; every file it writes stays.
pub(in crate::catalog) const LOCAL: Entry = Entry {
    path: "",
    summary: "",
    retry: RetryClass::Safe,
    undo: &[],
    provides: &[],
    needs: &[],
    writes: &[],
    lasting: usize::MAX,
    expect: Expectation::Line(&[]),
    seconds: 60,
    api: false,
    differs: |_, _| {},
};

/// A phase that talks to the API server with the admin's credentials.
pub(in crate::catalog) const API: Entry = Entry { seconds: 180, api: true, ..LOCAL };

impl Entry {
    fn at(&self, version: &Version) -> Knowledge {
        let mut knowledge = Knowledge {
            summary: self.summary,
            retry: self.retry,
            undo: self.undo.to_vec(),
            provides: self.provides.to_vec(),
            needs: self.needs.to_vec(),
            writes: self.writes.to_vec(),
            effects: self.writes.iter().take(self.lasting).copied().collect(),
            expect: self.expect,
            budget: Duration::from_secs(self.seconds),
            api: self.api,
            no_op: false,
        };
        (self.differs)(version, &mut knowledge);
        knowledge
    }
}
