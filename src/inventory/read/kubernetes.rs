//! `spec.kubernetes`.

use super::aliases::hint;
use super::login::is_host;
use super::{Context, Places};
use crate::inventory::cidr::{Cidr, InvalidCidr};
use crate::inventory::kubeadm::is_url;
use crate::inventory::model::{Endpoint, Kubernetes};
use crate::inventory::surroundings::resolve;
use crate::inventory::yaml::{At, Field, Fields, Kind, Node, Report, Shape, items, number, parsed, text};
use crate::version::Version;

/// containerd's own socket, kubeadm's default since 1.24.
const CONTAINERD: &str = "unix:///run/containerd/containerd.sock";

/// `spec.kubernetes`.
pub(crate) const SHAPE: Shape = Shape::of(&[
    Field::new(
        "version",
        "The whole version; without one, the kubeadm on the first control plane decides.",
        Kind::form(r"v?[0-9]+\.[0-9]+\.[0-9]+\S*", &["v1.29.6", "1.33.4"]),
    ),
    Field::new(
        "controlPlaneEndpoint",
        "host:port of the API server that all nodes use; needed with several control planes.",
        Kind::Either(&[Kind::text(&["10.4.0.10:6443", "k8s.example.lan"]), Kind::Map(&ENDPOINT)]),
    ),
    Field::new(
        "podSubnet",
        "The pods' network; two, with a comma, for both families.",
        networks_like(&["10.244.0.0/16", "192.168.0.0/16"]),
    ),
    Field::new(
        "serviceSubnet",
        "The services' network; two, with a comma, for both families.",
        networks_like(&["10.96.0.0/16", "172.16.0.0/20"]),
    ),
    Field::new(
        "dnsDomain",
        "The cluster's domain; cluster.local by default.",
        Kind::text(&["cluster.local"]),
    ),
    Field::new(
        "criSocket",
        "The container runtime's socket; containerd's by default.",
        Kind::form("(unix://)?/.*", &[CONTAINERD, "unix:///run/crio/crio.sock"]),
    ),
    Field::new(
        "certSANs",
        "Further names and addresses in the API server's certificate.",
        Kind::List(&Kind::text(&["k8s.example.org", "192.0.2.7"])),
    ),
    Field::new("imageRepository", "Where images come from.", Kind::text(&["registry.k8s.io"])),
    Field::new(
        "ignorePreflightErrors",
        "Preflight checks that you accept as they are.",
        Kind::List(&Kind::text(&["Swap", "NumCPU"])),
    ),
    Field::new(
        "manifests",
        "Applied as soon as the API server answers: paths or URLs; the network plugin's among them.",
        Kind::List(&Kind::text(&["https://example.org/cni.yaml", "./cni.yaml"])),
    ),
    Field::new(
        "config",
        "A file of kubeadm, kubelet and kube-proxy documents, merged under the fields above.",
        Kind::text(&["./kubeadm.yaml"]),
    ),
]);

const fn networks_like(such_as: &'static [&'static str]) -> Kind {
    Kind::form(r"[0-9a-fA-F.:/,\s]+", such_as)
}

/// `host` or `address`, as other tools have it.
const ENDPOINT: Shape = Shape::of(&[
    Field::new("host", "A DNS name or an address.", Kind::text(&["k8s.example.lan"])),
    Field::new("address", "The same as `host`.", Kind::text(&["10.4.0.10"])),
    Field::new("port", "6443 by default.", Kind::Number(1)),
]);

pub(crate) fn read(
    node: Option<&Node>,
    context: Context<'_>,
    places: &mut Places,
    report: &mut Report<'_>,
) -> Kubernetes {
    let fields = node.and_then(|node| Fields::open(node, "spec.kubernetes", &SHAPE, hint, report));
    let get = |key: &str| fields.as_ref().and_then(|fields| fields.get(key));
    let place = |key: &str| get(key).map(|node| node.at);
    places.version = place("version");
    places.endpoint = place("controlPlaneEndpoint");
    places.cri_socket = place("criSocket");
    places.dns_domain = place("dnsDomain");
    places.image_repository = place("imageRepository");
    places.pods = get("podSubnet").and_then(|node| networks(node, report));
    places.services = get("serviceSubnet").and_then(|node| networks(node, report));
    places.services_unreadable = get("serviceSubnet").is_some() && places.services.is_none();
    places.preflight = texts(get("ignorePreflightErrors"), "ignorePreflightErrors", report);
    places.config = get("config").and_then(|node| {
        let path = text(node, "a path", report)?;
        Some(At { value: resolve(&path.value, context.path, context.outside), at: path.at })
    });
    let manifests = texts(get("manifests"), "manifests", report);
    places.manifests = manifests.into_iter().map(|given| manifest(given, context)).collect();
    let values = |list: &[At<String>]| list.iter().map(|item| item.value.clone()).collect();
    Kubernetes {
        version: get("version").and_then(|node| version(node, report)),
        control_plane_endpoint: get("controlPlaneEndpoint").and_then(|node| endpoint(node, report)),
        pod_subnet: places.pods.as_ref().map(join),
        service_subnet: places.services.as_ref().map(join),
        dns_domain: get("dnsDomain").and_then(|node| Some(text(node, "a domain", report)?.value)),
        cri_socket: get("criSocket")
            .and_then(|node| cri_socket(node, report))
            .unwrap_or_else(|| CONTAINERD.to_owned()),
        cert_sans: cert_sans(get("certSANs"), report),
        image_repository: get("imageRepository")
            .and_then(|node| Some(text(node, "an image repository", report)?.value)),
        ignore_preflight_errors: values(&places.preflight),
        manifests: values(&places.manifests),
        extra: Vec::new(),
    }
}

