//! An event with its number and time, and its form as one line of JSON.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::EventKind;

/// One line of a journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// From 1, without gaps.
    pub seq: u64,
    /// By the calendar.
    pub at: Timestamp,
    /// Since the run's start.
    pub elapsed: Duration,
    /// What happened.
    pub kind: EventKind,
}

/// Why a line is not an event.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// Not JSON, or not of this shape.
    #[error("not an event: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON, but not an object with the fields of every event.
    #[error("not an event: `{0}` is missing or of the wrong kind")]
    Field(&'static str),
}

impl Envelope {
    /// One object with `seq`, `at` (RFC 3339), `elapsed_ms`, `kind`, and the event's own fields beside them.
    pub fn to_value(&self) -> Result<Value, FormatError> {
        let mut line = Map::new();
        line.insert("seq".into(), self.seq.into());
        line.insert("at".into(), self.at.to_string().into());
        let elapsed = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
        line.insert("elapsed_ms".into(), elapsed.into());
        match serde_json::to_value(&self.kind)? {
            Value::Object(fields) => line.extend(fields),
            _ => return Err(FormatError::Field("kind")),
        }
        Ok(Value::Object(line))
    }

    /// The object as one line, without its end.
    pub fn to_line(&self) -> Result<String, FormatError> {
        Ok(serde_json::to_string(&self.to_value()?)?)
    }

    /// Reads a line back. Fields that it does not know are ignored.
    pub fn from_line(line: &str) -> Result<Self, FormatError> {
        let mut fields: Map<String, Value> = serde_json::from_str(line)?;
        let seq = fields.remove("seq").and_then(|v| v.as_u64()).ok_or(FormatError::Field("seq"))?;
        let at = fields
            .remove("at")
            .and_then(|v| v.as_str().and_then(|text| text.parse().ok()))
            .ok_or(FormatError::Field("at"))?;
        let elapsed =
            fields.remove("elapsed_ms").and_then(|v| v.as_u64()).ok_or(FormatError::Field("elapsed_ms"))?;
        let kind = serde_json::from_value(Value::Object(fields))?;
        Ok(Self { seq, at, elapsed: Duration::from_millis(elapsed), kind })
    }
}
