//! The cluster's settings among the variables of its first control plane.

use serde_yaml::{Mapping, Value};

use super::Left;
use super::ansible::Vars;
use super::value::{Reading, put, structured, text_of};
use crate::ids::NodeName;
use crate::version::Version;

const VERSION: [&str; 4] = ["kube_version", "kubernetes_version", "k8s_version", "kubernetes_release"];
const PODS: [&str; 6] = [
    "kube_pods_subnet",
    "pod_network_cidr",
    "pod_subnet",
    "pod_cidr",
    "cluster_cidr",
    "kubernetes_pod_subnet",
];
const SERVICES: [&str; 5] = [
    "kube_service_addresses",
    "service_subnet",
    "service_cidr",
    "service_cluster_ip_range",
    "kubernetes_service_subnet",
];
const ENDPOINT: [&str; 3] =
    ["loadbalancer_apiserver", "control_plane_endpoint", "kubernetes_control_plane_endpoint"];
const SANS: [&str; 2] = ["supplementary_addresses_in_ssl_keys", "apiserver_cert_extra_sans"];
const IMAGES: [&str; 2] = ["kube_image_repo", "kubernetes_image_repository"];
const DOMAIN: &str = "dns_domain";
const NAME: &str = "cluster_name";
const SOCKET: &str = "cri_socket";
const RUNTIME: &str = "container_manager";
const PLUGIN: [&str; 2] = ["kube_network_plugin", "kubernetes_pod_network"];

/// Every name that is understood here.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let lists: [&[&'static str]; 8] =
        [&VERSION, &PODS, &SERVICES, &ENDPOINT, &SANS, &IMAGES, &PLUGIN, &[DOMAIN, NAME, SOCKET, RUNTIME]];
    lists.into_iter().flatten().copied()
}

/// `spec.kubernetes`, and the cluster's name if one is said.
pub(super) fn settings(vars: &Vars, left: &mut Vec<Left>) -> (Mapping, Option<String>) {
    let mut reading = Reading { vars, left };
    let mut found = Mapping::new();
    if let Some(text) = reading.text(&VERSION) {
        let whole = if text.starts_with('v') { text } else { format!("v{text}") };
        if whole.parse::<Version>().is_ok() {
            put(&mut found, "version", whole);
        } else {
            let name = reading.name_of(&VERSION);
            reading.leave(name, "is no whole version like v1.29.6");
        }
    }
    if let Some(endpoint) = endpoint(&mut reading) {
        put(&mut found, "controlPlaneEndpoint", endpoint);
    }
    let (pods, plugin) = network(&mut reading);
    if let Some(pods) = reading.text(&PODS).or(pods) {
        put(&mut found, "podSubnet", pods);
    }
    if let Some(services) = reading.text(&SERVICES) {
        put(&mut found, "serviceSubnet", services);
    }
    let mut name = None;
    if let Some(said) = reading.text(&[NAME]) {
        // kubespray's cluster name is a domain.
        if said.contains('.') {
            put(&mut found, "dnsDomain", said);
        } else if NodeName::new(said.clone()).is_ok() {
            name = Some(said);
        } else {
            reading.leave(NAME, "use lower-case letters, digits and `-`");
        }
    }
    let is_alias =
        matches!(vars.get(DOMAIN), Some(var) if var.value == Value::String("{{ cluster_name }}".to_owned()));
    if !is_alias && let Some(domain) = reading.text(&[DOMAIN]) {
        put(&mut found, "dnsDomain", domain);
    }
    if let Some(socket) = socket(&mut reading) {
        put(&mut found, "criSocket", socket);
    }
    let sans = reading.name_of(&SANS);
    if let Some(sans) = reading.texts(sans) {
        found.insert("certSANs".into(), sans);
    }
    if let Some(images) = reading.text(&IMAGES) {
        put(&mut found, "imageRepository", images);
    }
    if let Some(plugin) = plugin {
        let name = reading.name_of(&PLUGIN);
        let why = format!("name {plugin}'s manifest under spec.kubernetes.manifests");
        reading.leave(name, &why);
    }
    (found, name)
}

/// kubespray's map of address and port, or a text.
fn endpoint(reading: &mut Reading<'_>) -> Option<String> {
    let value = reading.any(&ENDPOINT)?;
    let value = structured(&value);
    let Value::Mapping(map) = &value else { return text_of(&value).filter(|text| !text.is_empty()) };
    let part = |key: &str| map.get(key).and_then(text_of);
    let Some(address) = part("address").or_else(|| part("host")) else {
        let name = reading.name_of(&ENDPOINT);
        reading.leave(name, "has no address");
        return None;
    };
    let address = if address.contains(':') { format!("[{address}]") } else { address };
    Some(format!("{address}:{}", part("port").unwrap_or_else(|| "6443".to_owned())))
}

/// The pods' network in geerlingguy's map, and the plugin's name.
fn network(reading: &mut Reading<'_>) -> (Option<String>, Option<String>) {
    let Some(value) = reading.any(&PLUGIN) else { return (None, None) };
    match structured(&value) {
        Value::Mapping(map) => (map.get("cidr").and_then(text_of), map.get("cni").and_then(text_of)),
        other => (None, text_of(&other)),
    }
}

fn socket(reading: &mut Reading<'_>) -> Option<String> {
    if let Some(socket) = reading.text(&[SOCKET]) {
        return Some(if socket.starts_with('/') { format!("unix://{socket}") } else { socket });
    }
    match reading.text(&[RUNTIME]).as_deref() {
        None | Some("containerd") => None,
        Some("crio" | "cri-o") => Some("unix:///var/run/crio/crio.sock".to_owned()),
        Some(_) => {
            reading.leave(RUNTIME, "name its socket as spec.kubernetes.criSocket");
            None
        }
    }
}
