//! etcd's members, as a healthy control plane lists them.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::{Exit, Failure};
use crate::ids::NodeName;
use crate::plan::step::{Resource, Step};
use crate::survey::verify::{self as standing, Member};
use crate::transport::Request;

use super::config::last;
use super::perform::{failure, permanent};
use super::report::{Voice, Word};
use super::{Context, evidence};

const LIMIT: Duration = Duration::from_secs(60);
/// How long a member that kubeadm has added may take to vote.
const TO_VOTE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_secs(1);

/// Whether the step adds the node to etcd's members.
pub(super) fn is_etcd_join(step: &Step) -> bool {
    step.holds.contains(&Resource::EtcdMembership) && step.command().is_some()
}

/// Holds what kubeadm says of an etcd join against etcd's own list of members: success is a started voter, and a
/// failure is told with what stands in the list. The next member may only be added after that.
pub(super) async fn confirm(
    context: &Context,
    voice: &Voice,
    step: &Step,
    exit: Exit,
    stop: &CancellationToken,
) -> Exit {
    let node = &step.id.node;
    let until = context.clock.elapsed() + TO_VOTE;
    let mut note = match exit {
        Exit::Done { note } => note,
        Exit::Failed(failure) => {
            if evidence::is_done(context, step).await {
                let text = format!("{}; but {node} is a started and voting member of etcd", failure.reason);
                return Exit::Done { note: Some(text) };
            }
            return Exit::Failed(evidence::explain(context, step, failure).await);
        }
        stopped @ Exit::Stopped { .. } => return stopped,
    };
    loop {
        match of(context, node).await {
            Ok(Some(member)) if member.started && member.voter => return Exit::Done { note: note.take() },
            Ok(member) if context.clock.elapsed() > until => {
                let what = match member {
                    None => "etcd does not list it as a member",
                    Some(member) if member.started => "its member is still a learner and does not vote",
                    Some(_) => "its member has not started",
                };
                let failure = failure(format!("kubeadm says that {node} joined etcd, but {what}"));
                return Exit::Failed(evidence::explain(context, step, failure).await);
            }
            Ok(_) => {
                let waiting_for = format!("{node}'s etcd to start and vote");
                voice.say(Word::Wait { waiting_for, facts: Vec::new() }).await;
            }
            // The cluster is asked again at the end; that it can't be asked now proves nothing.
            Err(error) if context.clock.elapsed() > until => {
                let text = format!("etcd's members could not be listed ({})", error.reason);
                return Exit::Done { note: Some(text) };
            }
            Err(_) => {}
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return Exit::STOPPED,
            () = context.clock.sleep(PAUSE) => {}
        }
    }
}

/// Every member.
pub(super) async fn list(context: &Context, from: &NodeName) -> Result<Vec<Member>, Failure> {
    let request = Request::Etcdctl { args: ["member", "list"].map(str::to_owned).to_vec() };
    let reply = context.hands.ask(from, &request, LIMIT).await?;
    if reply.rc != 0 {
        return Err(failure(format!("{from} can't list etcd's members: {}", last(&reply.stderr))));
    }
    Ok(reply.stdout.lines().filter_map(standing::member).collect())
}

/// The member that belongs to `node`, by its name or, before it started, by its peer address.
pub(super) async fn of(context: &Context, node: &NodeName) -> Result<Option<Member>, Failure> {
    let from = another(context, node)?;
    let address = context.advertise(node);
    let members = list(context, &from).await?;
    Ok(members.into_iter().find(|member| {
        member.name == node.as_str()
            || address.as_ref().is_some_and(|address| {
                member.peer == format!("https://{}", std::net::SocketAddr::new(*address, 2380))
            })
    }))
}

/// Takes the member out.
pub(super) async fn remove(context: &Context, from: &NodeName, member: &Member) -> Result<(), Failure> {
    let request =
        Request::Etcdctl { args: vec!["member".to_owned(), "remove".to_owned(), member.id.clone()] };
    let reply = context.hands.ask(from, &request, LIMIT).await?;
    if reply.rc == 0 { Ok(()) } else { Err(failure(last(&reply.stderr))) }
}

/// A control plane other than `node` to ask: the first one, else any that is a member.
pub(super) fn another(context: &Context, node: &NodeName) -> Result<NodeName, Failure> {
    let leader = context.leader.borrow().clone().filter(|leader| leader != node);
    leader
        .or_else(|| {
            let facts = context.facts.borrow();
            context
                .inventory
                .control_planes()
                .map(|host| &host.name)
                .find(|name| {
                    *name != node
                        && facts
                            .get(*name)
                            .is_some_and(|f| f.membership() == crate::survey::facts::Membership::ControlPlane)
                })
                .cloned()
        })
        .ok_or_else(|| permanent("there is no other control plane to ask"))
}
