//! What people do on a machine: programs that change it, as far as a bring-up depends on what they change.
//!
//! Each takes the world as it is and gives its answer at once. `kubeadm`, which takes its time, is no deed.

mod cluster;
mod files;
mod line;
mod network;
mod system;

use super::model::World;
use crate::transport::request::Reply;

pub(crate) use line::{run, split};

/// A program, given the machine it runs on, its arguments and its standard input.
pub(crate) type Program = fn(&mut World, &str, &[&str], &str) -> Reply;

/// Every program here, by the name it is called by.
pub(crate) const PROGRAMS: &[(&str, Program)] = &[
    ("containerd", system::containerd),
    ("cp", files::cp),
    ("echo", files::echo),
    ("etcdctl", cluster::etcdctl),
    ("hostnamectl", system::hostnamectl),
    ("ip", network::ip),
    ("iptables", network::iptables),
    ("kubectl", cluster::kubectl),
    ("mkdir", files::mkdir),
    ("mv", files::mv),
    ("rm", files::rm),
    ("sed", files::sed),
    ("ssh", network::ssh),
    ("swapoff", system::swapoff),
    ("swapon", system::swapon),
    ("sysctl", system::sysctl),
    ("systemctl", system::systemctl),
    ("timedatectl", system::timedatectl),
];

/// The program of that name.
pub(crate) fn program(name: &str) -> Option<Program> {
    PROGRAMS.iter().find(|(known, _)| *known == name).map(|(_, program)| *program)
}
