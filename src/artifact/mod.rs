//! Artifacts: the files that Kubernetes keeps on a node, what changed in them, and what is in them.
//!
//! A node lists its files before and after each command of ours (`list.sh`), and tells what changed when it is asked
//! afterwards (`tell.sh`, [`told::read`]). What comes from there is [`sanitize()`]d before anybody sees it: keys never leave the node,
//! tokens and passwords are taken out of what does. [`decode()`] makes something to read of a file; [`pki`] puts all
//! certificates together; [`compare`] holds two texts against each other.

mod arguments;
mod cards;
mod certificate;
mod change;
pub mod compare;
mod decode;
mod kubeconfig;
mod kubelet;
mod manifest;
pub mod objects;
pub mod pki;
mod place;
mod sanitize;
pub mod script;
pub mod told;

pub use cards::Block;
pub use certificate::{Certificate, certificates};
pub use change::{Artifact, Change, Files, Withheld};
pub use decode::decode;
pub use objects::Objects;
pub use pki::Pki;
pub use place::{Place, place};
pub use sanitize::sanitize;
