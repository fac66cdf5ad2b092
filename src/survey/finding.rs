//! What a check found.

use serde::{Deserialize, Serialize};

use crate::diag::Severity;

/// One finding on one node, with its fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check's name, a column of the matrix: `clock`, `swap`, `machine-id`, `ports` …
    pub check: String,
    /// Notes are what is as it should be but worth saying.
    pub severity: Severity,
    /// What is so, a sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub fix: Option<String>,
}
