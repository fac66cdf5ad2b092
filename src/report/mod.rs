//! Headless faces: what a run looks like without the console.
//!
//! A [`Face`] is given every event after the state has taken it in, and writes to a sink from outside.

mod face;
mod json;

pub use face::{Face, Sink};
pub use json::Json;
