//! From a bundle to a journal. Whoever made it need not be a friend.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

use super::{BundleError, Header, VERSION};
use crate::event::{Envelope, EventKind};
use crate::ids::RunId;
use crate::journal::lines::{self, Line};
use crate::journal::reader::{LONGEST, Trouble, understand};
use crate::journal::{Durability, JournalError, StateDir, Writer};
use crate::text;

/// Bytes that it may unpack to.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Events that it may have.
const EVENTS: u64 = 4_000_000;
/// Steps that a plan in it may have, and nodes that a run may have.
const STEPS: usize = 200_000;
/// What the run may take.
const LENGTH: Duration = Duration::from_secs(90 * 24 * 3600);
/// Events written at once.
const BATCH: usize = 1_000;
/// What the command of a run from elsewhere is called after: such a run is never gone on with.
const IMPORTED: &str = "(imported)";

/// The events of a bundle, in order.
pub struct Unpacked {
    /// What it says of itself.
    pub header: Header,
    input: Box<dyn BufRead + Send>,
    /// Of a bare journal, whose first event is its header.
    first: Option<Vec<u8>>,
    path: PathBuf,
    read: u64,
    events: u64,
    last: Duration,
    over: bool,
}

/// Whether the file at `path` begins like a bundle.
pub fn is_bundle(path: &Path) -> bool {
    let mut magic = [0; 2];
    File::open(path).is_ok_and(|mut file| file.read_exact(&mut magic).is_ok()) && magic == [0x1f, 0x8b]
}

impl std::fmt::Debug for Unpacked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacked")
            .field("header", &self.header)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Opens a bundle, or a bare journal that comes from elsewhere.
pub fn unpack(path: &Path) -> Result<Unpacked, BundleError> {
    let file = File::open(path).map_err(|source| BundleError::Io { path: path.to_owned(), source })?;
    let foreign = |why: String| BundleError::Foreign { path: path.to_owned(), why };
    let packed = is_bundle(path);
    let file = BufReader::new(file);
    let mut input: Box<dyn BufRead + Send> = if packed {
        Box::new(BufReader::new(MultiGzDecoder::new(file).take(LARGEST)))
    } else {
        Box::new(file.take(LARGEST))
    };
    let mut read = 0;
    let first = match lines::next(&mut input, if packed { 64 * 1024 } else { LONGEST }, &mut read) {
        Ok(Some(Line::Whole(line))) => line,
        Ok(_) => return Err(foreign("it has no first line".to_owned())),
        Err(error) => return Err(foreign(error.to_string())),
    };
    let says: Value = serde_json::from_slice(&first).map_err(|error| foreign(error.to_string()))?;
    if !packed {
        let header =
            of_journal(&says).ok_or_else(|| foreign("nor does it begin like a journal".to_owned()))?;
        return Ok(Unpacked::new(header, input, Some(first), path, read));
    }
    let found = says.get("kubestep-bundle").and_then(Value::as_u64);
    let Some(found) = found.and_then(|found| u32::try_from(found).ok()) else {
        return Err(foreign("its first line does not say so".to_owned()));
    };
    if found > VERSION {
        let made_by = says.get("made-by").and_then(Value::as_str).unwrap_or("a later kubestep");
        let made_by = single(made_by).chars().take(60).collect();
        return Err(BundleError::Newer { path: path.to_owned(), found, made_by });
    }
    let mut header: Header = serde_json::from_value(says).map_err(|error| foreign(error.to_string()))?;
    header.run = RunId::new(&header.run.as_str().chars().take(64).collect::<String>());
    header.made_by = single(&header.made_by);
    if header.run.as_str().is_empty() {
        return Err(foreign("it names no run".to_owned()));
    }
    Ok(Unpacked::new(header, input, None, path, read))
}

/// What a journal's first event says of it.
fn of_journal(first: &Value) -> Option<Header> {
    let run = first.get("run").filter(|_| first.get("kind").is_some_and(|kind| kind == "run-started"))?;
    let run = RunId::new(&run.as_str()?.chars().take(64).collect::<String>());
    let made_by = "a journal".to_owned();
    (!run.as_str().is_empty()).then_some(Header {
        kubestep_bundle: VERSION,
        made_by,
        run,
        events: 0,
        anonymous: false,
    })
}

