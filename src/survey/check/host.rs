//! The machine itself: rights, size, kernel.

use crate::inventory::model::{Host, Inventory, Role};
use crate::survey::facts::Facts;

use super::extra;
use super::findings::Findings;

/// kubeadm's own limits for a control plane (kubeadm.md §5).
const CPUS: u32 = 2;
const MEMORY_MIB: u64 = 1700;
/// Ours: below the first nothing can be installed, below the others images may not fit.
const NO_DISK_MIB: u64 = 512;
const LITTLE_DISK_MIB: u64 = 2048;
const LITTLE_DISK_CONTROL_PLANE_MIB: u64 = 4096;

pub(super) fn check(inv: &Inventory, host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    if facts.uid.is_some_and(|uid| uid != 0) {
        let message = format!("our commands run as uid {}, not as root", facts.uid.unwrap_or_default());
        findings.error(
            "root",
            "IsPrivilegedUser",
            message,
            "log in as root, or set become: { method: sudo }",
        );
    }
    disk(host, facts, findings);
    if findings.member {
        return;
    }
    if host.role == Role::ControlPlane {
        size(facts, findings);
    }
    cgroup(inv, facts, findings);
    swap(inv, facts, findings);
    sysctls(inv, host, facts, findings);
}

fn size(facts: &Facts, findings: &mut Findings<'_>) {
    if (1..CPUS).contains(&facts.cpus) {
        let message = format!("{} processor; a control plane needs {CPUS}", facts.cpus);
        findings.error(
            "cpu",
            "NumCPU",
            message,
            "use a bigger machine, or add NumCPU to ignorePreflightErrors",
        );
    }
    if (1..MEMORY_MIB).contains(&facts.memory_mib) {
        let message = format!("{} MiB of memory; a control plane needs {MEMORY_MIB}", facts.memory_mib);
        findings.error("memory", "Mem", message, "use a bigger machine, or add Mem to ignorePreflightErrors");
    }
}

fn disk(host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    for path in &facts.not_writable {
        let message = format!("nothing can be written to {path}");
        findings.error(
            "writable",
            "",
            message,
            "see whether the file system is mounted read-only (findmnt) or full (df)",
        );
    }
    let little = match host.role {
        Role::ControlPlane => LITTLE_DISK_CONTROL_PLANE_MIB,
        Role::Worker => LITTLE_DISK_MIB,
    };
    match facts.free_mib {
        Some(free) if free < NO_DISK_MIB => {
            findings.error("disk", "", format!("only {free} MiB free under /var/lib"), "make room");
        }
        Some(free) if free < little && !findings.member => {
            let message =
                format!("only {free} MiB free under /var/lib; images and the kubelet want {little} or more");
            findings.warning("disk", message, "make room, or expect the kubelet to evict pods");
        }
        _ => {}
    }
}

fn cgroup(inv: &Inventory, facts: &Facts, findings: &mut Findings<'_>) {
    if facts.cgroup == 1 {
        let fix = "boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or set failCgroupV1: false in a KubeletConfiguration";
        if findings.since(35) && !extra::cgroup_v1_allowed(inv) {
            let message = "cgroup v1, which the kubelet refuses since 1.35".to_owned();
            findings.error("cgroup", "SystemVerification", message, fix);
        } else if findings.since(31) {
            findings.warning(
                "cgroup",
                "cgroup v1, which Kubernetes only maintains since 1.31".to_owned(),
                fix,
            );
        }
    }
    if facts.cgroup != 0 && !facts.cgroup_memory {
        findings.error(
            "cgroup",
            "SystemVerification",
            "the kernel's memory controller is off".to_owned(),
            "add cgroup_enable=memory cgroup_memory=1 to the kernel's command line (/boot/firmware/cmdline.txt on a Raspberry Pi) and reboot",
        );
    }
}

fn swap(inv: &Inventory, facts: &Facts, findings: &mut Findings<'_>) {
    if facts.swap.is_empty() {
        return;
    }
    let message = format!("swap is on: {}", facts.swap.join(", "));
    let fix = "swapoff -a, and take swap out of /etc/fstab (zram: systemctl disable --now its service)";
    if extra::swap_allowed(inv) {
        findings.note("swap", format!("{message}; the kubelet is told to start all the same"));
    } else if findings.before(23) {
        // kubeadm.md §5: an error up to 1.22.
        findings.error("swap", "Swap", message, fix);
    } else {
        findings.warning(
            "swap",
            format!("{message}; the kubelet won't start unless failSwapOn is false"),
            fix,
        );
    }
}

fn sysctls(inv: &Inventory, host: &Host, facts: &Facts, findings: &mut Findings<'_>) {
    let value =
        |name: &str| facts.sysctls.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let ipv6 = host.private_address.is_some_and(|address| address.is_ipv6())
        || inv.kubernetes.pod_subnet.as_deref().is_some_and(|subnets| subnets.contains(':'));
    // kubeadm.md §5: name, the file as kubeadm calls it, the last minor that looks, for IPv6 only.
    let wanted = [
        ("net.ipv4.ip_forward", "net-ipv4-ip_forward", u16::MAX, false),
        ("net.ipv6.conf.default.forwarding", "net-ipv6-conf-default-forwarding", u16::MAX, true),
        ("net.bridge.bridge-nf-call-iptables", "net-bridge-bridge-nf-call-iptables", 29, false),
        ("net.bridge.bridge-nf-call-ip6tables", "net-bridge-bridge-nf-call-ip6tables", 29, true),
    ];
    for (name, file, last, ipv6_only) in wanted {
        let asked = findings.version.as_ref().is_some_and(|version| version.minor <= last);
        let Some(found) = value(name).filter(|value| *value != "1") else { continue };
        if !asked || (ipv6_only && !ipv6) {
            continue;
        }
        let kubeadm = format!("FileContent--proc-sys-{file}");
        let persist = format!("echo '{name} = 1' >/etc/sysctl.d/90-kubernetes.conf && sysctl --system");
        if found.is_empty() && name.starts_with("net.bridge") {
            let message = format!("the kernel has no {name}: the module br_netfilter is not loaded");
            let fix = "modprobe br_netfilter, and name it in /etc/modules-load.d/kubernetes.conf";
            findings.error("sysctl", &kubeadm, message, fix);
        } else if found.is_empty() {
            findings.error(
                "sysctl",
                &kubeadm,
                format!("the kernel has no {name}"),
                "use a kernel that has it",
            );
        } else {
            findings.error("sysctl", &kubeadm, format!("{name} is {found}, not 1"), &persist);
        }
    }
}
