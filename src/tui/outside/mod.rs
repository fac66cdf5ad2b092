//! What the console does outside of itself: the clipboard, calls, the window's title, and programs that get the
//! terminal for a while.

mod call;
mod clipboard;
mod editor;
mod pager;
mod progress;
mod shell;
mod title;
mod words;

use std::path::PathBuf;

pub(super) use shell::Opened;
pub use shell::{Shells, Simulated};

pub(super) use call::{Focus, call};
pub(super) use clipboard::copy;
pub(super) use editor::{editor, found_in, read_again};
pub(super) use pager::{pager, pour};
pub(super) use progress::keep;
pub(super) use title::Title;

/// What of the world outside the console may use.
#[derive(Debug, Default)]
pub struct Outside {
    /// Where all output is.
    pub journal: Option<PathBuf>,
    /// How to log in to nodes.
    pub shells: Shells,
    /// A file that is there once the first hints were shown.
    pub hinted: Option<PathBuf>,
    /// A file that keeps how far the lesson's reader came.
    pub progress: Option<PathBuf>,
}

/// Text for a terminal's own sequences: one line, nothing that would end it.
fn one_line(text: &str) -> String {
    crate::text::sanitize(text).chars().filter(|c| !c.is_control()).take(200).collect()
}
