//! Containers, as the runtime lists them, and the runtime itself.

use super::super::call::Call;
use super::cluster::show;
use super::{Program, now};
use crate::sim::answers::etcdctl;
use crate::sim::jitter;
use crate::sim::model::Node;
use crate::sim::model::pods::Pod;
use crate::sim::model::units::CONTAINERD_DEFAULT;

pub(super) const PROGRAMS: &[Program] = &[
    now("crictl", "ps, pods, logs, info, images, exec etcdctl: containers of this node", 60, crictl),
    now("containerd", "config default, config dump, --version", 30, containerd),
];

/// What crictl says where the runtime has no CRI.
const NO_RUNTIME: &str = "validate service connection: validate CRI v1 runtime API for endpoint \"unix:///run/containerd/containerd.sock\": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService";

/// Thirteen hex digits, as crictl shows them.
fn id(node: &Node, component: &str) -> String {
    jitter::hex(0, &format!("container {} {component}", node.name), 7)[..13].to_owned()
}

fn there(node: &Node) -> impl Iterator<Item = (&String, &Pod)> {
    node.pods.iter().filter(|(_, pod)| !pod.no_sandbox && (pod.is_running() || pod.restarts > 0))
}

fn crictl(call: &mut Call<'_>) -> i32 {
    let args: Vec<String> = call.args.to_vec();
    let mut words: Vec<&str> = args.iter().map(String::as_str).collect();
    // Where the runtime is asked is one place here.
    while let Some(at) =
        words.iter().position(|word| matches!(*word, "--runtime-endpoint" | "-r" | "--timeout" | "-t"))
    {
        words.drain(at..(at + 2).min(words.len()));
    }
    let Ok(node) = call.machine() else { return 255 };
    if !node.hardware.cri_answers {
        return call.fail(1, format!("FATA[0000] {NO_RUNTIME}"));
    }
    match words.as_slice() {
        ["ps", flags @ ..] => ps(call, flags),
        ["pods", ..] => {
            let rows = there(node).map(|(name, pod)| {
                let state = if pod.is_running() { "Ready" } else { "NotReady" };
                format!("{:<16}{state:<10}{name}-{}\n", id(node, &format!("pod {name}")), node.node_name())
            });
            call.say(format!("{:<16}{:<10}NAME\n{}", "POD ID", "STATE", rows.collect::<Vec<_>>().concat()));
            0
        }
        ["info"] => {
            let ready = node.has_cni();
            let network = if ready { "" } else { "Network plugin returns error: cni plugin not initialized" };
            call.say(format!(
                "{{\n  \"status\": {{\n    \"conditions\": [\n      {{ \"type\": \"RuntimeReady\", \"status\": true }},\n      {{ \"type\": \"NetworkReady\", \"status\": {ready}, \"message\": \"{network}\" }}\n    ]\n  }},\n  \"config\": {{ \"systemdCgroup\": {} }}\n}}\n",
                node.hardware.systemd_cgroup
            ));
            0
        }
        ["logs", rest @ ..] => logs(call, rest),
        ["images" | "image", ..] => {
            call.say(format!("{:<44}TAG\n", "IMAGE"));
            if node.images {
                for image in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"] {
                    call.say(format!("{:<44}{}\n", format!("registry.k8s.io/{image}"), node.kubelet_version));
                }
            }
            0
        }
        ["exec", rest @ ..] => exec(call, rest),
        ["version" | "--version", ..] => {
            call.say("RuntimeName:  containerd\nRuntimeVersion:  1.7.24\nRuntimeApiVersion:  v1\n");
            0
        }
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
}

fn ps(call: &Call<'_>, flags: &[&str]) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let all = flags.iter().any(|flag| {
        flag.starts_with('-') && !flag.starts_with("--") && flag.contains('a') || *flag == "--all"
    });
    let quiet = flags.iter().any(|flag| {
        flag.starts_with('-') && !flag.starts_with("--") && flag.contains('q') || *flag == "--quiet"
    });
    let wanted = flags.windows(2).find(|pair| pair[0] == "--name").map(|pair| pair[1]);
    let wanted = wanted.or_else(|| flags.iter().find_map(|flag| flag.strip_prefix("--name=")));
    let mut out = if quiet {
        String::new()
    } else {
        format!("{:<16}{:<10}{:<26}ATTEMPT\n", "CONTAINER", "STATE", "NAME")
    };
    for (name, pod) in there(node) {
        if wanted.is_some_and(|wanted| !name.contains(wanted)) || !(all || pod.is_running()) {
            continue;
        }
        let state = if pod.is_running() { "Running" } else { "Exited" };
        out += &if quiet {
            format!("{}\n", id(node, name))
        } else {
            format!("{:<16}{state:<10}{name:<26}{}\n", id(node, name), pod.restarts)
        };
    }
    call.say(out);
    0
}

fn logs(call: &Call<'_>, words: &[&str]) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let Some(wanted) = words.iter().rev().find(|word| !word.starts_with('-')) else {
        return call.fail(1, "ID cannot be empty");
    };
    let Some((name, pod)) = there(node).find(|(name, _)| id(node, name).starts_with(*wanted)) else {
        return call.fail(1, format!("FATA[0000] rpc error: code = NotFound desc = an error occurred when try to find container \"{wanted}\": not found"));
    };
    let words =
        if pod.last_words.is_empty() { format!("I main.go:1] {name} runs") } else { pod.last_words.clone() };
    call.say(words + "\n");
    0
}

/// etcdctl in etcd's container; the certificates it is given are the right ones.
fn exec(call: &mut Call<'_>, words: &[&str]) -> i32 {
    let Some(at) = words.iter().position(|word| *word == "etcdctl") else {
        return call.lacks("exec of anything but etcdctl");
    };
    if at == 0 {
        return call.fail(1, "FATA[0000] no etcd is running here");
    }
    let skipped =
        words[at + 1..].iter().skip_while(|word| !matches!(**word, "member" | "endpoint" | "snapshot"));
    let args: Vec<String> = skipped.map(|&word| word.to_owned()).collect();
    let reply = etcdctl::run(call.world, call.node, &args);
    show(call, &reply)
}

fn containerd(call: &mut Call<'_>) -> i32 {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["config", "default"] => call.say(CONTAINERD_DEFAULT),
        ["config", "dump"] => match call.read("/etc/containerd/config.toml") {
            Ok(content) => call.say(String::from_utf8_lossy(&content)),
            Err(why) => return call.fail(1, why),
        },
        ["--version" | "-v"] => call.say("containerd github.com/containerd/containerd 1.7.24\n"),
        _ => return call.lacks("such a start: it runs as a service; `systemctl status containerd`"),
    }
    0
}
