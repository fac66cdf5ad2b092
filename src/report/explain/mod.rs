//! What the catalog knows of phases and what there is to be understood of them, for people who want to learn or have to decide.

mod idea;
mod pages;
mod phase;
mod sections;
#[cfg(test)]
mod tests;
mod tree;

pub use idea::{idea, ideas};
pub use pages::{Page, pages};
pub use phase::phase;
pub use tree::{meant, phases};
