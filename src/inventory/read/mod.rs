//! The tree as a model: each module reads one map of the schema.

mod aliases;
mod document;
mod host;
mod hosts;
mod kubernetes;
mod login;
mod options;
mod places;
mod range;

use std::path::Path;

use super::surroundings::Surroundings;

pub(crate) use document::{DOCUMENT, document};
pub(crate) use kubernetes::parse_endpoint;
pub(crate) use places::{HostPlaces, Places};
pub(crate) use range::expand;

/// What every reader may ask.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c> {
    /// The inventory's path, as the operator named it.
    pub(crate) path: &'c Path,
    pub(crate) outside: &'c dyn Surroundings,
}
