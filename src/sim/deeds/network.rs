//! The network: addresses, the firewall, and other machines.

use super::line;
use crate::sim::answers::{failed, said};
use crate::sim::model::World;
use crate::transport::request::Reply;

pub(super) fn ip(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let words: Vec<&str> = args.iter().copied().filter(|arg| !arg.starts_with('-')).collect();
    let is_address = |word: &str| "address".starts_with(word) && word.starts_with('a');
    match words.as_slice() {
        [object, verb @ ("add" | "del" | "delete"), address, ..] if is_address(object) => {
            let plain = address.split('/').next().unwrap_or(address).to_owned();
            let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
            let has = machine.addresses.contains(&plain);
            match (*verb, has) {
                ("add", true) => return failed(2, "RTNETLINK answers: File exists\n"),
                ("add", false) => {
                    machine.addresses.push(plain.clone());
                    world.hosts.insert(plain, node.to_owned());
                }
                (_, false) => return failed(2, "RTNETLINK answers: Cannot assign requested address\n"),
                (_, true) => machine.addresses.retain(|own| *own != plain),
            }
            said("")
        }
        [object, ..] if is_address(object) => {
            let Some(machine) = world.nodes.get(node) else { return failed(255, "") };
            let own: Vec<String> = machine.addresses.iter().map(|address| format!("{address}/20")).collect();
            said(format!(
                "lo               UNKNOWN        127.0.0.1/8 ::1/128\neth0             UP             {}\n",
                own.join(" ")
            ))
        }
        ["route", "get", ..] => {
            let Some(machine) = world.nodes.get(node) else { return failed(255, "") };
            said(format!("1.1.1.1 via 10.4.0.1 dev eth0 src {} uid 0\n    cache\n", machine.address()))
        }
        _ => failed(1, "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n"),
    }
}

/// `-A`, `-I` and `-D` with a rule as it is written by `-S`, `-F`, and `-S` itself.
pub(super) fn iptables(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let Some(machine) = world.nodes.get_mut(node) else { return failed(255, "") };
    let rules = &mut machine.firewall;
    match args {
        ["-A" | "-I", chain, rest @ ..] => rules.push(format!("-A {chain} {}", rest.join(" "))),
        ["-D", chain, number] if number.parse::<usize>().is_ok_and(|n| (1..=rules.len()).contains(&n)) => {
            let _ = chain;
            rules.remove(number.parse::<usize>().unwrap_or(1) - 1);
        }
        ["-D", chain, rest @ ..] => {
            let rule = plain(&format!("-A {chain} {}", rest.join(" ")));
            let Some(at) = rules.iter().position(|known| plain(known) == rule) else {
                return failed(1, "iptables: Bad rule (does a matching rule exist in that chain?).\n");
            };
            rules.remove(at);
        }
        ["-F", ..] => rules.clear(),
        ["-S" | "-L", ..] => {
            let lines: Vec<&str> =
                std::iter::once("-P INPUT ACCEPT").chain(rules.iter().map(String::as_str)).collect();
            return said(lines.join("\n") + "\n");
        }
        _ => return failed(2, "iptables v1.8.9 (nf_tables): no command specified\n"),
    }
    said("")
}

/// `-m tcp` says nothing that `-p tcp` doesn't.
fn plain(rule: &str) -> String {
    rule.replace(" -m tcp", "")
}

/// A line on another machine.
pub(super) fn ssh(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let mut rest = args.iter().skip_while(|arg| arg.starts_with('-'));
    let Some(target) = rest.next() else { return failed(255, "usage: ssh destination [command]\n") };
    let host = target.rsplit('@').next().unwrap_or(target);
    let Some(other) = world.owner(node, host).map(str::to_owned) else {
        return failed(255, format!("ssh: Could not resolve hostname {host}: Name or service not known\n"));
    };
    if world.nodes.get(&other).is_none_or(|machine| !machine.up) {
        return failed(255, format!("ssh: connect to host {host} port 22: No route to host\n"));
    }
    let words: Vec<&str> = rest.copied().collect();
    if words.is_empty() {
        return failed(255, "Pseudo-terminal will not be allocated because stdin is not a terminal.\n");
    }
    line::run(world, &other, &words.join(" "))
}
