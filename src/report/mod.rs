//! Headless faces: what a run looks like without the console.
//!
//! A [`Face`] is given every event after the state has taken it in, and writes to a sink from outside.

pub mod colour;
pub mod explain;
mod face;
mod faces;
pub mod files;
mod github;
mod json;
mod junit;
pub mod layout;
mod lesson;
pub mod outline;
mod plain;
mod replay;
mod runs;
#[cfg(test)]
mod story;
mod style;
mod tally;

pub use face::{Face, Sink};
pub use faces::Faces;
pub use github::Github;
pub use json::Json;
pub use junit::Junit;
pub use lesson::{Played, Player, caught_up, lessons_table, page_turned};
pub use plain::{Plain, PlainOptions, important};
pub use replay::{ReplayError, replay};
pub use runs::runs_table;
pub use style::{Style, locale_is_unicode};
