//! One JSON object a line, for programs.

use std::io::{self, Write};

use super::{Face, Sink};
use crate::event::Envelope;
use crate::state::RunState;

/// Every event as one line, as in the journal; each is flushed, the last one is `run-finished`.
pub struct Json {
    out: Sink,
}

impl Json {
    /// Writes to `out`.
    pub fn new(out: Sink) -> Self {
        Self { out }
    }
}

impl Face for Json {
    fn event(&mut self, envelope: &Envelope, _: &RunState) -> io::Result<()> {
        let mut line = envelope.to_line().map_err(io::Error::other)?;
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }

    fn finish(&mut self, _: &RunState) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::report::story::{Page, events, show};
    use serde_json::Value;

    #[test]
    fn every_line_is_an_object_with_what_programs_count_on() {
        let page = Page::default();
        show(&mut Json::new(page.sink()), &events());
        let lines: Vec<Value> = page.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (line, seq) in lines.iter().zip(1..) {
            assert_eq!(line["seq"].as_u64(), Some(seq));
            assert!(line["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
            assert!(line["elapsed_ms"].is_u64() && line["kind"].is_string());
            if line["kind"].as_str().unwrap().starts_with("step-") {
                assert!(line["node"].is_string() && line["phase"].is_string() && line["attempt"].is_u64());
            }
            if line["kind"] == "step-finished" {
                let outcome = line["outcome"].as_str().unwrap();
                assert!(["succeeded", "failed", "skipped", "cancelled"].contains(&outcome), "{outcome}");
                assert!(line["duration_ms"].is_u64());
            }
        }
        let last = lines.last().unwrap();
        assert_eq!((&last["kind"], &last["outcome"]), (&"run-finished".into(), &"cancelled".into()));
    }

    #[test]
    fn a_reader_that_went_away_is_an_error() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let shown = Json::new(Box::new(Gone)).event(&events()[0], &RunState::default());
        assert_eq!(shown.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
