//! YAML with places: a file becomes a tree in which every key and value knows where it stands.

mod fields;
mod scalar;
mod shape;
mod source;
mod substitute;
mod suggest;
mod tree;

pub(crate) use fields::{Fields, entries, items};
pub(crate) use scalar::{At, address, duration, flag, number, parsed, text};
pub(crate) use shape::{Field, Kind, Shape};
pub(crate) use source::{Report, Source, Span};
pub(crate) use substitute::{is_name, substitute};
pub(crate) use suggest::closest;
pub(crate) use tree::{Content, Entry, Node, parse};
