//! The whole output of an attempt, from the journal, in the operator's pager.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tokio::process::Command;

use super::words::program;
use crate::event::EventKind;
use crate::ids::{Attempt, StepId};
use crate::journal::Reader;

/// The pager.
pub(in crate::tui) fn pager(
    env: impl Fn(&str) -> Option<OsString>,
    exists: impl Fn(&str) -> bool,
) -> Result<Command, String> {
    let usual = if exists("less") { "less" } else { "more" };
    let words = program(env, &["PAGER"], usual)?;
    let mut pager = Command::new(&words[0]);
    pager.args(&words[1..]);
    Ok(pager)
}

/// Writes the output of `attempt` from the journal to `out`, as it was recorded: redacted, and free of control
/// characters. Ends early, and well, when nobody reads on.
pub(in crate::tui) fn pour(
    journal: &Path,
    step: &StepId,
    attempt: Attempt,
    out: impl Write,
) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    match write(journal, step, attempt, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn write(journal: &Path, step: &StepId, attempt: Attempt, out: &mut impl Write) -> io::Result<()> {
    let mut none = true;
    for event in Reader::open(journal).map_err(io::Error::other)? {
        match event.map_err(io::Error::other)?.kind {
            EventKind::StepOutput { node, phase, attempt: of, lines }
                if of == attempt && node == step.node && phase == step.phase =>
            {
                none = false;
                for line in lines {
                    writeln!(out, "{line}")?;
                }
            }
            _ => {}
        }
    }
    if none {
        writeln!(out, "{step} has printed nothing in its attempt {attempt}.")?;
    }
    Ok(())
}
