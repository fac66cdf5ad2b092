//! The inventory: what the operator wants, read from YAML.

pub mod model;
