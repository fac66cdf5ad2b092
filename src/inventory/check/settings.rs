//! Settings of kubeadm that it would refuse, or understand differently from what was meant.

use crate::ids::NodeName;
use crate::inventory::model::{Allowance, Inventory};
use crate::inventory::read::Places;
use crate::inventory::yaml::Report;

/// The oldest and the newest minor whose phases are known.
const KNOWN_MINORS: (u16, u16) = (20, 36);

pub(super) fn check(inventory: &Inventory, places: &Places, report: &mut Report<'_>) {
    let kubernetes = &inventory.kubernetes;
    if let (Some(version), Some(at)) = (&kubernetes.version, places.version) {
        let (oldest, newest) = KNOWN_MINORS;
        let help = format!("known are v1.{oldest} to v1.{newest}");
        if version.major != 1 || version.minor < oldest {
            report.error(at, format!("{version} can't be brought up"), help);
        } else if version.minor > newest {
            report.warning(at, format!("{version} is newer than what is known here"), help);
        }
        if version.at_least(24)
            && kubernetes.cri_socket.contains("dockershim")
            && let Some(at) = places.cri_socket
        {
            report.error(
                at,
                format!("{version} has no dockershim"),
                "use containerd's, CRI-O's or cri-dockerd's socket",
            );
        }
    }
    if let (Some(domain), Some(at)) = (&kubernetes.dns_domain, places.dns_domain)
        && NodeName::new(domain.as_str()).is_err()
    {
        report.error(at, format!("`{domain}` is not a DNS domain"), "write it like cluster.local");
    }
    if let (Some(repository), Some(at)) = (&kubernetes.image_repository, places.image_repository) {
        let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/' | b':');
        if !repository.bytes().all(sound) {
            report.error(
                at,
                format!("`{repository}` is not an image repository"),
                "write it like registry.lan:5000/k8s",
            );
        }
    }
    preflight(places, report);
    if let Some(at) = places.failed_workers
        && !inventory.options.workers_continue
        && inventory.options.max_failed_workers != Allowance::Count(0)
    {
        let help = "with `workers: continue` the others go on";
        report.warning(at, "workers stop at the first failure, so the allowance is never used", help);
    }
}

/// kubeadm refuses `all` next to other names: kubeadm.md §2.5.
fn preflight(places: &Places, report: &mut Report<'_>) {
    for check in &places.preflight {
        let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        if !check.value.bytes().all(sound) {
            let help = "use the name in kubeadm's message: [ERROR Swap] is `Swap`";
            report.error(check.at, format!("`{}` is not the name of a check", check.value), help);
        } else if check.value.eq_ignore_ascii_case("all") {
            if places.preflight.len() > 1 {
                report.error(
                    check.at,
                    "`all` doesn't go with other checks",
                    "name the checks you mean, and leave `all` out",
                );
            } else {
                report.warning(
                    check.at,
                    "every preflight error is ignored",
                    "name the checks you mean: a real one will be missed",
                );
            }
        }
    }
}
