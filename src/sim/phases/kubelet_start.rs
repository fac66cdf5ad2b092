//! `kubelet-start` of init, and what it shares with join's.

use serde_yaml::{Mapping, Value};

use crate::sim::kubeadm::config::{ClusterConfig, Registration};
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Outcome, Process};
use crate::sim::model::paths;
use crate::version::Version;

/// Writes the kubelet's files and starts it; it is not waited for.
pub(super) async fn init(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    process.on_node(|node| node.kubelet.stop());
    process.work(250).await;
    write_flags(process, &kubeadm.config.node, true, &kubeadm.version);
    write_config(process, kubeadm.cluster()?);
    start(process, &kubeadm.version).await;
    Ok(())
}

pub(super) async fn start(process: &Process, version: &Version) {
    process.say("[kubelet-start] Starting the kubelet");
    process.work(700).await;
    let started = process.world(|world| {
        let now = world.now;
        world.nodes.get_mut(&process.node).is_some_and(|node| {
            let possible = !node.kubelet.unit_fails && !node.kubelet.masked;
            if possible {
                node.kubelet.start(now);
            }
            possible
        })
    });
    if !started {
        let warning = "[kubelet-start] WARNING: unable to start the kubelet service: [couldn't start service: exit status 1]";
        let advice = "[kubelet-start] Please ensure kubelet is reloaded and running manually.";
        // On the standard output until 1.23, on the standard error since (#107467).
        for line in [warning, advice] {
            if version.at_least(24) { process.err(line) } else { process.say(line) }
        }
    }
}

/// `kubeadm-flags.env`.
pub(super) fn write_flags(process: &Process, node: &Registration, register_taints: bool, version: &Version) {
    let mut flags = Vec::new();
    if version.at_least(24) {
        flags.push(format!("--container-runtime-endpoint={}", node.cri_socket));
    } else {
        flags.push("--container-runtime=remote".into());
        flags.push(format!("--container-runtime-endpoint={}", node.cri_socket.trim_start_matches("unix://")));
    }
    let hostname = process.on_node(|node| node.hardware.hostname.to_ascii_lowercase());
    if node.name != hostname {
        flags.push(format!("--hostname-override={}", node.name));
    }
    if let Some(taints) = node.taints.as_ref().filter(|taints| register_taints && !taints.is_empty()) {
        let taints: Vec<String> = taints.iter().map(crate::sim::model::objects::Taint::text).collect();
        flags.push(format!("--register-with-taints={}", taints.join(",")));
    }
    flags.extend(node.extra_args.iter().map(|(name, value)| format!("--{name}={value}")));
    process.say(format!(
        "[kubelet-start] Writing kubelet environment file with flags to file \"{}\"",
        paths::KUBELET_FLAGS
    ));
    process.write(paths::KUBELET_FLAGS, 0o644, format!("KUBELET_KUBEADM_ARGS=\"{}\"\n", flags.join(" ")));
    // The socket is also in a file of the node's own (kubeadm.md §3).
    if version.at_least(34) {
        let text = format!(
            "apiVersion: kubelet.config.k8s.io/v1beta1\ncontainerRuntimeEndpoint: {}\nkind: KubeletConfiguration\n",
            node.cri_socket
        );
        process.write(paths::INSTANCE_CONFIG, 0o644, text);
    }
}

/// `config.yaml`.
pub(super) fn write_config(process: &Process, cluster: &ClusterConfig) {
    process
        .say(format!("[kubelet-start] Writing kubelet configuration to file \"{}\"", paths::KUBELET_CONFIG));
    process.write(paths::KUBELET_CONFIG, 0o644, kubelet_config(cluster));
}

/// The kubelet's configuration: kubeadm's defaults under what the operator gave.
pub(super) fn kubelet_config(cluster: &ClusterConfig) -> String {
    let dns = service_dns(&cluster.service_subnet);
    let defaults = format!(
        "apiVersion: kubelet.config.k8s.io/v1beta1\nauthentication:\n  anonymous:\n    enabled: false\n  webhook:\n    cacheTTL: 0s\n    enabled: true\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\nauthorization:\n  mode: Webhook\ncgroupDriver: systemd\nclusterDNS:\n- {dns}\nclusterDomain: {}\nhealthzBindAddress: 127.0.0.1\nhealthzPort: 10248\nkind: KubeletConfiguration\nrotateCertificates: true\nstaticPodPath: {}\n",
        cluster.dns_domain,
        paths::MANIFESTS
    );
    let Some(Value::Mapping(given)) = &cluster.kubelet else { return defaults };
    let Ok(Value::Mapping(mut merged)) = serde_yaml::from_str::<Value>(&defaults) else { return defaults };
    overlay(&mut merged, given);
    serde_yaml::to_string(&merged).unwrap_or(defaults)
}

fn overlay(under: &mut Mapping, over: &Mapping) {
    for (key, value) in over {
        under.insert(key.clone(), value.clone());
    }
}

/// The tenth address of the service network.
fn service_dns(subnets: &str) -> String {
    let first = subnets.split(',').next().and_then(|subnet| subnet.split('/').next()).unwrap_or_default();
    match first.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => std::net::Ipv4Addr::from(u32::from(ip) + 10).to_string(),
        Ok(std::net::IpAddr::V6(ip)) => std::net::Ipv6Addr::from(u128::from(ip) + 10).to_string(),
        Err(_) => "10.96.0.10".into(),
    }
}