fn version(node: &Node, report: &mut Report<'_>) -> Option<Version> {
    let channel = node.as_text().is_some_and(|text| {
        ["stable", "latest", "ci/", "release/"]
            .iter()
            .any(|start| text.trim_start_matches('v').starts_with(start))
    });
    let help = if channel {
        "a moving target would be looked up anew by each node; write the whole version, like v1.29.6"
    } else {
        "write the whole version, like v1.29.6; without one, the first control plane's kubeadm decides"
    };
    parsed(node, "a Kubernetes version", help, report, |text| text.parse().ok()).map(|found| found.value)
}

/// `host:port`, or a map with `host` (or `address`) and `port`.
fn endpoint(node: &Node, report: &mut Report<'_>) -> Option<Endpoint> {
    if node.as_text().is_some() {
        let help = "write it as host:port, like 10.4.0.10:6443";
        return parsed(node, "an endpoint", help, report, parse_endpoint).map(|found| found.value);
    }
    let fields = Fields::open(node, "controlPlaneEndpoint", &ENDPOINT, |_| None, report)?;
    let host = fields.get("host").or_else(|| fields.get("address"));
    let Some(host) = host else {
        report.error(fields.at, "controlPlaneEndpoint has no `host`", "write it as host:port");
        return None;
    };
    let host =
        parsed(host, "a host name or address", "", report, |text| is_host(text).then(|| text.to_owned()))?;
    let port = match fields.get("port") {
        Some(port) => number::<u16>(port, "a port", report)?,
        None => 6443,
    };
    Some(Endpoint { host: host.value, port })
}

/// `host`, `host:port` or `[address]:port`.
pub(crate) fn parse_endpoint(text: &str) -> Option<Endpoint> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
    } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
        (text, None)
    } else {
        text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)))
    };
    let port = match port {
        None => 6443,
        Some(port) => port.parse().ok().filter(|port| *port > 0)?,
    };
    is_host(host).then(|| Endpoint { host: host.to_owned(), port })
}

fn networks(node: &Node, report: &mut Report<'_>) -> Option<At<Vec<Cidr>>> {
    let mut value = Vec::new();
    for part in node.as_text().unwrap_or_default().split(',') {
        match part.trim().parse() {
            Ok(network) => value.push(network),
            Err(error @ InvalidCidr::Syntax) => {
                report.error(node.at, format!("`{}` is {error}", node.shown()), "");
                return None;
            }
            Err(InvalidCidr::HostBits(network)) => {
                let message = format!("`{}` has bits set behind its prefix", node.shown());
                report.error(node.at, message, format!("the network is {network}"));
                // Meant is clear enough to look for overlaps with it.
                value.push(network);
            }
        }
    }
    Some(At { value, at: node.at })
}

fn join(networks: &At<Vec<Cidr>>) -> String {
    networks.value.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// kubeadm puts `unix://` in front of a bare path and warns since 1.24: kubeadm.md §3.
fn cri_socket(node: &Node, report: &mut Report<'_>) -> Option<String> {
    let help = format!("write it like {CONTAINERD}");
    let sound = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
    let found = parsed(node, "a runtime's socket", &help, report, |text| {
        let path = text.strip_prefix("unix://").unwrap_or(text);
        (path.starts_with('/') && sound(path)).then(|| text.to_owned())
    })?;
    if found.value.starts_with('/') {
        let fixed = format!("unix://{}", found.value);
        report.warning(found.at, "the runtime's socket has no scheme", format!("write {fixed}"));
        return Some(fixed);
    }
    Some(found.value)
}

fn cert_sans(node: Option<&Node>, report: &mut Report<'_>) -> Vec<String> {
    let Some(list) = node.and_then(|node| items(node, "certSANs", report)) else { return Vec::new() };
    let name = |text: &str| is_host(text.strip_prefix("*.").unwrap_or(text)).then(|| text.to_owned());
    let read = |node| parsed(node, "a host name or address", "", report, name);
    list.iter().filter_map(read).map(|found| found.value).collect()
}

fn texts(node: Option<&Node>, what: &str, report: &mut Report<'_>) -> Vec<At<String>> {
    let Some(list) = node.and_then(|node| items(node, what, report)) else { return Vec::new() };
    list.iter().filter_map(|node| text(node, "a text on one line", report)).collect()
}

/// A URL as it is, or a path from the inventory's folder.
fn manifest(given: At<String>, context: Context<'_>) -> At<String> {
    if is_url(&given.value) {
        return given;
    }
    let path = resolve(&given.value, context.path, context.outside);
    At { value: path.to_string_lossy().into_owned(), at: given.at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read_in_both_families() {
        let read = |text: &str| parse_endpoint(text).map(|endpoint| endpoint.to_string());
        for (text, want) in [
            ("10.4.0.10:6443", "10.4.0.10:6443"),
            ("k8s.lan", "k8s.lan:6443"),
            ("[fd00::1]:8443", "[fd00::1]:8443"),
            ("fd00::1", "[fd00::1]:6443"),
        ] {
            assert_eq!(read(text).as_deref(), Some(want), "{text}");
        }
        for bad in [
            "",
            ":6443",
            "a:",
            "a:0",
            "a:65536",
            "a b:1",
            "[::1",
            "[x]:1",
            "https://a:6443",
            "-a:1",
            "a:$(id)",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
