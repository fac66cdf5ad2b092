//! The node's own kubeadm, as a process like those that the console starts.

use std::sync::Arc;

use super::super::call::{Slow, Working};
use super::{Program, Run};
use crate::sim::kubeadm::{self, Process};

pub(super) const PROGRAMS: &[Program] = &[Program {
    name: "kubeadm",
    about: "init, join, reset, token, certs, config, version: the release of this node",
    takes: 0,
    run: Run::Slow(run),
}];

/// Flags whose value is a file of the node.
const FILES: [&str; 2] = ["--config", "--kubeconfig"];

fn run(slow: Slow<'_>) -> Working<'_> {
    Box::pin(async move {
        let Slow { inner, node, session, args, printer, .. } = slow;
        let mut line: Vec<String> = Vec::with_capacity(args.len());
        for arg in args {
            let follows = line.last().is_some_and(|last| FILES.contains(&last.as_str()));
            line.push(match arg.split_once('=') {
                _ if follows => session.absolute(&arg),
                Some((flag, path)) if FILES.contains(&flag) => format!("{flag}={}", session.absolute(path)),
                _ => arg,
            });
        }
        let what = format!("shell {}", line.join(" "));
        let process = Process::new(inner.store.clone(), node, &what, Arc::new(printer));
        kubeadm::main(process, line, inner.plot.clone()).await
    })
}
