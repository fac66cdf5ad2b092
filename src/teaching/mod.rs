//! What phases do and why, for people who want to see inside them: one YAML file for each phase and for each idea behind them.
//!
//! Any part of a text may hold for some releases only (`since`, `until`, both inclusive). [`phase()`] and [`idea()`] tell all that
//! holds in one release, in an order to be read, and leave it to the faces how that looks. `tests/teaching.rs` holds every text
//! against the catalog.
//!
//! Owners, modes and lifetimes are what kubeadm 1.20.2 was seen to write; where later releases are known to differ, the text says so.

mod explanation;
mod idea;
mod library;
mod part;
mod range;
mod telling;

pub use explanation::Explanation;
pub use idea::Idea;
pub use library::{explanation, explanations, idea as idea_named, ideas};
pub use part::{Change, Failure, Said, Shell, Thing, Written};
pub use range::{Ranged, Release};
pub use telling::{Item, Section, idea, needed_by, phase};
