//! What is wrong with a node, or with the rack, before anything is changed.
//!
//! [`node()`] holds one node's facts against what kubeadm's preflight and we need; [`rack()`] holds the nodes against each other.
//! A check that passed is no finding. An error is something that kubeadm itself would refuse, or that breaks a cluster for
//! certain; all else is a warning or a note. `ignorePreflightErrors` of the inventory makes a warning of an error, by
//! kubeadm's name (`Swap`), by ours (`swap`), or with `all`. A node that already is what the inventory wants has no errors.

mod extra;
mod findings;
mod host;
mod matrix;
mod meaning;
mod place;
mod rack;
mod render;
mod software;
mod versions;

pub use findings::belongs_here;
pub use matrix::{Cell, Matrix, Row, matrix};
pub use meaning::meaning;
pub use rack::rack;
pub use render::{listing, render, word};

use crate::inventory::model::{Host, Inventory};
use crate::survey::facts::Facts;
use crate::survey::finding::Finding;

use findings::Findings;

/// Every check, in the order of the matrix's columns. `connect` is for the caller: a node that gave no facts.
pub const CHECKS: [&str; 22] = [
    "connect",
    "root",
    "cpu",
    "memory",
    "disk",
    "writable",
    "cgroup",
    "swap",
    "sysctl",
    "programs",
    "runtime",
    "kubelet",
    "version",
    "ports",
    "leftovers",
    "name",
    "address",
    "endpoint",
    "clock",
    "machine-id",
    "product-uuid",
    "mac",
];

/// Checks that a run of our own, stopped half-way, makes fail: not to be held against a node when that run is resumed.
pub const CAUSED_BY_A_RUN: [&str; 2] = ["ports", "leftovers"];

/// What is wrong with `host` by its own `facts`.
pub fn node(inv: &Inventory, host: &Host, facts: &Facts) -> Vec<Finding> {
    let mut findings = Findings::new(inv, host, facts);
    host::check(inv, host, facts, &mut findings);
    software::check(inv, facts, &mut findings);
    versions::check(inv, host, facts, &mut findings);
    place::check(inv, host, facts, &mut findings);
    findings.into_list()
}
