//! Headless faces: what a run looks like without the console.
//!
//! A [`Face`] is given every event after the state has taken it in, and writes to a sink from outside.

pub mod colour;
mod face;
mod json;
mod layout;
mod plain;
#[cfg(test)]
mod story;
mod style;
mod tally;

pub use face::{Face, Sink};
pub use json::Json;
pub use plain::{Plain, PlainOptions};
pub use style::{Style, locale_is_unicode};
