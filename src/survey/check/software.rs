//! What is installed: programs, container runtime, the kubelet's unit.

use crate::diag::Severity;
use crate::inventory::model::Inventory;
use crate::survey::facts::Facts;

use super::findings::Findings;

pub(super) fn check(inv: &Inventory, facts: &Facts, findings: &mut Findings<'_>) {
    if findings.member {
        return;
    }
    programs(inv, facts, findings);
    runtime(inv, facts, findings);
    unit(facts, findings);
}

const NEVER: std::ops::Range<u16> = 0..0;

/// How much kubeadm 1.`minor` minds that `program` is missing: kubeadm.md §5.
fn weight(program: &str, minor: u16, docker: bool) -> Option<Severity> {
    let (errors, warnings) = match program {
        "crictl" if docker => return None,
        "crictl" => (0..31, 31..32),
        "conntrack" => (0..32, NEVER),
        "ip" | "iptables" | "nsenter" => (0..33, NEVER),
        "mount" => (0..u16::MAX, NEVER),
        "cp" | "losetup" => (33..u16::MAX, NEVER),
        "ebtables" | "socat" => (NEVER, 0..32),
        "ethtool" | "tc" | "touch" => (NEVER, 0..33),
        _ => return None,
    };
    if errors.contains(&minor) {
        Some(Severity::Error)
    } else {
        warnings.contains(&minor).then_some(Severity::Warning)
    }
}

fn programs(inv: &Inventory, facts: &Facts, findings: &mut Findings<'_>) {
    let Some(version) = findings.version.clone() else { return };
    let docker = inv.kubernetes.cri_socket.contains("dockershim");
    let mut weak = Vec::new();
    for program in &facts.missing_programs {
        match weight(program, version.minor, docker) {
            Some(Severity::Error) => {
                let fix = install(&facts.os, &[program]);
                let message = format!("{program} is missing");
                findings.error("programs", &format!("FileExisting-{program}"), message, &fix);
            }
            Some(_) => weak.push(program.as_str()),
            None => {}
        }
    }
    if !weak.is_empty() {
        let fix = install(&facts.os, &weak);
        findings.warning("programs", format!("missing, though not needed by all: {}", weak.join(", ")), &fix);
    }
}

/// How to install `programs` on a system that calls itself `os`.
fn install(os: &str, programs: &[&str]) -> String {
    let os = os.to_lowercase();
    let any = |names: &[&str]| names.iter().any(|name| os.contains(name));
    let (command, dnf) = if any(&["alpine"]) {
        ("apk add", false)
    } else if any(&["red hat", "rocky", "alma", "centos", "fedora", "oracle", "amazon"]) {
        ("dnf install", true)
    } else if any(&["debian", "ubuntu", "raspbian", "mint"]) {
        ("apt-get install", false)
    } else {
        ("install", false)
    };
    let alpine_or_dnf = command != "apt-get install";
    let mut packages: Vec<&str> = programs
        .iter()
        .map(|&program| match program {
            "crictl" => "cri-tools",
            "ip" | "tc" if dnf => "iproute",
            "ip" | "tc" => "iproute2",
            "mount" | "nsenter" | "losetup" => "util-linux",
            "cp" | "touch" => "coreutils",
            "conntrack" if alpine_or_dnf => "conntrack-tools",
            other => other,
        })
        .collect();
    packages.sort_unstable();
    packages.dedup();
    format!("{command} {}", packages.join(" "))
}

/// Sockets under /var/run are those under /run.
fn plain(socket: &str) -> String {
    let path = socket.strip_prefix("unix://").unwrap_or(socket);
    path.strip_prefix("/var/run/").map_or_else(|| path.to_owned(), |rest| format!("/run/{rest}"))
}

fn runtime(inv: &Inventory, facts: &Facts, findings: &mut Findings<'_>) {
    let wanted = plain(&inv.kubernetes.cri_socket);
    let mut others: Vec<String> = facts.cri_sockets.iter().map(|socket| plain(socket)).collect();
    others.sort();
    others.dedup();
    let there = others.contains(&wanted);
    others.retain(|socket| *socket != wanted);
    if !there {
        let (also, fix) = match others.as_slice() {
            [] => (String::new(), "install and start a container runtime, such as containerd".to_owned()),
            [first, ..] => (
                format!("; there is {}", others.join(", ")),
                format!("set criSocket: unix://{first}, or start the runtime"),
            ),
        };
        findings.error("runtime", "CRI", format!("no container runtime at {wanted}{also}"), &fix);
        return;
    }
    if facts.cri_answers == Some(false) {
        findings.error(
            "runtime",
            "CRI",
            format!("the container runtime at {wanted} does not answer crictl"),
            "containerd's packaged configuration may say disabled_plugins = [\"cri\"]: `containerd config default > /etc/containerd/config.toml`, set SystemdCgroup = true in it, and `systemctl restart containerd`; `crictl info` tells",
        );
    }
    if !others.is_empty() {
        let message = format!("another container runtime is there too: {}", others.join(", "));
        if findings.before(29) {
            // Fixed in 1.27 (#114455) and 1.29 (#120828): kubeadm.md §2.8.
            findings.warning(
                "runtime",
                format!("{message}; kubeadm before 1.29 stumbles over that where it is run by hand without criSocket"),
                "remove the runtime that is not used",
            );
        } else {
            findings.note("runtime", format!("{message}; {wanted} is used"));
        }
    }
}

fn unit(facts: &Facts, findings: &mut Findings<'_>) {
    match facts.kubelet_enabled.as_str() {
        "disabled" => findings.warning(
            "kubelet",
            "the kubelet does not start at boot".to_owned(),
            "systemctl enable kubelet",
        ),
        "masked" => findings.error(
            "kubelet",
            "Service-Kubelet",
            "the kubelet's unit is masked and can't start".to_owned(),
            "systemctl unmask kubelet && systemctl enable kubelet",
        ),
        "" if facts.kubelet.is_some() => findings.warning(
            "kubelet",
            "the service manager knows of no kubelet".to_owned(),
            "install the kubelet's unit (the kubelet package has it), then enable it",
        ),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubeadm_lost_interest_in_programs_over_time() {
        let minds = |program: &str, minor| weight(program, minor, false);
        assert_eq!(minds("crictl", 30), Some(Severity::Error));
        assert_eq!(minds("crictl", 31), Some(Severity::Warning));
        assert_eq!(minds("crictl", 32), None);
        assert_eq!((minds("conntrack", 31), minds("conntrack", 32)), (Some(Severity::Error), None));
        assert_eq!((minds("socat", 31), minds("socat", 32)), (Some(Severity::Warning), None));
        assert_eq!((minds("losetup", 32), minds("losetup", 33)), (None, Some(Severity::Error)));
        assert_eq!(weight("crictl", 20, true), None, "dockershim needs none");
    }

    #[test]
    fn packages_are_named_as_the_system_names_them() {
        assert_eq!(
            install("Debian GNU/Linux 12 (bookworm)", &["ip", "tc", "conntrack"]),
            "apt-get install conntrack iproute2"
        );
        assert_eq!(
            install("Rocky Linux 9.4", &["ip", "conntrack", "crictl"]),
            "dnf install conntrack-tools cri-tools iproute"
        );
        assert_eq!(install("Alpine Linux v3.20", &["conntrack"]), "apk add conntrack-tools");
    }
}
