//! The engine driven by hand: no clock, no nodes.
#![allow(clippy::unwrap_used, clippy::panic)]

mod any_order;
mod attended;
mod automatic;
mod bench;
mod gate;
mod operator;
mod racks;
mod reset;
mod revise;
