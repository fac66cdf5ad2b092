//! A run as one file that can be handed to someone else: packed, versioned, and without what is nobody else's business.
//!
//! ```text
//! pack      journal -> bundle: gzip over JSON lines, a header and then the events
//! unpack    bundle -> journal, bounded in every respect and free of control characters: it may come from anywhere
//! disguise  what goes and what is put in its place
//! ```
//!
//! Secrets are in no journal. What is personal to operator and machines (user names, home folders, machine-ids, MACs,
//! fingerprints, certificates) always goes; names and addresses go when asked for.

mod disguise;
mod pack;
#[cfg(test)]
mod tests;
mod unpack;

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{JournalError, ReadError};
use crate::event::FormatError;
use crate::ids::RunId;

pub use disguise::Privacy;
pub use pack::pack;
pub use unpack::{Unpacked, import, is_bundle, unpack};

/// Version of the file's form; raised when a reader of the former could misread it.
pub const VERSION: u32 = 1;

/// How bundles are named.
pub const EXTENSION: &str = "kubestep";

/// A bundle's first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Header {
    /// [`VERSION`].
    pub kubestep_bundle: u32,
    /// The program that made it.
    pub made_by: String,
    /// The run.
    pub run: RunId,
    /// How many events follow.
    pub events: u64,
    /// Whether names and addresses are others than they were.
    pub anonymous: bool,
}

/// Why a run can't be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The journal can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The unpacked run can't be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A run of that name is kept already, this one most likely.
    #[error("run {run} is here already: `kubestep replay {run}` shows it")]
    Kept {
        /// Its name.
        run: RunId,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The bundle.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not a bundle.
    #[error("{} is no bundle of kubestep: {why}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What gave it away.
        why: String,
    },
    /// Made by a later kubestep.
    #[error(
        "{} was made by {made_by} in form {found}, and this kubestep reads up to {VERSION}: use that kubestep, or a later one",
        path.display()
    )]
    Newer {
        /// The bundle.
        path: PathBuf,
        /// Its form.
        found: u32,
        /// What made it.
        made_by: String,
    },
    /// More than anybody needs.
    #[error("{}: {what}; no run of kubestep is like that", path.display())]
    Beyond {
        /// The bundle.
        path: PathBuf,
        /// What there is too much of.
        what: String,
    },
    /// A bug: an event could not be read any more without its names.
    #[error(
        "event {seq} can't be told without its names ({source}); export without --anonymous, and please report this"
    )]
    Disguise {
        /// The event's number.
        seq: u64,
        /// Why.
        source: FormatError,
    },
}
