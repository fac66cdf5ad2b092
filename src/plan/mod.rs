//! The plan: steps, what they wait for, and what they take turns with.

pub mod step;
