//! etcdctl: the members and their removal.

use super::{failed, said};
use crate::sim::model::World;
use crate::transport::request::Reply;

/// The lines of `etcdctl member list`.
pub(super) fn members(world: &World, node: &str) -> Result<Vec<String>, String> {
    let cluster = cluster(world, node)?;
    let found = world.clusters.get(&cluster).ok_or("Error: context deadline exceeded")?;
    Ok(found
        .members
        .iter()
        .map(|member| {
            let started = if member.name.is_empty() { "unstarted" } else { "started" };
            // A member that never started has announced no address for clients yet.
            let client = if member.name.is_empty() { "" } else { &member.client_url };
            format!(
                "{}, {started}, {}, {}, {client}, {}",
                member.id, member.name, member.peer_url, member.learner
            )
        })
        .collect())
}

/// The cluster of the node's own member, if that answers.
fn cluster(world: &World, node: &str) -> Result<String, String> {
    let answers = world.nodes.get(node).is_some_and(|machine| machine.pod_ready("etcd", world.now));
    match world.membership(node) {
        Some((cluster, _)) if answers => Ok(cluster),
        _ => Err("Error: dial tcp 127.0.0.1:2379: connect: connection refused".into()),
    }
}

pub(crate) fn run(world: &mut World, node: &str, args: &[String]) -> Reply {
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        ["member", "list", ..] => match members(world, node) {
            Ok(list) => said(list.join("\n") + "\n"),
            Err(words) => failed(1, format!("{words}\n")),
        },
        ["member", "remove", id] => {
            let cluster = match cluster(world, node) {
                Ok(cluster) => cluster,
                Err(words) => return failed(1, format!("{words}\n")),
            };
            let removed = world.clusters.get_mut(&cluster).map(|found| found.remove(id));
            match removed {
                Some(Ok(member)) => said(format!("Member {} removed from cluster {cluster}\n", member.id)),
                Some(Err(refused)) => failed(
                    1,
                    format!(
                        "{{\"level\":\"warn\",\"msg\":\"retrying of unary invoker failed\"}}\nError: {refused}\n"
                    ),
                ),
                None => failed(1, "Error: context deadline exceeded\n"),
            }
        }
        ["endpoint", "health", ..] => match cluster(world, node) {
            Ok(_) => {
                said("https://127.0.0.1:2379 is healthy: successfully committed proposal: took = 9.1ms\n")
            }
            Err(words) => failed(1, format!("{words}\n")),
        },
        _ => failed(1, format!("Error: the simulation's etcdctl has no `{}`\n", words.join(" "))),
    }
}
