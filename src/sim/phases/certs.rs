//! `certs`: the three authorities and what they sign.

use crate::catalog::Command;
use crate::sim::kubeadm::config::{ClusterConfig, Registration};
use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome, Process};
use crate::sim::model::paths;
use crate::sim::model::pki::{self, Pair, Subject, Validity};
use crate::version::Version;

/// A certificate of kubeadm's list: phase, file, and what it is for.
#[derive(Debug, Clone, Copy)]
struct Kind {
    phase: &'static str,
    base: &'static str,
    /// The signing authority's name and file; none for authorities.
    ca: Option<(&'static str, &'static str)>,
    common_name: &'static str,
    server: bool,
    client: bool,
}

const CLUSTER_CA: Option<(&str, &str)> = Some(("ca", "ca"));
const FRONT_PROXY_CA: Option<(&str, &str)> = Some(("front-proxy-ca", "front-proxy-ca"));
const ETCD_CA: Option<(&str, &str)> = Some(("etcd-ca", "etcd/ca"));

#[rustfmt::skip]
const KINDS: [Kind; 10] = [
    Kind { phase: "ca", base: "ca", ca: None, common_name: "kubernetes", server: false, client: false },
    Kind { phase: "apiserver", base: "apiserver", ca: CLUSTER_CA, common_name: "kube-apiserver", server: true, client: false },
    Kind { phase: "apiserver-kubelet-client", base: "apiserver-kubelet-client", ca: CLUSTER_CA, common_name: "kube-apiserver-kubelet-client", server: false, client: true },
    Kind { phase: "front-proxy-ca", base: "front-proxy-ca", ca: None, common_name: "front-proxy-ca", server: false, client: false },
    Kind { phase: "front-proxy-client", base: "front-proxy-client", ca: FRONT_PROXY_CA, common_name: "front-proxy-client", server: false, client: true },
    Kind { phase: "etcd-ca", base: "etcd/ca", ca: None, common_name: "etcd-ca", server: false, client: false },
    Kind { phase: "etcd-server", base: "etcd/server", ca: ETCD_CA, common_name: "", server: true, client: true },
    Kind { phase: "etcd-peer", base: "etcd/peer", ca: ETCD_CA, common_name: "", server: true, client: true },
    Kind { phase: "etcd-healthcheck-client", base: "etcd/healthcheck-client", ca: ETCD_CA, common_name: "kube-etcd-healthcheck-client", server: false, client: true },
    Kind { phase: "apiserver-etcd-client", base: "apiserver-etcd-client", ca: ETCD_CA, common_name: "kube-apiserver-etcd-client", server: false, client: true },
];

/// What a joining control plane makes itself. kubeadm's own order is another one each time: it walks a map.
pub(super) const LEAVES: [&str; 7] = [
    "front-proxy-client",
    "apiserver",
    "apiserver-kubelet-client",
    "etcd-server",
    "etcd-peer",
    "etcd-healthcheck-client",
    "apiserver-etcd-client",
];

pub(super) fn heading(kubeadm: &Kubeadm) {
    kubeadm.process.say(format!("[certs] Using certificateDir folder \"{}\"", paths::PKI));
}

/// One certificate, or the service accounts' keys.
pub(super) async fn one(kubeadm: &Kubeadm, leaf: &str) -> Outcome {
    let process = &kubeadm.process;
    process.work(90).await;
    if leaf == "sa" {
        return service_accounts(process);
    }
    let kind = KINDS
        .iter()
        .find(|kind| kind.phase == leaf)
        .ok_or_else(|| Exit::phase(format!("no certificate {leaf}")))?;
    match kind.ca {
        None => authority(process, *kind, &kubeadm.version),
        Some(ca) => signed(kubeadm, *kind, ca),
    }
}

fn service_accounts(process: &Process) -> Outcome {
    if process.has("/etc/kubernetes/pki/sa.key") {
        process.say("[certs] Using the existing \"sa\" key");
        return Ok(());
    }
    process.say("[certs] Generating \"sa\" key and public key");
    let (private, public) = pki::service_account_keys()?;
    process.write("/etc/kubernetes/pki/sa.key", 0o600, private);
    process.write("/etc/kubernetes/pki/sa.pub", 0o600, public);
    Ok(())
}

/// The pair of files of `base`, if both are there.
pub(super) fn load(process: &Process, base: &str) -> Option<Pair> {
    let cert = process.read(&format!("{}/{base}.crt", paths::PKI))?;
    let key = process.read(&format!("{}/{base}.key", paths::PKI))?;
    Some(Pair { cert, key })
}

fn store(process: &Process, base: &str, pair: Pair) {
    process.write(&format!("{}/{base}.crt", paths::PKI), 0o644, pair.cert);
    process.write(&format!("{}/{base}.key", paths::PKI), 0o600, pair.key);
}

