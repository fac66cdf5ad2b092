//! Output of steps: bounded rings in memory, and panes that look at them.

mod action;
mod assign;
mod card;
mod copy;
mod draw;
mod grid;
mod index;
mod level;
mod lines;
mod pane;
mod panes;
mod pattern;
mod ring;
mod store;
#[cfg(test)]
mod tests;
mod title;
mod window;
mod wrap;

pub use action::LogAction;
pub use draw::{Scene, Waits, inner, render};
pub use level::Level;
use lines::Lines;
#[cfg(test)]
use pane::Times;
pub use pane::{Pane, Source, View};
pub use panes::Panes;
pub use pattern::{Filter, Pattern};
pub use ring::{LogLine, Ring};
pub use store::Logs;
