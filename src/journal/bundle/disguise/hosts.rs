//! Which words are hosts, and whose.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// Domains that everybody has, and ours.
const COMMON: [&str; 24] = [
    "k8s.io",
    "kubernetes.io",
    "x-k8s.io",
    "cluster.local",
    "etcd.io",
    "containerd.io",
    "cri-o.io",
    "docker.io",
    "docker.com",
    "quay.io",
    "gcr.io",
    "ghcr.io",
    "pkg.dev",
    "github.com",
    "githubusercontent.com",
    "golang.org",
    "google.golang.org",
    "projectcalico.org",
    "tigera.io",
    "cilium.io",
    "debian.org",
    "ubuntu.com",
    "kernel.org",
    "freedesktop.org",
];

/// Ends of names that are hosts; others with two dots are files, fields and settings.
const TOP: [&str; 40] = [
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "mil",
    "int",
    "io",
    "dev",
    "app",
    "cloud",
    "info",
    "biz",
    "name",
    "tech",
    "xyz",
    "online",
    "site",
    "systems",
    "network",
    "lan",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "intern",
    "corp",
    "home",
    "private",
    "arpa",
    "test",
    "lab",
    "host",
    "zone",
    "one",
    "de",
    "uk",
    "eu",
    "rack",
    "cluster",
];

/// Two letters that are no country here.
const FILES: [&str; 16] =
    ["go", "rs", "py", "sh", "so", "gz", "db", "md", "js", "ts", "rb", "ko", "mo", "ps", "xz", "bz"];

/// Whether a word with dots in it is somebody's host.
pub(super) fn is_foreign_host(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let common =
        |domain: &str| word == domain || word.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let Some((_, top)) = word.rsplit_once('.') else { return false };
    let is_top = TOP.contains(&top) || (top.len() == 2 && !FILES.contains(&top));
    is_top && !COMMON.iter().any(|domain| common(domain))
}

static POINTED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\bhttps?://(?:[^/\s@]+@)?([a-z0-9][a-z0-9.-]*)",
        r"(?i)(?:^|[\s=/])([a-z0-9][a-z0-9.-]*):(?:6443|2379|2380|8443)\b",
        r"(?i)(?:lookup|resolve host|--control-plane-endpoint[= ])\s*([a-z0-9][a-z0-9.-]*)",
    ]
    .into_iter()
    .filter_map(|shape| Regex::new(shape).ok())
    .collect()
});

/// Hosts in lower case that the texts of `value` point at.
pub(super) fn pointed_at(value: &Value, hosts: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            for found in POINTED.iter().flat_map(|shape| shape.captures_iter(text)) {
                let host = found[1].trim_end_matches(['.', '-']).to_ascii_lowercase();
                let known = host.is_empty() || host == "localhost" || host.parse::<IpAddr>().is_ok();
                // With a domain they are found by their shape.
                if !known && !host.contains('.') && host.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    hosts.push(host);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| pointed_at(item, hosts)),
        Value::Object(fields) => fields.values().for_each(|field| pointed_at(field, hosts)),
        _ => {}
    }
}