/// Keeps the run of the bundle at `path` among the runs of `dir`.
pub fn import(path: &Path, dir: &StateDir) -> Result<Header, BundleError> {
    let mut unpacked = unpack(path)?;
    let header = unpacked.header.clone();
    // Read to its end before anything is kept.
    for event in unpacked.by_ref() {
        event?;
    }
    let mut writer = Writer::create(dir, &header.run, Durability::Buffered).map_err(|error| match error {
        JournalError::Exists { run, .. } => BundleError::Kept { run },
        other => other.into(),
    })?;
    let mut batch = Vec::with_capacity(BATCH);
    for event in unpack(path)? {
        batch.push(event?);
        if batch.len() == BATCH {
            writer.append(&std::mem::take(&mut batch))?;
        }
    }
    writer.append(&batch)?;
    Ok(header)
}

impl Unpacked {
    fn new(
        header: Header,
        input: Box<dyn BufRead + Send>,
        first: Option<Vec<u8>>,
        path: &Path,
        read: u64,
    ) -> Self {
        let path = path.to_owned();
        Self { header, input, first, path, read, events: 0, last: Duration::ZERO, over: false }
    }

    /// Writes its events as a journal.
    pub fn write(self, mut out: impl Write) -> Result<(), BundleError> {
        let path = self.path.clone();
        let failed = |source: io::Error| BundleError::Io { path: path.clone(), source };
        for event in self {
            let line = event?.to_line().map_err(|error| failed(io::Error::other(error)))?;
            writeln!(out, "{line}").map_err(failed)?;
        }
        out.flush().map_err(failed)
    }

    fn beyond(&self, what: impl Into<String>) -> BundleError {
        BundleError::Beyond { path: self.path.clone(), what: what.into() }
    }

    fn next_event(&mut self) -> Result<Option<Envelope>, BundleError> {
        loop {
            let line = match self.first.take() {
                Some(first) => Some(Line::Whole(first)),
                None => lines::next(&mut self.input, LONGEST, &mut self.read)
                    .map_err(|source| BundleError::Io { path: self.path.clone(), source })?,
            };
            if self.read >= LARGEST {
                return Err(self.beyond(format!("it is larger than {} MiB", LARGEST / 1024 / 1024)));
            }
            let line = match line {
                None => return Ok(None),
                // As after a crash; what was packed is whole.
                Some(Line::Torn) if self.header.events == 0 => return Ok(None),
                Some(Line::Torn) => return Err(self.beyond("its last line is torn")),
                Some(Line::TooLong) => return Err(self.beyond("a line of it has no end")),
                Some(Line::Whole(line)) => line,
            };
            // Damaged lines are left out, as in a journal.
            let Ok(mut value) = serde_json::from_slice::<Value>(&line) else { continue };
            clean(&mut value, "");
            match understand(value.to_string().as_bytes()) {
                Ok(Some(event)) => return self.bounded(event).map(Some),
                Ok(None) | Err(Trouble::Damaged(_)) => {}
                Err(Trouble::Newer(found)) => {
                    let found = u32::try_from(found).unwrap_or(u32::MAX);
                    let made_by = self.header.made_by.clone();
                    return Err(BundleError::Newer { path: self.path.clone(), found, made_by });
                }
            }
        }
    }

    fn bounded(&mut self, mut event: Envelope) -> Result<Envelope, BundleError> {
        self.events += 1;
        if self.events > EVENTS {
            return Err(self.beyond(format!("it has more than {EVENTS} events")));
        }
        if event.elapsed > LENGTH {
            return Err(self.beyond("it tells of a run of more than 90 days"));
        }
        // A run's time goes on.
        event.elapsed = event.elapsed.max(self.last);
        self.last = event.elapsed;
        let many = match &mut event.kind {
            EventKind::RunStarted { nodes, command, .. } => {
                if !command.ends_with(IMPORTED) {
                    *command = format!("{command} {IMPORTED}");
                }
                nodes.len()
            }
            EventKind::PlanExtended { steps, .. } | EventKind::PlanReplaced { steps, .. } => steps.len(),
            _ => 0,
        };
        if many > STEPS {
            return Err(self.beyond(format!("it has more than {STEPS} steps or nodes")));
        }
        Ok(event)
    }
}

impl Iterator for Unpacked {
    type Item = Result<Envelope, BundleError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.next_event().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Texts of several lines; all others are one.
const LONG: [&str; 6] = ["text", "reason", "fix", "message", "cause", "content"];

/// Makes every text harmless on a terminal.
fn clean(value: &mut Value, key: &str) {
    match value {
        Value::String(text) if LONG.contains(&key) => *text = text::sanitize(text),
        Value::String(text) => *text = single(text),
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, key)),
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| clean(value, key)),
        _ => {}
    }
}

fn single(text: &str) -> String {
    text::sanitize(text).replace('\n', " ")
}
