//! The commands of diagnoses, as far as a simulated node has something to show.

use std::fmt::Write as _;

use super::{failed, kubectl, said};
use crate::sim::model::{Node, World};
use crate::transport::request::Reply;

pub(super) fn answer(world: &mut World, name: &str, command: &str) -> Reply {
    let words: Vec<&str> = command.split_whitespace().collect();
    if let ["kubectl", rest @ ..] = words.as_slice()
        && !command.contains('|')
    {
        let args: Vec<String> = rest.iter().map(|&word| word.to_owned()).collect();
        return kubectl::run(world, name, &args, None);
    }
    let now = world.now;
    let Some(node) = world.nodes.get(name) else { return failed(1, "") };
    match words.as_slice() {
        ["cat", path] => match node.disk.text(path) {
            Some(text) => said(text),
            None => failed(1, format!("cat: {path}: No such file or directory\n")),
        },
        ["ls", options @ .., path] if !path.contains('*') && options.iter().all(|o| o.starts_with('-')) => {
            list(node, path)
        }
        ["systemctl", "status", "kubelet", ..] => kubelet(node),
        ["journalctl", "-u", "kubelet", ..] => match node.kubelet.last_line() {
            Some(line) => said(line + "\n"),
            None => said("-- No entries --\n"),
        },
        ["crictl", "ps", ..] => containers(node),
        ["ss", ..] => listeners(node, now, command),
        ["swapon", "--show"] => {
            said(node.hardware.swap.iter().fold(String::new(), |out, swap| out + swap + "\n"))
        }
        ["uname", "-m"] => said(format!("{}\n", node.hardware.arch)),
        ["uname", "-r"] => said(format!("{}\n", node.hardware.kernel)),
        ["nproc"] => said(format!("{}\n", node.hardware.cpus)),
        ["hostname"] => said(format!("{}\n", node.hardware.hostname)),
        ["kubelet", "--version"] => said(format!("Kubernetes {}\n", node.kubelet_version)),
        _ => {
            let program = words.first().copied().unwrap_or_default();
            failed(127, format!("sh: 1: {program}: simulated nodes have nothing to show for this\n"))
        }
    }
}

fn list(node: &Node, folder: &str) -> Reply {
    let inside = format!("{}/", folder.trim_end_matches('/'));
    let mut names: Vec<&str> = node
        .disk
        .all()
        .filter_map(|(path, _)| path.strip_prefix(inside.as_str())?.split('/').next())
        .collect();
    names.dedup();
    if names.is_empty() {
        return failed(2, format!("ls: cannot access '{folder}': No such file or directory\n"));
    }
    said(names.join("\n") + "\n")
}

fn kubelet(node: &Node) -> Reply {
    let state = node.kubelet.state();
    let mut out = String::from("\u{25cf} kubelet.service - kubelet: The Kubernetes Node Agent\n");
    let _ = writeln!(out, "     Active: {state}\n   Restarts: {}", node.kubelet.restarts);
    Reply { rc: if state == "active" { 0 } else { 3 }, stdout: out, stderr: String::new() }
}

fn containers(node: &Node) -> Reply {
    let mut out = format!("{:<10}{:<26}ATTEMPT\n", "STATE", "NAME");
    for (component, pod) in node.pods.iter().filter(|(_, pod)| !pod.no_sandbox) {
        let state = if pod.is_running() { "Running" } else { "Exited" };
        let _ = writeln!(out, "{state:<10}{component:<26}{}", pod.restarts);
    }
    said(out)
}

fn listeners(node: &Node, now: i64, command: &str) -> Reply {
    let wanted =
        command.split(':').next_back().and_then(|port| port.trim_end_matches('\'').parse::<u16>().ok());
    let mut out = String::from("State   Local Address:Port\n");
    for port in node.listening(now).into_iter().filter(|port| wanted.is_none_or(|wanted| wanted == *port)) {
        let _ = writeln!(out, "LISTEN  *:{port}");
    }
    said(out)
}
