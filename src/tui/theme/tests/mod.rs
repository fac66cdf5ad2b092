#![allow(clippy::unwrap_used, clippy::panic)]

mod glyphs;
mod library;
mod sight;
mod vision;
