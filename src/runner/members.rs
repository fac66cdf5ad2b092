//! etcd's members, as a healthy control plane lists them.

use std::time::Duration;

use crate::engine::Failure;
use crate::ids::NodeName;
use crate::plan::step::{Resource, Step};
use crate::survey::verify::{self as standing, Member};
use crate::transport::Request;

use super::Context;
use super::outcome::last;
use super::outcome::{failure, permanent};

const LIMIT: Duration = Duration::from_secs(60);

/// Whether the step adds the node to etcd's members.
pub(super) fn is_etcd_join(step: &Step) -> bool {
    step.holds.contains(&Resource::EtcdMembership) && step.command().is_some()
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
