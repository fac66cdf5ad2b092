//! Pods, services, nodes and the endpoint must not be in each other's way.

use std::net::IpAddr;

use crate::inventory::cidr::Cidr;
use crate::inventory::model::Inventory;
use crate::inventory::read::Places;
use crate::inventory::yaml::{At, Report, Span};

/// kubeadm's default for services.
const DEFAULT_SERVICES: &str = "10.96.0.0/12";

pub(super) fn check(inventory: &Inventory, places: &Places, report: &mut Report<'_>) {
    let mut nets = Vec::new();
    if let Some(services) = &places.services {
        sizes(services, "serviceSubnet", report);
        nets.extend(services.value.iter().map(|net| Net {
            range: *net,
            at: services.at,
            what: "the service subnet",
        }));
    } else if let (false, Ok(net)) = (places.services_unreadable, DEFAULT_SERVICES.parse()) {
        let at = places.pods.as_ref().map_or(places.hosts_at, |pods| pods.at);
        nets.push(Net { range: net, at, what: "kubeadm's default service subnet" });
    }
    if let Some(pods) = &places.pods {
        sizes(pods, "podSubnet", report);
        for net in &pods.value {
            if let Some(other) = nets.iter().find(|other| other.range.overlaps(net)) {
                let message = format!("{net} overlaps {} {}", other.what, other.range);
                report.error(pods.at, message, "choose networks that have no address in common");
            }
        }
        nets.extend(pods.value.iter().map(|net| Net { range: *net, at: pods.at, what: "the pod subnet" }));
    }
    endpoint(inventory, places, &nets, report);
    for (host, at) in inventory.hosts.iter().zip(&places.hosts) {
        let dialled = host.ssh.address.parse().ok().zip(Some(at.address.unwrap_or(at.name)));
        let own = host.private_address.zip(at.private);
        // The address that ssh dials may be one outside, mapped to the node's own.
        if let Some((address, place)) = own {
            reachable(address, place, report);
        }
        if let Some((address, place)) = own.or(dialled) {
            inside(address, place, host.name.as_str(), &nets, report);
            family(address, place, places, report);
        }
    }
}

/// A network, where it was given, and what it is for.
struct Net {
    range: Cidr,
    at: Span,
    what: &'static str,
}

/// An address that other nodes could reach; kubeadm refuses loopback: kubeadm.md §3.
fn reachable(address: IpAddr, place: Span, report: &mut Report<'_>) {
    let local = match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    if local || address.is_loopback() || address.is_unspecified() || address.is_multicast() {
        let message = format!("other nodes can't reach {address}");
        report.error(place, message, "give the address that the node has in the cluster's network");
    }
}

fn inside(address: IpAddr, place: Span, who: &str, nets: &[Net], report: &mut Report<'_>) {
    if let Some(net) = nets.iter().find(|net| net.range.contains(address)) {
        let help = if net.what.contains("default") {
            "choose another network: spec.kubernetes.serviceSubnet".to_owned()
        } else {
            format!("choose another network for it (line {})", net.at.line)
        };
        report.error(place, format!("{who}'s address {address} lies in {} {}", net.what, net.range), help);
    }
}

/// One family: all addresses of it. Two families: either will do.
fn family(address: IpAddr, place: Span, places: &Places, report: &mut Report<'_>) {
    let both = places.services.iter().chain(&places.pods);
    for (subnets, key) in
        both.zip(if places.services.is_some() { ["serviceSubnet", "podSubnet"] } else { ["podSubnet", ""] })
    {
        if subnets.value.iter().all(|net| net.is_v6() != address.is_ipv6()) {
            let (own, other) = if address.is_ipv6() { ("IPv6", "IPv4") } else { ("IPv4", "IPv6") };
            let message = format!("{address} is {own}, but {key} has {other} only");
            report.error(place, message, "use one family everywhere, or give both subnets in both families");
            return;
        }
    }
}

fn endpoint(inventory: &Inventory, places: &Places, nets: &[Net], report: &mut Report<'_>) {
    let control_planes = inventory.control_planes().count();
    let Some(at) = places.endpoint else {
        if control_planes > 1 {
            let message = format!("{control_planes} control planes need a controlPlaneEndpoint");
            let help = "name the load balancer in front of them as spec.kubernetes.controlPlaneEndpoint";
            report.error(places.hosts_at, message, help);
        }
        return;
    };
    let Some(endpoint) = &inventory.kubernetes.control_plane_endpoint else { return };
    let Ok(address) = endpoint.host.parse::<IpAddr>() else {
        if endpoint.host.rsplit('.').next() == Some("local") {
            let message =
                format!("{} is a name of multicast DNS, which Kubernetes doesn't ask", endpoint.host);
            report.warning(
                at,
                message,
                "use an address, or a name of your DNS or of /etc/hosts on every node",
            );
        }
        return;
    };
    reachable(address, at, report);
    inside(address, at, "the endpoint", nets, report);
    family(address, at, places, report);
    let own = |host: &&crate::inventory::model::Host| {
        host.private_address == Some(address) || host.ssh.address.parse() == Ok(address)
    };
    if let Some(host) = inventory.hosts.iter().find(own)
        && control_planes > 1
    {
        let message = format!("the endpoint is {} alone", host.name);
        report.warning(
            at,
            message,
            "when it is down the cluster has no API: use a load balancer or a virtual address",
        );
    }
}

/// kubeadm's own limits: cmd/kubeadm/app/apis/kubeadm/validation, `ValidateNetworking`.
fn sizes(subnets: &At<Vec<Cidr>>, key: &str, report: &mut Report<'_>) {
    let nets = &subnets.value;
    if nets.len() > 2 || (nets.len() == 2 && nets[0].is_v6() == nets[1].is_v6()) {
        let help = "give one network, or one of each family";
        report.error(subnets.at, format!("{key} takes one network for each family"), help);
    }
    for net in nets {
        let (prefix, bits) = if net.is_v6() { (64, 128) } else { (24, 32) };
        if key == "serviceSubnet" {
            if net.free_bits() > 20 {
                report.error(
                    subnets.at,
                    format!("{net} is too large for services"),
                    format!("use /{} or longer", bits - 20),
                );
            } else if net.free_bits() < 4 {
                report.error(
                    subnets.at,
                    format!("{net} is too small for services"),
                    format!("use /{} or shorter", bits - 4),
                );
            }
        } else if net.prefix > prefix {
            let help = format!("each node takes a /{prefix} of it; use a shorter prefix");
            report.error(subnets.at, format!("{net} is too small for pods"), help);
        } else if prefix - net.prefix > 16 {
            let help = format!("nodes take a /{prefix} each, at most 16 bits longer: use /{}", prefix - 16);
            report.error(subnets.at, format!("{net} is too large for pods"), help);
        }
    }
}
