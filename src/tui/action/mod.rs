//! Everything that can be done in the console: one list that keys, palette, help, status bar and README read.
//!
//! ```text
//! list, table   the actions, their names, words and keys
//! key, keymap   which key does what; keyfile: the operator's changes to it
//! aim           what the operator points at: a step, a group, a node, marked nodes
//! intent        what an action on the run would do now, or why it can't
//! may           the same for every action
//! consequences  what leaving steps out means
//! ```

mod aim;
mod aside;
mod consequences;
mod fuzzy;
mod intent;
mod key;
mod keyfile;
mod keymap;
mod list;
mod markdown;
mod may;
mod table;

pub use aim::{named, nodes_named};
pub use consequences::{consequences, of as knowledge_of};
pub use fuzzy::fuzzy;
pub(super) use intent::again as tried_again;
pub use intent::{Intent, Question, intent};
pub use key::{InvalidKey, Key};
pub use keymap::Keymap;
pub use list::{Action, Entry, Scope};
pub use markdown::markdown;
pub use may::may;
