//! The look at the end: what the cluster is, and every node in it.
//!
//! [`script`] is run once, on a control plane. `key=value` lines in any order, one line per value; what could not be learnt is missing.
//!
//! | key | value | many |
//! |---|---|---|
//! | `kubelet` | `active`, `activating`, `inactive`, `failed`; of the node that is asked | |
//! | `healthz` | `ok`, or why not (an answer as in [`super::look`]); of the kubelet of the node that is asked | |
//! | `api` | `yes` or `no`: kubectl got an answer with /etc/kubernetes/admin.conf | |
//! | `api.error` | kubectl's last line, if not | |
//! | `node` | `NAME READY REASON`: `bettley True KubeletReady`; READY is `True`, `False` or `Unknown`; missing until the node's kubelet has reported once | yes |
//! | `node.message` | `NAME TEXT`: the Ready condition's message, if it is not `True`; plain, or quoted as Go and JSON do | yes |
//! | `node.label` | `NAME KEY=VALUE` | yes |
//! | `node.taint` | `NAME KEY=VALUE:EFFECT`, or `NAME KEY:EFFECT` | yes |
//! | `pod` | `NODE COMPONENT PHASE READY RESTARTS`: `bettley kube-apiserver Running True 0`; control-plane pods only | yes |
//! | `etcd` | `yes` or `no`: the node that is asked runs an etcd member of its own | |
//! | `member` | a line of `etcdctl member list`: `8e9e05c52164694d, started, bettley, https://10.4.0.11:2380, https://10.4.0.11:2379, false`; the last word says learner | yes |
//! | `etcd.error` | why the members could not be listed | |
//! | `end` | `yes`: the last line of a whole answer | |

mod judge;
mod parse;
mod standing;

use crate::survey::quote;

pub use judge::judge;
pub use parse::{member, parse};
pub use standing::{Member, NodeStanding, Standing, StaticPod};

/// The script that asks a control plane about every node of the cluster, the control-plane pods, and etcd's members.
pub fn script() -> String {
    let parts = [include_str!("../ask.sh"), include_str!("../runtime.sh"), include_str!("verify.sh")];
    quote::script(&[], &parts)
}
