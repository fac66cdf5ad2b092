//! Other machines, and who is kept out of this one.

use std::sync::Arc;

use super::super::call::{Call, Slow, Working};
use super::super::{Heard, Session};
use super::{Program, Run, now};
use crate::ids::NodeName;

pub(super) const PROGRAMS: &[Program] = &[
    Program { name: "ssh", about: "HOST COMMAND: a line on another machine", takes: 0, run: Run::Slow(ssh) },
    now("iptables", "-S, -A, -I, -D and -F: the firewall of this machine", 20, iptables),
];

fn ssh(slow: Slow<'_>) -> Working<'_> {
    Box::pin(async move {
        let mut rest = slow.args.iter().skip_while(|arg| arg.starts_with('-'));
        let Some(target) = rest.next() else {
            slow.printer.complain("usage: ssh destination [command [argument ...]]\n");
            return 255;
        };
        let host = target.rsplit('@').next().unwrap_or(target);
        let line = rest.map(String::as_str).collect::<Vec<_>>().join(" ");
        let fail = |words: String| {
            slow.printer.complain(&format!("ssh: {words}\n"));
            255
        };
        let found = slow.inner.store.with(|world| {
            let owner = world.owner(slow.node, host)?;
            Some((owner.to_owned(), world.nodes.get(owner).is_some_and(|node| node.up)))
        });
        let Some((other, up)) = found else {
            return fail(format!("Could not resolve hostname {host}: Name or service not known"));
        };
        let Some(other) = NodeName::new(other).ok().filter(|_| up) else {
            return fail(format!("connect to host {host} port 22: No route to host"));
        };
        if line.is_empty() {
            slow.printer.complain("ssh: the simulation's ssh needs a command\n");
            return 255;
        }
        let heard = Arc::new(Heard::default());
        let rc = slow.inner.type_in(&other, &mut Session::login(), &line, heard.clone()).await;
        let reply = heard.reply(rc);
        slow.printer.say(&reply.stdout);
        slow.printer.complain(&reply.stderr);
        reply.rc
    })
}

/// Rules of the chain INPUT, in the words of `-S`.
fn iptables(call: &mut Call<'_>) -> i32 {
    let args: Vec<&str> = call.args.iter().map(String::as_str).collect();
    let Ok(node) = call.machine_mut() else { return 255 };
    let rules = &mut node.firewall;
    match args.as_slice() {
        ["-A", chain, rest @ ..] => rules.push(format!("-A {chain} {}", rest.join(" "))),
        ["-I", chain, rest @ ..] => rules.insert(0, format!("-A {chain} {}", rest.join(" "))),
        ["-D", chain, rest @ ..] => {
            let rule = plain(&format!("-A {chain} {}", rest.join(" ")));
            let by_number = match rest {
                [number] => number.parse::<usize>().ok().and_then(|number| number.checked_sub(1)),
                _ => None,
            };
            let at = by_number.or_else(|| rules.iter().position(|known| plain(known) == rule));
            let Some(at) = at.filter(|at| *at < rules.len()) else {
                return call.fail(1, "Bad rule (does a matching rule exist in that chain?).");
            };
            rules.remove(at);
        }
        ["-F", ..] => rules.clear(),
        ["-S" | "-L" | "-nL" | "-L -n", ..] => {
            let text = rules.iter().fold("-P INPUT ACCEPT\n".to_owned(), |text, rule| text + rule + "\n");
            call.say(text);
        }
        _ => return call.lacks(format!("`{}`", args.join(" "))),
    }
    0
}

/// `-m tcp` says nothing that `-p tcp` doesn't.
fn plain(rule: &str) -> String {
    rule.replace(" -m tcp", "")
}
