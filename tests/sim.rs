//! The simulated rack, driven as a run drives real nodes: phase by phase, from several sides at once, on virtual time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod simulated;
