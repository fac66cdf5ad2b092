//! Output of steps: bounded rings in memory, and panes that look at them.

mod index;
mod level;
mod pane;
mod pattern;
mod ring;
mod store;

pub use level::Level;
pub use pane::{Pane, Source};
pub use pattern::{Filter, Pattern};
pub use ring::{LogLine, Ring};
pub use store::Logs;
