//! The cluster, asked by its clients.

use super::super::call::Call;
use super::{Program, now};
use crate::sim::answers::{etcdctl, kubectl};
use crate::transport::request::Reply;

pub(super) const PROGRAMS: &[Program] = &[
    now("kubectl", "get, describe, delete, label, apply and others", 180, run_kubectl),
    now("etcdctl", "member list, member remove, endpoint health", 220, run_etcdctl),
];

/// Without etcdctl's endpoints and certificates, which are known here, before its command.
pub(super) fn without_flags(args: &[String]) -> Vec<String> {
    let is_command = |arg: &&String| matches!(arg.as_str(), "member" | "endpoint" | "version");
    args.iter().skip_while(|arg| !is_command(arg)).cloned().collect()
}

/// Prints a reply and gives its exit status.
pub(super) fn show(call: &Call<'_>, reply: &Reply) -> i32 {
    call.say(&reply.stdout);
    call.printer.complain(&reply.stderr);
    reply.rc
}

fn run_kubectl(call: &mut Call<'_>) -> i32 {
    let mut args = call.args.to_vec();
    let named = args.iter().any(|arg| arg == "--kubeconfig" || arg.starts_with("--kubeconfig="));
    if !named {
        let variable = call.session.variable("KUBECONFIG").to_owned();
        let path = if variable.is_empty() {
            "/root/.kube/config".to_owned()
        } else {
            call.session.absolute(&variable)
        };
        if call.machine().is_ok_and(|node| node.disk.has(&path)) {
            args.extend(["--kubeconfig".to_owned(), path]);
        } else if !args.iter().any(|arg| arg == "--client" || arg == "--help") {
            // What kubectl does with a configuration that isn't there: its defaults.
            call.printer.complain(
                "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n",
            );
            return 1;
        }
    }
    for at in 1..args.len() {
        let is_file = matches!(args[at - 1].as_str(), "-f" | "--filename") && args[at] != "-";
        if is_file && !args[at].contains("://") {
            args[at] = call.session.absolute(&args[at]);
        }
    }
    let input = call.input.map(|input| String::from_utf8_lossy(input).into_owned());
    let reply = kubectl::run(call.world, call.node, &args, input.as_deref());
    show(call, &reply)
}

fn run_etcdctl(call: &mut Call<'_>) -> i32 {
    let args = without_flags(call.args);
    let reply = etcdctl::run(call.world, call.node, &args);
    show(call, &reply)
}
