//! What the operator types, straight from the terminal.
//!
//! Our own reader instead of a ready one: it reads only while it is asked to, so that a pager or a shell has the
//! terminal for itself; it notices a terminal that has gone; and whatever bytes come, it keeps little of them.

mod csi;
mod parser;
#[cfg(test)]
mod tests;
mod tty;

pub(super) use tty::Tty;
