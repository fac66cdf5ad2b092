//! What a request means on a node: text for POSIX sh, run as root.
//!
//! Every value stands in the text as one quoted word ([`quote`]); nothing from an inventory or an operator is ever
//! read as shell, but for hook commands, which are meant to be.

mod cluster;
mod files;
pub mod quote;

use crate::artifact;
use crate::secret::Secret;
use crate::survey;
use crate::transport::request::{Request, RunKey};

/// Where a login shell's path may end too early: kubeadm and its helpers are in one of these.
const PATH: &str =
    "PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH\n";

impl Request {
    /// The text for `sh`. It may hold secrets, and must not reach arguments or logs.
    pub fn script(&self) -> Secret {
        let text = match self {
            Self::Probe { endpoint, cri_socket, now_ms } => {
                survey::probe::script(endpoint.as_ref(), cri_socket, *now_ms)
            }
            Self::Look { what, endpoint, advertise } => {
                survey::look::script(*what, endpoint.as_ref(), advertise)
            }
            Self::Standing => survey::verify::script(),
            Self::Kubeadm { args } => cluster::kubeadm(args),
            Self::Kubectl { args, stdin } => cluster::kubectl(args, stdin.as_ref()),
            Self::Etcdctl { args } => cluster::etcdctl(args),
            Self::Put { path, mode, content } => files::put(path, *mode, content),
            Self::Read { path } => files::read(path),
            Self::Remove { paths } => files::remove(paths),
            Self::Shell { text } => text.clone(),
            Self::Inspect { command } => {
                format!("timeout -k 1 9 sh -c {} </dev/null 2>&1", quote::word(command))
            }
            Self::Files { of } => artifact::script::tell(of.as_ref().map(RunKey::as_str)),
            Self::Objects { which } => which.script(),
            Self::Sweep => include_str!("sweep.sh").to_owned(),
        };
        Secret::new(format!("{PATH}{text}"))
    }
}

#[cfg(test)]
mod tests;
