//! Panes as they look, as they are moved about, and what a frame costs.
#![allow(clippy::unwrap_used)]

mod cost;
mod looks;
mod moves;
mod rack;
