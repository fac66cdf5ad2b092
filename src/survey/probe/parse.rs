//! From the probe's answer to facts.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::ids::PhaseId;
use crate::survey::facts::{Facts, Phases};
use crate::survey::fields::{fields, yes_no};
use crate::version::Version;

/// The most values kept of a list.
const MOST: usize = 4096;

/// Facts from the probe's `output`, which may be anything. `now_ms` is our clock when the probe was sent and `round_trip`
/// the connection's; `discover` reads the phases of `init`, `join` or `reset` from that command's help.
pub fn parse(
    output: &str,
    now_ms: i64,
    round_trip: Duration,
    discover: &dyn Fn(&str, &str) -> Vec<PhaseId>,
) -> Facts {
    let mut facts = Facts::default();
    let mut help = [String::new(), String::new(), String::new()];
    let mut asked_ms = now_ms;
    let mut node_ms = None;
    for (key, value) in fields(output) {
        match key {
            "asked_ms" => asked_ms = value.parse().unwrap_or(now_ms),
            "epoch_ms" => node_ms = value.parse().ok(),
            // In the middle of a whole second.
            "epoch_s" => {
                node_ms = value.parse::<i64>().ok().map(|s| s.saturating_mul(1000).saturating_add(500));
            }
            "help.init" => push_line(&mut help[0], &value),
            "help.join" => push_line(&mut help[1], &value),
            "help.reset" => push_line(&mut help[2], &value),
            _ => take(&mut facts, key, value),
        }
    }
    if let Some(node_ms) = node_ms {
        let half_way = i64::try_from(round_trip.as_millis() / 2).unwrap_or(0);
        facts.clock_offset_ms = node_ms.saturating_sub(asked_ms).saturating_sub(half_way);
    }
    let [init, join, reset] = help;
    let read = |command: &str, help: &str| if help.is_empty() { Vec::new() } else { discover(command, help) };
    facts.phases =
        Phases { init: read("init", &init), join: read("join", &join), reset: read("reset", &reset) };
    facts.listening.sort_unstable();
    facts.listening.dedup();
    facts
}

fn take(facts: &mut Facts, key: &str, value: String) {
    match key {
        "os" => unquoted(&value).clone_into(&mut facts.os),
        "kernel" => facts.kernel = value,
        "arch" => facts.arch = value,
        "cpus" => facts.cpus = value.parse().unwrap_or(0),
        "memory_kib" => facts.memory_mib = value.parse::<u64>().unwrap_or(0) / 1024,
        "cgroup" => facts.cgroup = value.parse().ok().filter(|v| matches!(v, 1 | 2)).unwrap_or(0),
        "cgroup_memory" => facts.cgroup_memory = value == "yes",
        "hostname" => facts.hostname = value,
        "machine_id" => facts.machine_id = value.trim().to_owned(),
        "product_uuid" => facts.product_uuid = value.trim().to_ascii_lowercase(),
        "mac" => push(&mut facts.macs, mac(&value)),
        "address" => push(&mut facts.addresses, address(&value)),
        "uid" => facts.uid = value.parse().ok(),
        "kubeadm" => facts.kubeadm = version(&value),
        "kubelet" => facts.kubelet = version(&value),
        "kubectl" => facts.kubectl = value == "yes",
        "cri_socket" => push(&mut facts.cri_sockets, path(&value).map(|p| format!("unix://{p}"))),
        "cri_answers" => facts.cri_answers = yes_no(&value),
        "swap" => push(&mut facts.swap, some(value)),
        "listening" => facts.listening.extend(value.parse::<u16>().ok().filter(|&port| port != 0)),
        "free_kib" => facts.free_mib = value.parse::<u64>().ok().map(|kib| kib / 1024),
        "not_writable" => push(&mut facts.not_writable, path(&value)),
        "missing_program" => push(&mut facts.missing_programs, some(value)),
        "sysctl" => {
            if let Some((name, value)) = value.split_once('=')
                && facts.sysctls.len() < MOST
            {
                facts.sysctls.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        "kubelet_state" => facts.kubelet_state = word(&value),
        "kubelet_enabled" => {
            facts.kubelet_enabled = match word(&value).as_str() {
                "enabled-runtime" => "enabled".to_owned(),
                "not-found" => String::new(),
                other => other.to_owned(),
            }
        }
        "leftover" => push(&mut facts.leftovers, path(&value)),
        "server" => facts.server = some(unquoted(&value).to_owned()),
        "ca_cert" => facts.ca_hash = ca_hash(&value).or(facts.ca_hash.take()),
        "ca_hash" => facts.ca_hash = hash(&value).or(facts.ca_hash.take()),
        "endpoint_answers" => facts.endpoint_answers = yes_no(&value),
        "name_resolves" => facts.name_resolves = value == "yes",
        _ => {}
    }
}

fn push(list: &mut Vec<String>, value: Option<String>) {
    if let Some(value) = value
        && list.len() < MOST
        && !list.contains(&value)
    {
        list.push(value);
    }
}

fn push_line(text: &mut String, line: &str) {
    if text.len() < 1 << 20 {
        text.push_str(line);
        text.push('\n');
    }
}

fn some(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}

fn path(value: &str) -> Option<String> {
    let path = value.strip_prefix("unix://").unwrap_or(value);
    path.starts_with('/').then(|| path.to_owned())
}

/// One word as systemctl prints it.
fn word(value: &str) -> String {
    if value.chars().all(|c| c.is_ascii_lowercase() || c == '-') { value.to_owned() } else { String::new() }
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value)
}

/// `v1.29.6` out of `Kubernetes v1.29.6`.
fn version(value: &str) -> Option<Version> {
    value.split_whitespace().last()?.parse().ok()
}

fn mac(value: &str) -> Option<String> {
    let mac = value.trim().to_ascii_lowercase();
    let sound = mac.len() == 17 && mac.split(':').all(|byte| byte.len() == 2 && is_hex(byte));
    (sound && mac != "00:00:00:00:00:00" && mac != "ff:ff:ff:ff:ff:ff").then_some(mac)
}

/// An address in its shortest form; `/proc/net/if_inet6` has it as 32 hex digits.
fn address(value: &str) -> Option<String> {
    let bare = value.split(['/', '%']).next()?.trim();
    let address = if bare.len() == 32 && is_hex(bare) {
        IpAddr::V6(Ipv6Addr::from(u128::from_str_radix(bare, 16).ok()?))
    } else {
        bare.parse().ok()?
    };
    (!address.is_loopback()).then(|| address.to_string())
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn hash(value: &str) -> Option<String> {
    let hex = value.strip_prefix("sha256:")?;
    (hex.len() == 64 && is_hex(hex)).then(|| value.to_ascii_lowercase())
}

/// kubeadm's caCertHash: over the certificate's public key, so it outlives a renewal with the same key.
fn ca_hash(base64: &str) -> Option<String> {
    let der = STANDARD.decode(base64.trim()).ok()?;
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    let digest = Sha256::digest(certificate.tbs_certificate.subject_pki.raw);
    Some(digest.iter().fold(String::from("sha256:"), |text, byte| text + &format!("{byte:02x}")))
}
