//! What the containers of a control plane have said, from what became of them.

use crate::sim::kubeadm::output::klog;
use crate::sim::model::World;
use crate::sim::model::pods::Pod;

/// The log of `component` on `node`, running or tried since `since`; `words` are its last, where it went down.
pub(crate) fn log(world: &World, node: &str, component: &str, since: i64, words: &str) -> Vec<String> {
    let Some(machine) = world.nodes.get(node) else { return Vec::new() };
    let pod = machine.pods.get(component);
    let ready = pod.is_none_or(|pod| pod.is_ready(world.now));
    let running = pod.is_none_or(Pod::is_running);
    let line = |level: char, ms: i64, place: &str, text: &str| klog(level, ms, 1, place, text);
    let mut out = Vec::new();
    match component {
        "etcd" => {
            let at = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
            let zap = |ms: i64, level: &str, text: &str| {
                format!("{{\"level\":\"{level}\",\"ts\":\"{}\",\"msg\":\"{text}\"}}", at(ms))
            };
            out.push(zap(since, "info", "starting an etcd server"));
            if let Some((cluster, member)) = world.membership(node) {
                out.push(zap(since + 40, "info", &format!("local member {member} of cluster {cluster}")));
                let quorum =
                    world.clusters.get(&cluster).is_some_and(|found| found.without_quorum_since.is_none());
                match (ready, quorum) {
                    (true, true) => out.push(zap(since + 900, "info", "ready to serve client requests")),
                    (_, false) => out.push(zap(world.now, "warn", "etcdserver: no leader")),
                    (false, true) => {}
                }
            }
        }
        "kube-apiserver" if ready => {
            out.push(line('I', since, "server.go:150", "Version: running"));
            out.push(line('I', since + 2_600, "secure_serving.go:213", "Serving securely on [::]:6443"));
        }
        "kube-apiserver" if running => {
            out.push(line('I', since, "server.go:150", "Version: running"));
            out.push(line('W', world.now, "logging.go:59", "[core] grpc: addrConn.createTransport failed to connect to {Addr: \"127.0.0.1:2379\"}. Err: connection error: dial tcp 127.0.0.1:2379: connect: connection refused"));
        }
        _ if ready => {
            out.push(line('I', since, "serving.go:380", &format!("{component} is running")));
            if machine.pods.contains_key(component) {
                let lease = format!("successfully acquired lease kube-system/{component}");
                out.push(line('I', since + 700, "leaderelection.go:260", &lease));
            }
        }
        _ if running => out.push(line(
            'E',
            world.now,
            "leaderelection.go:332",
            &format!("error retrieving resource lock kube-system/{component}: connect: connection refused"),
        )),
        _ => {}
    }
    if !words.is_empty() {
        out.push(line('E', since, "run.go:74", &format!("\"command failed\" err=\"{words}\"")));
    }
    out
}
