//! The SSH transport against real sshd on 127.0.0.1. Needs OpenSSH's client and server, no root and no Kubernetes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "ssh/far.rs"]
mod far;
#[path = "ssh/faults.rs"]
mod faults;
#[path = "ssh/hosts.rs"]
mod hosts;
#[path = "ssh/measure.rs"]
mod measure;
#[path = "ssh/node.rs"]
mod node;
#[path = "ssh/runs.rs"]
mod runs;
#[path = "ssh/secrets.rs"]
mod secrets;
#[path = "ssh/sudo.rs"]
mod sudo;
#[path = "ssh/wire.rs"]
mod wire;
