//! The rack: rows of nodes, groups and steps, and the cursor among them.
//!
//! ```text
//! branch    the rows of one node, folded and unfolded
//! stale     which nodes an event concerns: only these are made anew
//! cursor    the rows of all nodes, and the cursor, which stays where the operator looks
//! seek      to the next failure, to the next wait, to a node
//! grid      the matrix: nodes across, phases down
//! ```

mod branch;
mod cursor;
mod fold;
mod grid;
mod phases;
mod row;
mod seek;
mod stale;
mod tally;
#[cfg(test)]
mod tests;

pub use branch::Folds;
pub use cursor::Rack;
pub use grid::{Cell, Grid};
pub use row::{Row, RowId};
pub use tally::Tally;
