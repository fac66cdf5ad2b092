//! The inventory: what the operator wants, read from YAML.
//!
//! [`load()`] turns a file into a [`model::Inventory`] or into everything that is wrong with it, each finding with file, line, column
//! and the line itself. [`kubeadm`] renders kubeadm's own configuration from it, in the API version of each node.

mod check;
pub mod cidr;
pub mod import;
pub mod kubeadm;
mod load;
pub mod model;
mod read;
mod schema;
mod surroundings;
pub(crate) mod yaml;

pub use crate::diag::render::show;
pub use load::{Loaded, load, parse};
#[cfg(test)]
pub(crate) use schema::fits;
pub use schema::schema;
pub(crate) use schema::schema_of;
pub use surroundings::{Surroundings, ThisMachine};
pub(crate) use yaml::closest;
