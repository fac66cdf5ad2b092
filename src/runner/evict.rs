//! Taking a node out of the cluster, and sweeping after a reset.

use std::time::Duration;

use crate::engine::Failure;
use crate::ids::NodeName;
use crate::transport::Request;

use super::finish::clean_up;
use super::outcome::last;
use super::outcome::{Done, failure, permanent};
use super::report::Voice;
use super::{Context, members};

const LIMIT: Duration = Duration::from_secs(90);

/// Removes the etcd member of `leaving`, then its node object, by way of a control plane that answers: `from`, if it does.
pub(super) async fn evict(
    context: &Context,
    voice: &Voice,
    from: &NodeName,
    leaving: &NodeName,
    etcd: bool,
) -> Done {
    let mut asked = vec![from.clone()];
    if etcd {
        let known = members::membership(context, leaving).await?;
        match known.own {
            Some(_) if known.all.len() < 2 => {
                return Err(permanent(format!(
                    "{leaving} is etcd's only member: removing it would end the cluster"
                )));
            }
            Some(member) => {
                let (id, by) = (&member.id, &known.from);
                voice.tell(format!("removing {leaving}'s member {id} from etcd, by way of {by}")).await;
                members::remove(context, by, &member).await?;
            }
            None => voice.tell(format!("{leaving} has no member in etcd")).await,
        }
        asked.insert(0, known.from);
    }
    asked.extend(members::others(context, leaving));
    let mut tried: Vec<NodeName> = Vec::new();
    let mut why = None;
    for by in asked {
        if tried.contains(&by) {
            continue;
        }
        voice.tell(format!("deleting the node object {leaving}, by way of {by}")).await;
        match delete(context, &by, leaving).await {
            Ok(()) => return Ok(None),
            Err(failure) => {
                voice.tell(format!("{by} could not do it: {}", failure.reason)).await;
                why = why.or(Some(failure));
            }
        }
        tried.push(by);
    }
    Err(why.unwrap_or_else(|| permanent("there is no other control plane to ask")))
}

async fn delete(context: &Context, by: &NodeName, leaving: &NodeName) -> Result<(), Failure> {
    let args = ["delete", "node", leaving.as_str(), "--ignore-not-found", "--timeout=60s"];
    let request = Request::Kubectl { args: args.map(str::to_owned).to_vec(), stdin: None };
    let reply = context.hands.ask(by, &request, LIMIT).await?;
    if reply.rc == 0 { Ok(()) } else { Err(failure(last(&context.redactor.redact(&reply.stderr)))) }
}

/// Removes what `kubeadm reset` leaves on the node, and what this and lost consoles left.
pub(super) async fn sweep(context: &Context, voice: &Voice, node: &NodeName) -> Done {
    let reply = context.hands.ask(node, &Request::Sweep, LIMIT).await?;
    if reply.rc != 0 {
        return Err(failure(last(&reply.stderr)));
    }
    clean_up(context, voice, node).await
}
