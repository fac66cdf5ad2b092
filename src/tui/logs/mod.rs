//! Output of steps: bounded rings in memory, and panes that look at them.

mod pane;
mod ring;
mod store;

pub use pane::{Pane, Source};
pub use ring::{LogLine, Ring};
pub use store::Logs;
