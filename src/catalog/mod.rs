//! What kubeadm offers and what each phase means, as data.
//!
//! The trees of 1.20 to 1.36 ([`tree()`]), the node's own help over them ([`discover`], [`effective`]), what each phase does
//! and needs ([`knowledge()`]), how it is run ([`args`]), whether it really did its work ([`verdict()`]), and what a failure most
//! likely means ([`diagnose`]).

pub mod class;
mod command;
pub mod diagnosis;
mod discovery;
mod invocation;
mod knowledge;
mod leftovers;
mod looks;
pub mod output;
mod phases;
mod preflight;
mod rules;
mod tree;
mod verdict;

pub use class::RetryClass;
pub use command::Command;
pub use diagnosis::{Diagnosis, diagnose, diagnose_checks, killed};
pub use discovery::{discover, effective};
pub use invocation::{
    Paths, Tail, args, control_plane_tail, reset_args, runnable_alone, runs_whole, why_not_alone, worker_tail,
};
pub use knowledge::{Expectation, Knowledge, UNKNOWN_BUDGET, budget, effects, knowledge, retry_class};
pub use leftovers::ignores_after;
pub use looks::{NotRunnable, is_about_cluster, runnable_look};
pub use rules::{names as rule_names, published_by};
pub use tree::{Phase, leaves, tree};
pub use verdict::{Verdict, seen, verdict};
