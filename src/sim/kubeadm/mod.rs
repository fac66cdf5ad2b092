//! kubeadm as a process on a simulated node: its command line, its configuration file, its output and its phases.

pub(crate) mod args;
pub(crate) mod client;
pub(crate) mod config;
mod documents;
pub(crate) mod failure;
mod flags;
pub(crate) mod help;
mod images;
pub(crate) mod output;
pub(crate) mod process;
pub(crate) mod run;
mod tools;
pub(crate) mod workflow;

pub(crate) use failure::{Exit, Outcome};
pub(crate) use images::{etcd_tag, images};
pub(crate) use process::Process;
pub(crate) use run::main;
