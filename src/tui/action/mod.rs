//! Everything that can be done in the console: one list that keys, palette, help, status bar and README read.

mod key;
mod keymap;
mod list;

pub use key::{InvalidKey, Key};
pub use keymap::Keymap;
pub use list::{Action, Entry, Scope};
