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

impl RetryClass {
    /// What stands between a failure and the next try, in a sentence; `mend`: something has to be put right first.
    pub const fn after_failure(self, mend: bool) -> &'static str {
        match (self, mend) {
            (Self::Safe, false) => "safe to try again as it is",
            (Self::Safe, true) => "once that is put right: the failed try left nothing that is in the way",
            (Self::NeedsCleanUp, false) => {
                "may be tried again after a clean-up, which is shown and offered first"
            }
            (Self::NeedsCleanUp, true) => {
                "once that is put right, and after a clean-up, which is shown and offered first"
            }
            (Self::NeverAlone, false) => "not by itself: the node has to be reset and joined anew",
            (Self::NeverAlone, true) => {
                "not by itself: put that right, then reset the node and let it join anew"
            }
        }
    }
}
