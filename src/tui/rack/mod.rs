//! The rack: rows of nodes, groups and steps, and the cursor among them.

mod cursor;
mod rows;

pub use cursor::Rack;
pub use rows::{Folds, Row, RowId, rows};
