//! Reading a journal back.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::error::advice;
use super::lines::{self, Line};
use crate::diag::Severity;
use crate::event::{Envelope, EventKind, FORMAT};
use crate::text;

/// Longer lines are passed over with a warning. A plan of a thousand nodes is some ten MiB.
pub(super) const LONGEST: usize = 64 * 1024 * 1024;

/// The events of a journal, in order; ends at the end of the file as it is now.
#[derive(Debug)]
pub struct Reader<R = BufReader<File>> {
    input: R,
    path: PathBuf,
    line: u64,
    read: u64,
    sound: u64,
    over: bool,
    warnings: Vec<Warning>,
}

/// Why a journal can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file system refused.
    #[error("can't read the journal {}: {source}{}", path.display(), advice(source))]
    Io {
        /// The journal.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Written by a later kubestep.
    #[error(
        "the journal {} has format {found}, and this kubestep reads up to {FORMAT}: use the kubestep that wrote it, or a later one",
        path.display()
    )]
    Newer {
        /// The journal.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
}

/// Something in a journal that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// From 1.
    pub line: u64,
    /// What is the matter, a sentence fragment.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the journal was left out: {}", self.line, self.message)
    }
}

impl Reader {
    /// Opens the journal at `path`.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        match File::open(path) {
            Ok(file) => Ok(Self::new(BufReader::new(file), path)),
            Err(source) => Err(ReadError::Io { path: path.to_owned(), source }),
        }
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads from `input`; `path` is for messages.
    pub fn new(input: R, path: &Path) -> Self {
        Self { input, path: path.to_owned(), line: 0, read: 0, sound: 0, over: false, warnings: Vec::new() }
    }

    /// What was passed over so far: a torn last line, damaged lines, lines that are too long.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Length of the file up to and with its last whole line, in bytes, once all was read.
    pub(super) const fn sound_length(&self) -> u64 {
        self.sound
    }

    fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(Warning { line: self.line, message: message.into() });
    }

    fn next_event(&mut self) -> Result<Option<Envelope>, ReadError> {
        while !self.over {
            self.line += 1;
            match lines::next(&mut self.input, LONGEST, &mut self.read) {
                Err(source) => return Err(ReadError::Io { path: self.path.clone(), source }),
                Ok(None) => self.over = true,
                Ok(Some(Line::Torn)) => self.warn("it is torn, as after a crash or a full disk"),
                Ok(Some(Line::TooLong)) => {
                    self.sound = self.read;
                    self.warn(format!("it is longer than {} MiB", LONGEST / 1024 / 1024));
                }
                Ok(Some(Line::Whole(line))) => {
                    self.sound = self.read;
                    match understand(&line) {
                        Ok(Some(event)) => return Ok(Some(event)),
                        Ok(None) => {}
                        Err(Trouble::Newer(found)) => {
                            return Err(ReadError::Newer { path: self.path.clone(), found });
                        }
                        Err(Trouble::Damaged(why)) => self.warn(why),
                    }
                }
            }
        }
        Ok(None)
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Envelope, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_event().transpose();
        self.over |= matches!(next, Some(Err(_)));
        next
    }
}

/// Why a line is not an event.
pub(super) enum Trouble {
    /// A later kubestep's; its format.
    Newer(u64),
    /// What is the matter.
    Damaged(String),
}

/// A line's event; none for an empty line. A kind of event that this version does not know becomes a notice.
pub(super) fn understand(line: &[u8]) -> Result<Option<Envelope>, Trouble> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let damaged = |error: &dyn fmt::Display| Trouble::Damaged(error.to_string());
    let line = std::str::from_utf8(line).map_err(|error| damaged(&error))?;
    let trouble = match Envelope::from_line(line) {
        Ok(event) => match event.kind {
            EventKind::RunStarted { format, .. } if format > FORMAT => {
                return Err(Trouble::Newer(format.into()));
            }
            _ => return Ok(Some(event)),
        },
        Err(error) => damaged(&error),
    };
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(line) else { return Err(trouble) };
    let Some(kind) = value.get("kind").and_then(|kind| kind.as_str()).map(text::sanitize) else {
        return Err(trouble);
    };
    if let Some(format) = value.get("format").and_then(serde_json::Value::as_u64)
        && kind == "run-started"
        && format > FORMAT.into()
    {
        return Err(Trouble::Newer(format));
    }
    if EventKind::NAMES.contains(&kind.as_str()) {
        return Err(trouble);
    }
    let kind: String = kind.chars().take(40).collect();
    let text = format!("an event of the unknown kind `{kind}` was left out");
    value["kind"] = "notice".into();
    value["severity"] = Severity::Note.to_string().into();
    value["text"] = text.into();
    Envelope::from_line(&value.to_string()).map(Some).map_err(|error| damaged(&error))
}
