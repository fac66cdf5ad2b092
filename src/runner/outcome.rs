//! What short steps of ours come to.

use crate::engine::Failure;
use crate::text::sanitize;
use crate::transport::TransportError;

/// A note for the journal, or why not.
pub(super) type Done = Result<Option<String>, Failure>;

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self {
            permanent: !error.fault.is_passing(),
            unreachable: true,
            reason: error.fault.to_string(),
            ..Self::default()
        }
    }
}

/// A failure with nothing but its reason.
pub(super) fn failure(reason: impl Into<String>) -> Failure {
    Failure { reason: reason.into(), ..Failure::default() }
}

/// A failure that the same again can't mend.
pub(super) fn permanent(reason: impl Into<String>) -> Failure {
    Failure { reason: reason.into(), permanent: true, ..Failure::default() }
}

/// The last line that says something.
pub(super) fn last(text: &str) -> String {
    sanitize(text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given"))
}
