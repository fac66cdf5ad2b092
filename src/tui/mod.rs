//! The console: the rack's phases as a tree, their output, and the keys to step, retry and skip them.
//!
//! ```text
//! feed      a Face: events of the run, in a bounded inbox
//! message   everything that can happen to the console
//! model     what it knows; `update(model, message)` is the only place that changes it
//! effect    what it wants done outside: commands to the engine, the clipboard, a shell …
//! view      `view(model, frame)`: the screen, a pure function of the model
//! console   the thread; desk is its loop; terminal, input, outside and errand are the only I/O
//! ```
//!
//! `action` lists everything that can be done: keys, palette, help, status bar and README read that one list.

#![expect(
    unreachable_pub,
    reason = "all of it is private but for what is named here; `pub` is for the neighbours"
)]

mod action;
mod canvas;
mod card;
mod cast;
mod console;
mod desk;
mod drawer;
mod effect;
mod errand;
mod feed;
mod hints;
mod input;
mod interrupts;
mod lesson;
mod logs;
mod look;
mod message;
mod model;
mod outside;
mod overlay;
mod paper;
mod rack;
mod recording;
mod shell;
mod stage;
mod svg;
mod terminal;
#[cfg(test)]
mod testing;
mod theme;
mod travel;
mod update;
mod view;

pub use action::{InvalidKey, Keymap, markdown as keys_in_markdown};
pub use cast::Cast;
pub use console::{Console, Leaving, Setting};
pub use drawer::collect as collect_diagnostics;
pub use effect::Effect;
pub use feed::{Batch, Feed, Inbox, feed};
pub use lesson::Class;
pub use look::Look;
pub use outside::{Outside, Shells, Simulated};
pub use recording::Projection;
pub use stage::Stage;
pub use terminal::is_lent;
pub use theme::{Theme, UnknownTheme};
