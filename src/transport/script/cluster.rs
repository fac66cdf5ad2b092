//! kubeadm, kubectl and etcdctl.

use super::files::print;
use super::quote::words;
use crate::secret::Secret;

/// How long a kubeadm waits for another one of ours on the node, in seconds: as long as the longest phase (an image
/// pull) may take.
const LOCK_SECONDS: u32 = 900;

/// One kubeadm per host at a time: it reads and writes the same files whichever phase it runs. The lock belongs to
/// this shell, not to kubeadm's children (`9>&-`), and goes with it.
pub(super) fn kubeadm(args: &[String]) -> String {
    include_str!("kubeadm.sh").replace("@ARGS@", &words(args)).replace("@SECONDS@", &LOCK_SECONDS.to_string())
}

pub(super) fn kubectl(args: &[String], stdin: Option<&Secret>) -> String {
    let command =
        format!("KUBECONFIG=/etc/kubernetes/admin.conf HOME=/root LC_ALL=C kubectl {}", words(args));
    match stdin {
        Some(content) => format!("{{ {}; }} | {command}\n", print(content)),
        None => format!("{command} </dev/null\n"),
    }
}

/// etcdctl is inside the etcd container in the version that fits, on the node itself only by chance. The way through the
/// API server comes last: it needs a working cluster.
pub(super) fn etcdctl(args: &[String]) -> String {
    include_str!("etcdctl.sh").replace("@ARGS@", &words(args))
}
