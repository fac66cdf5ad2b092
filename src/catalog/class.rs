//! What may be done with a phase a second time.

use serde::{Deserialize, Serialize};

/// Whether a phase may be run again after it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryClass {
    /// Run it again, as often as one likes.
    Safe,
    /// The undo first, then again.
    NeedsCleanUp,
    /// Never by itself: reset the node and join it anew.
    NeverAlone,
}
