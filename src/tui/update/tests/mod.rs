//! The console by its keys and its mouse: what comes of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::redundant_pub_crate)]

mod bench;
mod calls;
mod conduct;
mod panels;
mod pictures;
mod pointer;
mod questions;
mod reach;
mod reader;
mod screens;
mod travel;
