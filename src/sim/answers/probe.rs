//! The probe's answer, in the lines of [`crate::survey::probe`].

use super::Lines;
use crate::catalog::Command;
use crate::inventory::model::Endpoint;
use crate::sim::kubeadm::help;
use crate::sim::model::network::Met;
use crate::sim::model::{World, kubeconfig, paths, pki};
use crate::survey::probe::LEFTOVERS;
use crate::transport::request::Reply;

pub(super) fn answer(
    world: &World,
    name: &str,
    endpoint: Option<&Endpoint>,
    cri_socket: &str,
    began: i64,
    asked_ms: i64,
) -> Reply {
    let Some(node) = world.nodes.get(name) else { return super::failed(1, "") };
    let hardware = &node.hardware;
    let mut lines = Lines::default();
    lines.say("epoch_ms", began + hardware.clock_offset_ms);
    lines.say("asked_ms", asked_ms);
    lines.say("uid", 0);
    lines.say("os", &hardware.os);
    lines.say("kernel", &hardware.kernel);
    lines.say("arch", &hardware.arch);
    lines.say("cpus", hardware.cpus);
    lines.say("memory_kib", hardware.memory_mib * 1024);
    lines.say("cgroup", hardware.cgroup);
    lines.yes("cgroup_memory", hardware.cgroup_memory);
    lines.say("hostname", &hardware.hostname);
    lines.say("machine_id", &hardware.machine_id);
    if !hardware.product_uuid.is_empty() {
        lines.say("product_uuid", &hardware.product_uuid);
    }
    for mac in &hardware.macs {
        lines.say("mac", mac);
    }
    for address in &node.addresses {
        let bits = if address.contains(':') { 64 } else { 20 };
        lines.say("address", format!("{address}/{bits}"));
    }
    lines.say("kubeadm", &node.kubeadm);
    lines.say("kubelet", format!("Kubernetes {}", node.kubelet_version));
    lines.yes("kubectl", true);
    for command in Command::ALL {
        for line in help::block(command, &node.kubeadm) {
            lines.say(&format!("help.{command}"), line);
        }
    }
    for socket in &hardware.cri_sockets {
        lines.say("cri_socket", socket);
    }
    if hardware.cri_sockets.iter().any(|socket| socket == cri_socket) {
        lines.yes("cri_answers", hardware.cri_answers);
    }
    for device in &hardware.swap {
        lines.say("swap", device);
    }
    for port in node.listening(world.now) {
        lines.say("listening", port);
    }
    lines.say("free_kib", hardware.free_mib * 1024);
    for folder in &hardware.not_writable {
        lines.say("not_writable", folder);
    }
    for program in &hardware.missing_programs {
        lines.say("missing_program", program);
    }
    for (setting, value) in &hardware.sysctls {
        lines.say("sysctl", format!("{setting}={value}"));
    }
    lines.say("kubelet_state", node.kubelet.state().replace("masked", "inactive"));
    let enabled = match (node.kubelet.masked, node.kubelet.enabled) {
        (true, _) => "masked",
        (false, true) => "enabled",
        (false, false) => "disabled",
    };
    lines.say("kubelet_enabled", enabled);
    for path in LEFTOVERS {
        if node.disk.has(path) || !node.disk.is_empty_dir(path) {
            lines.say("leftover", path);
        }
    }
    if let Some(conf) = node.disk.text(paths::KUBELET).and_then(kubeconfig::parse) {
        lines.say("server", conf.server);
    }
    if let Some(card) = node.disk.text("/etc/kubernetes/pki/ca.crt").and_then(pki::read) {
        lines.say("ca_hash", card.key_hash);
    }
    if let Some(endpoint) = endpoint {
        let met = world.dial(name, &endpoint.host, endpoint.port);
        lines.yes("endpoint_answers", matches!(met, Met::Node(_) | Met::Closed));
    }
    lines.yes("name_resolves", hardware.name_resolves);
    lines.end()
}
