//! Short requests, answered from the simulated node's true state.

pub(crate) mod components;
mod config_maps;
pub(crate) mod etcdctl;
mod files;
pub(crate) mod kubectl;
pub(crate) mod listing;
mod look;
mod probe;
mod stored;
mod verify;

use super::model::World;
use crate::transport::request::{Reply, Request};

/// A request's name in scenarios.
pub(crate) const fn name(request: &Request) -> &'static str {
    match request {
        Request::Probe { .. } => "probe",
        Request::Kubeadm { .. } => "kubeadm",
        Request::Put { .. } => "put",
        Request::Read { .. } => "read",
        Request::Remove { .. } => "remove",
        Request::Kubectl { .. } => "kubectl",
        Request::Look { .. } => "look",
        Request::Standing => "standing",
        Request::Etcdctl { .. } => "etcdctl",
        Request::Shell { .. } => "shell",
        Request::Inspect { .. } => "inspect",
        Request::Files { .. } => "files",
        Request::Objects { .. } => "objects",
        Request::Sweep => "sweep",
    }
}

/// How long a machine works on a request, in milliseconds.
pub(crate) const fn effort(request: &Request) -> u64 {
    match request {
        Request::Probe { .. } => 900,
        Request::Look { .. } | Request::Standing => 160,
        Request::Kubectl { .. } | Request::Objects { .. } => 180,
        Request::Etcdctl { .. } => 220,
        Request::Sweep => 400,
        Request::Put { .. } | Request::Read { .. } | Request::Remove { .. } => 4,
        Request::Files { .. } => 12,
        Request::Kubeadm { .. } | Request::Shell { .. } | Request::Inspect { .. } => 20,
    }
}

/// The answer of `node`, asked `effort` milliseconds ago.
pub(crate) fn answer(world: &mut World, node: &str, request: &Request, effort: u64) -> Reply {
    match request {
        Request::Probe { endpoint, cri_socket, now_ms } => {
            let began = world.now - i64::try_from(effort).unwrap_or(0);
            probe::answer(world, node, endpoint.as_ref(), cri_socket, began, *now_ms)
        }
        Request::Look { what, endpoint, advertise } => {
            look::answer(world, node, *what, endpoint.as_ref(), advertise)
        }
        Request::Standing => verify::all(world, node),
        Request::Put { path, mode, content } => files::put(world, node, path, *mode, content.expose()),
        Request::Read { path } => files::read(world, node, path),
        Request::Remove { paths } => files::remove(world, node, paths),
        Request::Sweep => files::sweep(world, node),
        Request::Kubectl { args, stdin } => {
            kubectl::run(world, node, args, stdin.as_ref().map(crate::secret::Secret::expose))
        }
        Request::Etcdctl { args } => etcdctl::run(world, node, args),
        Request::Objects { which } => stored::tell(world, node, *which),
        // The rack knows the runs.
        Request::Files { of } => listing::tell(world.nodes.get(node), of.is_some(), None),
        // Processes of their own; the rack runs them.
        Request::Kubeadm { .. } | Request::Shell { .. } | Request::Inspect { .. } => {
            failed(126, "this is no short request\n")
        }
    }
}

pub(crate) fn said(stdout: impl Into<String>) -> Reply {
    Reply { rc: 0, stdout: stdout.into(), stderr: String::new() }
}

pub(crate) fn failed(rc: i32, stderr: impl Into<String>) -> Reply {
    Reply { rc, stdout: String::new(), stderr: stderr.into() }
}

/// Lines of `key=value`.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn say(&mut self, key: &str, value: impl std::fmt::Display) {
        use std::fmt::Write as _;
        let _ = writeln!(self.0, "{key}={value}");
    }

    fn yes(&mut self, key: &str, yes: bool) {
        self.say(key, if yes { "yes" } else { "no" });
    }

    /// The whole answer.
    fn end(mut self) -> Reply {
        self.say("end", "yes");
        said(self.0)
    }
}
