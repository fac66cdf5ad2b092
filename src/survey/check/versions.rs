//! kubeadm, kubelet and kubectl: there, and of versions that go together.

use crate::inventory::model::{Host, Inventory, Role};
use crate::survey::facts::Facts;
use crate::version::Version;

use super::findings::Findings;

/// The first and last minor that the catalog knows.
const KNOWN: std::ops::RangeInclusive<u16> = 20..=36;

pub(super) fn check(inv: &Inventory, host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    let wanted = inv.kubernetes.version.as_ref();
    let pin = wanted.map_or_else(
        || "of one minor on all nodes".to_owned(),
        |v| format!("{} on all nodes", v.minor_name()),
    );
    match &facts.kubeadm {
        None => {
            let message = "kubeadm is missing, or does not tell its version".to_owned();
            findings.error("version", "", message, &format!("install kubeadm, {pin}"));
        }
        Some(kubeadm) => {
            if let Some(wanted) = wanted {
                kubeadm_for(kubeadm, wanted, findings);
            }
            if kubeadm.major == 1 && !KNOWN.contains(&kubeadm.minor) {
                let message = format!(
                    "kubeadm {kubeadm} is outside the versions we know (1.{} to 1.{})",
                    KNOWN.start(),
                    KNOWN.end()
                );
                findings.warning("version", message, "");
            }
        }
    }
    let target = wanted.or(facts.kubeadm.as_ref());
    match (&facts.kubelet, target) {
        (None, _) => {
            let message = "the kubelet is missing, or does not tell its version".to_owned();
            findings.error("version", "KubeletVersion", message, &format!("install the kubelet, {pin}"));
        }
        (Some(kubelet), Some(target)) => kubelet_for(kubelet, target, findings),
        _ => {}
    }
    if !facts.kubectl && host.role == Role::ControlPlane {
        let first = inv.control_planes().next().is_some_and(|first| first.name == host.name);
        let message = "kubectl is missing".to_owned();
        if first && !inv.kubernetes.manifests.is_empty() {
            findings.error(
                "version",
                "",
                format!("{message}, and manifests are to be applied with it"),
                "install kubectl",
            );
        } else {
            findings.warning(
                "version",
                format!("{message}; labels and the check at the end need it"),
                "install kubectl",
            );
        }
    }
}

/// kubeadm sets up its own minor and the one before it, and never a newer one.
fn kubeadm_for(kubeadm: &Version, wanted: &Version, findings: &mut Findings<'_>) {
    if (kubeadm.major, kubeadm.minor) == (wanted.major, wanted.minor) {
        return;
    }
    let fix =
        format!("install kubeadm {} on all nodes, or change version in the inventory", wanted.minor_name());
    if !kubeadm.at_least(wanted.minor) {
        let message = format!("kubeadm {kubeadm} is older than the wanted {wanted}");
        findings.error("version", "KubernetesVersion", message, &fix);
    } else if kubeadm.minor - wanted.minor == 1 {
        findings.warning(
            "version",
            format!("kubeadm {kubeadm} is one minor newer than the wanted {wanted}"),
            &fix,
        );
    } else {
        findings.error("version", "", format!("kubeadm {kubeadm} is too new for the wanted {wanted}"), &fix);
    }
}

/// kubeadm.md §5, `KubeletVersion`: not newer, and at most three minors older (one before 1.29).
fn kubelet_for(kubelet: &Version, target: &Version, findings: &mut Findings<'_>) {
    let fix = format!("install kubelet {}", target.minor_name());
    let skew = if target.at_least(29) { 3 } else { 1 };
    if kubelet.minor > target.minor {
        let message = format!("kubelet {kubelet} is newer than the control plane's {target}");
        findings.error("version", "KubeletVersion", message, &fix);
    } else if kubelet.minor.saturating_add(skew) < target.minor {
        let message = format!("kubelet {kubelet} is too old for {target}");
        findings.error("version", "KubeletVersion", message, &fix);
    } else if kubelet.minor < target.minor {
        findings.warning("version", format!("kubelet {kubelet} is older than {target}"), &fix);
    }
}