fn authority(process: &Process, kind: Kind, version: &Version) -> Outcome {
    let base = kind.base;
    if process.has(&format!("{}/{base}.crt", paths::PKI)) {
        let words = if load(process, base).is_some() { "" } else { " keyless" };
        process.say(format!("[certs] Using existing {base}{words} certificate authority"));
        return Ok(());
    }
    process.say(format!("[certs] Generating \"{base}\" certificate and key"));
    let validity = Validity::authority(process.store.now(), version.at_least(28));
    store(process, base, pki::authority(kind.common_name, validity)?);
    Ok(())
}

fn signed(kubeadm: &Kubeadm, kind: Kind, (ca_name, ca_base): (&str, &str)) -> Outcome {
    let (process, version) = (&kubeadm.process, &kubeadm.version);
    let (cluster, node) = (kubeadm.cluster()?, &kubeadm.config.node);
    let base = kind.base;
    let ca = load(process, ca_base).ok_or_else(|| {
        Exit::phase(format!(
            "couldn't load CA certificate {ca_name}: couldn't load {ca_base} certificate authority from {}",
            paths::PKI
        ))
    })?;
    if let Some(pair) = load(process, base) {
        if !pki::is_signed_by(&pair.cert, &ca.cert) {
            return Err(Exit::phase(format!(
                "[certs] certificate {base} not signed by CA certificate {ca_base}"
            )));
        }
        process.say(if kubeadm.command == Command::Join {
            format!("[certs] Using the existing \"{base}\" certificate and key")
        } else {
            format!("[certs] Using existing {base} certificate and key on disk")
        });
        return Ok(());
    }
    let names = match kind.phase {
        "apiserver" => api_server_names(cluster, node),
        "etcd-server" | "etcd-peer" => etcd_names(cluster, node, kind.phase),
        _ => Vec::new(),
    };
    let organization = match kind.phase {
        "apiserver-kubelet-client" if version.at_least(29) => Some("kubeadm:cluster-admins"),
        "apiserver-kubelet-client" | "etcd-healthcheck-client" | "apiserver-etcd-client"
            if !version.at_least(29) =>
        {
            Some("system:masters")
        }
        _ => None,
    };
    let subject = Subject {
        common_name: if kind.common_name.is_empty() { &node.name } else { kind.common_name },
        organizations: organization.into_iter().collect(),
        server: kind.server,
        client: kind.client,
        names: names.clone(),
    };
    let pair = pki::sign(&ca, &subject, Validity::leaf(process.store.now()))?;
    process.say(format!("[certs] Generating \"{base}\" certificate and key"));
    store(process, base, pair);
    if kind.server {
        let (ips, dns): (Vec<&String>, Vec<&String>) =
            names.iter().partition(|name| name.parse::<std::net::IpAddr>().is_ok());
        let list = |names: &[&String]| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" ");
        process.say(format!(
            "[certs] {base} serving cert is signed for DNS names [{}] and IPs [{}]",
            list(&dns),
            list(&ips)
        ));
    }
    Ok(())
}

fn api_server_names(cluster: &ClusterConfig, node: &Registration) -> Vec<String> {
    let mut names: Vec<String> = [
        node.name.clone(),
        "kubernetes".into(),
        "kubernetes.default".into(),
        "kubernetes.default.svc".into(),
        format!("kubernetes.default.svc.{}", cluster.dns_domain),
    ]
    .into();
    names.extend(service_address(&cluster.service_subnet));
    names.push(node.advertise.clone());
    if let Some(endpoint) = &cluster.endpoint {
        let host =
            crate::sim::model::network::host_port(endpoint).map_or(endpoint.as_str(), |(host, _)| host);
        names.push(host.to_owned());
    }
    names.extend(cluster.cert_sans.iter().cloned());
    unique(names)
}

fn etcd_names(cluster: &ClusterConfig, node: &Registration, phase: &str) -> Vec<String> {
    let mut names =
        vec![node.name.clone(), "localhost".into(), node.advertise.clone(), "127.0.0.1".into(), "::1".into()];
    let field = if phase == "etcd-server" { "etcd.local.serverCertSANs" } else { "etcd.local.peerCertSANs" };
    names.extend(cluster.texts(field));
    unique(names)
}

fn unique(names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// The first address of the service network, which the service `kubernetes` has.
fn service_address(subnets: &str) -> Option<String> {
    let first = subnets.split(',').next()?.split('/').next()?;
    match first.parse::<std::net::IpAddr>().ok()? {
        std::net::IpAddr::V4(ip) => Some(std::net::Ipv4Addr::from(u32::from(ip) + 1).to_string()),
        std::net::IpAddr::V6(ip) => Some(std::net::Ipv6Addr::from(u128::from(ip) + 1).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_address_is_the_networks_first() {
        assert_eq!(service_address("172.16.0.0/20"), Some("172.16.0.1".into()));
        assert_eq!(service_address("fd00:10::/108,10.96.0.0/12"), Some("fd00:10::1".into()));
        assert_eq!(service_address("x"), None);
    }
}
