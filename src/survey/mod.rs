//! What nodes say of themselves, and what is wrong with them or with the rack.

pub mod facts;
pub mod finding;
