//! The plan: steps, what they wait for, and what they take turns with.

mod build;
mod draft;
mod ground;
mod init;
mod join;
mod rejoin;
mod reset;
mod select;
mod sentence;
pub mod step;
mod units;

pub use build::{leader, run, survey};
pub use ground::Ground;
pub use rejoin::rejoin;
pub use reset::reset;
pub use select::Wish;
