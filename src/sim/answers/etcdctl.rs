//! etcdctl: the members and their removal.

use std::fmt::Write as _;

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

/// The members as etcdctl draws them.
fn table(list: &[String]) -> String {
    let heads = "ID, STATUS, NAME, PEER ADDRS, CLIENT ADDRS, IS LEARNER".to_owned();
    drawn(&std::iter::once(heads).chain(list.iter().cloned()).collect::<Vec<_>>())
}

/// Rows with `, ` between their cells as a table; the first is the heading.
fn drawn(list: &[String]) -> String {
    let rows: Vec<Vec<&str>> = list.iter().map(|line| line.split(", ").collect()).collect();
    let heads = rows.first().map_or(0, Vec::len);
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.len()).max().unwrap_or(0);
    let rule: String =
        (0..heads).map(|at| format!("+{}", "-".repeat(width(at) + 2))).collect::<Vec<_>>().concat() + "+\n";
    let mut out = rule.clone();
    for (number, row) in rows.iter().enumerate() {
        for (at, cell) in row.iter().enumerate() {
            let _ = write!(out, "| {cell:<0$} ", width(at));
        }
        out += "|\n";
        if number == 0 {
            out += &rule;
        }
    }
    out + &rule
}

/// What members say of themselves: the node's own, or all.
fn status(world: &World, cluster: &str, node: &str, all: bool) -> String {
    let heads = ["ENDPOINT", "ID", "VERSION", "IS LEADER", "IS LEARNER"];
    let mut rows = vec![heads.join(", ")];
    let members = world.clusters.get(cluster).map(|found| found.members.as_slice()).unwrap_or_default();
    let leader = members
        .iter()
        .find(|member| !member.learner && world.member_answers(member))
        .map(|leader| &leader.id);
    for member in members.iter().filter(|member| (all || member.node == node) && world.member_answers(member))
    {
        let leads = leader == Some(&member.id);
        rows.push(format!("{}, {}, 3.5.12, {leads}, {}", member.client_url, member.id, member.learner));
    }
    drawn(&rows)
}

pub(crate) fn run(world: &mut World, node: &str, args: &[String]) -> Reply {
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        ["member", "list", ..] => match members(world, node) {
            Ok(list) if args.windows(2).any(|pair| pair[0] == "-w" && pair[1] == "table") => {
                said(table(&list))
            }
            Ok(list) => said(list.join("\n") + "\n"),
            Err(words) => failed(1, format!("{words}\n")),
        },
        ["member", "remove", id] => {
            let cluster = match cluster(world, node) {
                Ok(cluster) => cluster,
                Err(words) => return failed(1, format!("{words}\n")),
            };
            let up = world.members_up(&cluster);
            let removed = world.clusters.get_mut(&cluster).map(|found| found.remove(id, &up));
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
        ["endpoint", "status", ..] => match cluster(world, node) {
            Ok(id) => said(status(world, &id, node, args.iter().any(|arg| arg == "--cluster"))),
            Err(words) => failed(1, format!("{words}\n")),
        },
        ["endpoint", "health", ..] if args.iter().any(|arg| arg == "--cluster") => match cluster(world, node)
        {
            Ok(id) => {
                let members = world.clusters.get(&id).map(|found| found.members.clone()).unwrap_or_default();
                let line = |member: &crate::sim::model::cluster::Member| {
                    let up = world.member_answers(member) && world.member_is_reached(member);
                    let word = if up {
                        "healthy: successfully committed proposal: took = 9.1ms"
                    } else {
                        "unhealthy: failed to commit proposal: context deadline exceeded"
                    };
                    format!("{} is {word}\n", member.client_url)
                };
                said(members.iter().map(line).collect::<Vec<_>>().concat())
            }
            Err(words) => failed(1, format!("{words}\n")),
        },
        ["endpoint", "health", ..] => match cluster(world, node) {
            Ok(_) => {
                said("https://127.0.0.1:2379 is healthy: successfully committed proposal: took = 9.1ms\n")
            }
            Err(words) => failed(1, format!("{words}\n")),
        },
        _ => failed(1, format!("Error: the simulation's etcdctl has no `{}`\n", words.join(" "))),
    }
}
