//! Taking a node out of the cluster, and sweeping after a reset.

use std::time::Duration;

use crate::ids::NodeName;
use crate::transport::Request;

use super::finish::clean_up;
use super::outcome::last;
use super::outcome::{Done, failure, permanent};
use super::report::Voice;
use super::{Context, members};

const LIMIT: Duration = Duration::from_secs(120);

/// From `from`, a healthy control plane: removes the etcd member of `leaving`, then its node object.
pub(super) async fn evict(
    context: &Context,
    voice: &Voice,
    from: &NodeName,
    leaving: &NodeName,
    etcd: bool,
) -> Done {
    if etcd {
        match members::of(context, leaving).await? {
            Some(member) => {
                let others = members::list(context, from).await?;
                if others.len() < 2 {
                    return Err(permanent(format!(
                        "{leaving} is etcd's only member: removing it would end the cluster"
                    )));
                }
                voice.tell(format!("removing {leaving}'s member {} from etcd", member.id)).await;
                members::remove(context, from, &member).await?;
            }
            None => voice.tell(format!("{leaving} has no member in etcd")).await,
        }
    }
    voice.tell(format!("deleting the node object {leaving}")).await;
    let args = ["delete", "node", leaving.as_str(), "--ignore-not-found", "--timeout=60s"];
    let request = Request::Kubectl { args: args.map(str::to_owned).to_vec(), stdin: None };
    let reply = context.hands.ask(from, &request, LIMIT).await?;
    if reply.rc == 0 { Ok(None) } else { Err(failure(last(&context.redactor.redact(&reply.stderr)))) }
}

/// Removes what `kubeadm reset` leaves on the node, and what this and lost consoles left.
pub(super) async fn sweep(context: &Context, voice: &Voice, node: &NodeName) -> Done {
    let reply = context.hands.ask(node, &Request::Sweep, LIMIT).await?;
    if reply.rc != 0 {
        return Err(failure(last(&reply.stderr)));
    }
    clean_up(context, voice, node).await
}
