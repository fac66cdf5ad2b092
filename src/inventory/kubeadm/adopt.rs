//! What the inventory leaves open and the operator's documents say: taken over, so that checks and plans see it.

use super::documents::find;
use crate::inventory::cidr::Cidr;
use crate::inventory::model::Kubernetes;
use crate::inventory::read::{Places, parse_endpoint};
use crate::inventory::yaml::{At, Node, Report, Span};

/// Fields that the inventory has too: kind, path, and the inventory's key.
const SHARED: &[(&str, &str, &str)] = &[
    ("ClusterConfiguration", "kubernetesVersion", "version"),
    ("ClusterConfiguration", "controlPlaneEndpoint", "controlPlaneEndpoint"),
    ("ClusterConfiguration", "networking.podSubnet", "podSubnet"),
    ("ClusterConfiguration", "networking.serviceSubnet", "serviceSubnet"),
    ("ClusterConfiguration", "networking.dnsDomain", "dnsDomain"),
    ("ClusterConfiguration", "imageRepository", "imageRepository"),
    ("InitConfiguration", "nodeRegistration.criSocket", "criSocket"),
];

/// Takes over what only the documents say; where both speak the inventory wins, with a warning. `place` is
/// where the inventory names the documents.
pub(crate) fn adopt(
    documents: &[Node],
    place: Span,
    kubernetes: &mut Kubernetes,
    places: &mut Places,
    report: &mut Report<'_>,
) {
    for (kind, path, key) in SHARED {
        let document =
            documents.iter().find(|document| document.get("kind").and_then(Node::as_text) == Some(kind));
        let Some(node) = document.and_then(|document| find(document, path)) else { continue };
        let Some(text) = node.as_text() else {
            report.error(node.at, format!("`{}` is not a text", node.shown()), "");
            continue;
        };
        if let Some(ours) = given(key, kubernetes, places) {
            if ours != text {
                let message = format!("`{path}` is {ours} in the inventory, which wins");
                report.warning(
                    node.at,
                    message,
                    format!("keep one of the two: this, or spec.kubernetes.{key}"),
                );
            }
        } else if !take_over(key, text, place, kubernetes, places) {
            report.error(node.at, format!("`{}` is not a {key}", node.shown()), "");
        }
    }
}

/// What the inventory says itself.
fn given(key: &str, kubernetes: &Kubernetes, places: &Places) -> Option<String> {
    match key {
        "version" => {
            places.version.map(|_| kubernetes.version.as_ref().map(ToString::to_string).unwrap_or_default())
        }
        "controlPlaneEndpoint" => places
            .endpoint
            .map(|_| kubernetes.control_plane_endpoint.as_ref().map(ToString::to_string).unwrap_or_default()),
        "podSubnet" => kubernetes.pod_subnet.clone(),
        "serviceSubnet" => kubernetes.service_subnet.clone(),
        "dnsDomain" => kubernetes.dns_domain.clone(),
        "imageRepository" => kubernetes.image_repository.clone(),
        _ => places.cri_socket.map(|_| kubernetes.cri_socket.clone()),
    }
}

fn take_over(key: &str, text: &str, place: Span, kubernetes: &mut Kubernetes, places: &mut Places) -> bool {
    let networks = || Cidr::list(text).ok().map(|value| At { value, at: place });
    match key {
        "version" => {
            kubernetes.version = text.parse().ok();
            places.version = Some(place);
            kubernetes.version.is_some()
        }
        "controlPlaneEndpoint" => {
            kubernetes.control_plane_endpoint = parse_endpoint(text);
            places.endpoint = Some(place);
            kubernetes.control_plane_endpoint.is_some()
        }
        "podSubnet" => {
            places.pods = networks();
            kubernetes.pod_subnet = Some(text.to_owned());
            places.pods.is_some()
        }
        "serviceSubnet" => {
            places.services = networks();
            kubernetes.service_subnet = Some(text.to_owned());
            places.services.is_some()
        }
        "dnsDomain" => {
            kubernetes.dns_domain = Some(text.to_owned());
            places.dns_domain = Some(place);
            true
        }
        "imageRepository" => {
            kubernetes.image_repository = Some(text.to_owned());
            places.image_repository = Some(place);
            true
        }
        _ => {
            let path = text.strip_prefix("unix://").unwrap_or(text);
            kubernetes.cri_socket = format!("unix://{path}");
            places.cri_socket = Some(place);
            path.starts_with('/')
        }
    }
}
