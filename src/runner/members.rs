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
/// A control plane that doesn't answer by then is not asked for more, while there is another one.
const SOON: Duration = Duration::from_secs(20);

/// Whether the step adds the node to etcd's members.
pub(super) fn is_etcd_join(step: &Step) -> bool {
    step.holds.contains(&Resource::EtcdMembership) && step.command().is_some()
}

/// Every member, as `from` lists them.
async fn list(context: &Context, from: &NodeName, limit: Duration) -> Result<Vec<Member>, Failure> {
    let request = Request::Etcdctl { args: ["member", "list"].map(str::to_owned).to_vec() };
    let reply = context.hands.ask(from, &request, limit).await?;
    if reply.rc != 0 {
        return Err(failure(format!("{from} can't list etcd's members: {}", last(&reply.stderr))));
    }
    Ok(reply.stdout.lines().filter_map(standing::member).collect())
}

/// etcd's members, as a healthy control plane sees them.
pub(super) struct Membership {
    /// Who said so.
    pub(super) from: NodeName,
    /// Everybody.
    pub(super) all: Vec<Member>,
    /// The one asked about, by its name or, before it started, by its peer address.
    pub(super) own: Option<Member>,
}

/// What a control plane other than `node` says of it: the first one whose etcd answers, the first of the run before others.
pub(super) async fn membership(context: &Context, node: &NodeName) -> Result<Membership, Failure> {
    let mut why = None;
    for from in others(context, node) {
        let all = match list(context, &from, SOON).await {
            Ok(all) => all,
            Err(failure) => {
                why = why.or(Some(failure));
                continue;
            }
        };
        let address = context.advertise(node);
        let is_own = |member: &&Member| {
            member.name == node.as_str()
                || address.as_ref().is_some_and(|address| {
                    member.peer == format!("https://{}", std::net::SocketAddr::new(*address, 2380))
                })
        };
        let own = all.iter().find(is_own).cloned();
        return Ok(Membership { from, all, own });
    }
    Err(why.unwrap_or_else(|| permanent("there is no other control plane to ask")))
}

/// The member that belongs to `node`.
pub(super) async fn of(context: &Context, node: &NodeName) -> Result<Option<Member>, Failure> {
    Ok(membership(context, node).await?.own)
}

/// The control planes other than `node` that may know of it, the first one of the run first.
pub(super) fn others(context: &Context, node: &NodeName) -> Vec<NodeName> {
    let leader = context.leader.borrow().clone();
    let inventory = context.inventory();
    let rest = inventory.control_planes().map(|host| host.name.clone());
    let rest = rest.filter(|name| Some(name) != leader.as_ref());
    leader.iter().cloned().chain(rest).filter(|name| name != node).collect()
}

/// Takes the member out.
pub(super) async fn remove(context: &Context, from: &NodeName, member: &Member) -> Result<(), Failure> {
    let request =
        Request::Etcdctl { args: vec!["member".to_owned(), "remove".to_owned(), member.id.clone()] };
    let reply = context.hands.ask(from, &request, LIMIT).await?;
    if reply.rc == 0 {
        return Ok(());
    }
    // etcd's own guard (strict-reconfig-check): the same again changes nothing while another member is down.
    if ["unhealthy cluster", "not enough started members"].iter().any(|sign| reply.stderr.contains(sign)) {
        let name = if member.name.is_empty() { &member.id } else { &member.name };
        return Err(permanent(format!(
            "etcd doesn't let {name} go: another member is down, and without {name} too few would be left to decide ({}). \
             Bring that member back, or take its node out first",
            last(&reply.stderr)
        )));
    }
    Err(failure(last(&reply.stderr)))
}
