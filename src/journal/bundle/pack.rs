//! From a journal to a bundle.

use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::disguise::{Disguise, Privacy};
use super::{BundleError, Header, VERSION};
use crate::event::{Envelope, EventKind, FormatError};
use crate::ids::RunId;
use crate::journal::Reader;

/// Writes the run whose journal is at `journal` to `out`; the same journal always gives the same bytes.
///
/// The journal is read twice: first to learn which names there are.
pub fn pack(
    journal: &Path,
    run: &RunId,
    privacy: Privacy,
    home: Option<&Path>,
    out: impl Write,
) -> Result<Header, BundleError> {
    let mut disguise = Disguise::new(privacy, home);
    let mut events = 0;
    for event in Reader::open(journal)? {
        disguise.learn(&event?);
        events += 1;
    }
    disguise.settle();
    let header = Header {
        kubestep_bundle: VERSION,
        made_by: format!("kubestep {}", env!("CARGO_PKG_VERSION")),
        run: run.clone(),
        events,
        anonymous: privacy == Privacy::Anonymous,
    };
    let failed = |source: io::Error| BundleError::Io { path: journal.to_owned(), source };
    let mut out = GzEncoder::new(out, Compression::best());
    let first = serde_json::to_string(&header).map_err(|error| failed(error.into()))?;
    writeln!(out, "{first}").map_err(failed)?;
    for event in Reader::open(journal)?.take(usize::try_from(events).unwrap_or(usize::MAX)) {
        let event = event?;
        let line =
            told(&event, &mut disguise).map_err(|source| BundleError::Disguise { seq: event.seq, source })?;
        writeln!(out, "{line}").map_err(failed)?;
    }
    out.finish().and_then(|mut out| out.flush()).map_err(failed)?;
    Ok(header)
}

/// The event's line without what is private. It is read back: a bundle that nobody can read is none.
fn told(event: &Envelope, disguise: &mut Disguise) -> Result<String, FormatError> {
    let mut event = event.clone();
    if let EventKind::RunStarted { inventory, .. } = &mut event.kind {
        // Where the operator keeps it says more of the operator than of the run.
        let file = Path::new(&*inventory).file_name().map(|name| name.to_string_lossy().into_owned());
        *inventory = file.unwrap_or_default();
    }
    let mut value = event.to_value()?;
    disguise.value(&mut value);
    let line = value.to_string();
    Envelope::from_line(&line)?;
    Ok(line)
}
