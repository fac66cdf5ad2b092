//! The images that a release of kubeadm pulls.

use crate::version::Version;

/// etcd's tag.
pub(crate) const fn etcd_tag(minor: u16) -> &'static str {
    match minor {
        ..=21 => "3.4.13-0",
        22..=23 => "3.5.1-0",
        24..=27 => "3.5.7-0",
        28..=29 => "3.5.12-0",
        30..=32 => "3.5.15-0",
        33..=34 => "3.5.21-0",
        _ => "3.6.4-0",
    }
}

const fn core_dns(minor: u16) -> &'static str {
    match minor {
        ..=20 => "coredns:1.7.0",
        21..=22 => "coredns/coredns:v1.8.4",
        23..=24 => "coredns/coredns:v1.8.6",
        25..=26 => "coredns/coredns:v1.9.3",
        27..=28 => "coredns/coredns:v1.10.1",
        29..=31 => "coredns/coredns:v1.11.1",
        32 => "coredns/coredns:v1.11.3",
        _ => "coredns/coredns:v1.12.0",
    }
}

const fn pause(minor: u16) -> &'static str {
    match minor {
        ..=20 => "3.2",
        21..=22 => "3.5",
        23 => "3.6",
        24 => "3.7",
        25 => "3.8",
        26..=30 => "3.9",
        _ => "3.10",
    }
}

/// All of them, in `registry`.
pub(crate) fn images(version: &Version, registry: &str) -> Vec<String> {
    let own = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];
    let mut images: Vec<String> = own.iter().map(|name| format!("{registry}/{name}:{version}")).collect();
    images.push(format!("{registry}/{}", core_dns(version.minor)));
    images.push(format!("{registry}/pause:{}", pause(version.minor)));
    images.push(format!("{registry}/etcd:{}", etcd_tag(version.minor)));
    images
}
