//! What goes from a run before it is handed on, and what is put in its place: the same for the same, so that the run still
//! makes sense.

mod hosts;
mod shapes;

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;

use regex::Captures;
use serde_json::Value;

use self::hosts::{is_foreign_host, pointed_at};
use self::shapes::{Kind, SHAPES};
use crate::event::{Envelope, EventKind, NodeInfo};
use crate::inventory::model::Role;
use crate::secret::{MASK, Redactor};

/// How much goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// What is personal to operator and machines.
    Personal,
    /// Names and addresses too.
    Anonymous,
}

/// Fields whose texts are words of ours or of kubeadm's, and whatever is in them.
const OURS: [&str; 21] = [
    "change", "withheld", "mode", "kind", "type", "role", "outcome", "severity", "retry", "need", "stage",
    "pace", "how", "check", "phase", "within", "phases", "covers", "what", "at", "rule",
];

/// What is known of what is private.
#[derive(Debug)]
pub(super) struct Disguise {
    privacy: Privacy,
    redactor: Redactor,
    home: Option<String>,
    /// Names in lower case, and what stands for them.
    names: HashMap<String, String>,
    /// By their first byte, the longest first.
    order: HashMap<u8, Vec<String>>,
    planes: usize,
    workers: usize,
    hosts: usize,
    others: usize,
    /// What stands for other things, by their kind.
    numbers: HashMap<(Kind, String), u32>,
}

impl Disguise {
    /// `home` is the operator's.
    pub(super) fn new(privacy: Privacy, home: Option<&Path>) -> Self {
        let home = home.and_then(Path::to_str).filter(|home| home.len() > 1).map(str::to_owned);
        Self {
            privacy,
            redactor: Redactor::default(),
            home,
            names: HashMap::new(),
            order: HashMap::new(),
            planes: 0,
            workers: 0,
            hosts: 0,
            others: 0,
            numbers: HashMap::new(),
        }
    }

    /// Learns which names an event tells.
    pub(super) fn learn(&mut self, event: &Envelope) {
        if self.privacy == Privacy::Personal {
            return;
        }
        match &event.kind {
            EventKind::RunStarted { cluster, nodes, .. } => {
                self.nodes(nodes);
                self.name(cluster, "cluster");
            }
            EventKind::InventoryChanged { nodes, .. } => self.nodes(nodes),
            EventKind::NodeFacts { node, facts } => {
                let alias = self.node(node.as_str(), Role::Worker);
                self.name(&facts.hostname, &alias);
            }
            _ => {}
        }
        self.texts(event);
    }

    /// All is learnt.
    pub(super) fn settle(&mut self) {
        for name in self.names.keys() {
            let first = name.as_bytes().first().copied().unwrap_or_default();
            self.order.entry(first).or_default().push(name.clone());
        }
        for names in self.order.values_mut() {
            names.sort_by_key(|name| (std::cmp::Reverse(name.len()), name.clone()));
        }
    }

    /// Disguises every text in `value`.
    pub(super) fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    match value {
                        _ if OURS.contains(&key.as_str()) => {}
                        // Words of ours, but for what has a node's name.
                        Value::Array(items) if key == "holds" => {
                            items
                                .iter_mut()
                                .filter(|item| item.is_object())
                                .for_each(|item| self.value(item));
                        }
                        _ => self.value(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// One text without what is private.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut text = self.redactor.redact(text);
        if let Some(home) = self.home.as_deref().filter(|home| text.contains(home)) {
            text = text.replace(home, "/home/user");
        }
        let anonymous = self.privacy == Privacy::Anonymous;
        if anonymous {
            text = self.unnamed(&text);
        }
        for (kind, shape) in SHAPES.iter().filter(|(kind, _)| anonymous || !kind.is_name()) {
            if shape.is_match(&text) {
                text =
                    shape.replace_all(&text, |found: &Captures<'_>| self.instead(*kind, found)).into_owned();
            }
        }
        text
    }

    fn instead(&mut self, kind: Kind, found: &Captures<'_>) -> String {
        let whole = &found[0];
        let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
        match kind {
            Kind::Home => "/home/user".to_owned(),
            Kind::Login => format!("://{MASK}@"),
            Kind::Query => format!("{}{MASK}", part(1)),
            Kind::Certificate => "[certificate]".to_owned(),
            Kind::PublicKey => "[key]".to_owned(),
            Kind::User
                if part(1).starts_with("sha") || is_version(part(1)) || part(2).starts_with("sha256:") =>
            {
                whole.to_owned()
            }
            Kind::User => format!("user@{}", part(2)),
            Kind::Fingerprint => format!("SHA256:{:0>43}", self.number(kind, whole)),
            Kind::Digest => format!("sha256:{:064x}", self.number(kind, whole)),
            Kind::MachineId => format!("{:032x}", self.number(kind, whole)),
            Kind::Uuid => format!("00000000-0000-4000-8000-{:012x}", self.number(kind, whole)),
            Kind::Mac => {
                let [.., a, b] = self.number(kind, whole).to_be_bytes();
                format!("02:00:00:00:{a:02x}:{b:02x}")
            }
            Kind::Ipv4 => self.ipv4(whole),
            Kind::Ipv6 => format!("{}{}", part(1), self.ipv6(part(2))),
            Kind::Host if is_foreign_host(whole) => {
                let number = self.number(kind, &whole.to_lowercase());
                format!("host-{number}.example")
            }
            Kind::Host => whole.to_owned(),
        }
    }

    /// Into the range that is kept for tests of devices (RFC 2544).
    fn ipv4(&mut self, text: &str) -> String {
        match text.parse::<Ipv4Addr>() {
            Ok(address)
                if !address.is_loopback() && !address.is_unspecified() && address.octets()[0] != 255 =>
            {
                let [_, b, c, d] = self.number(Kind::Ipv4, text).to_be_bytes();
                Ipv4Addr::new(198, 18 + (b & 1), c, d).to_string()
            }
            _ => text.to_owned(),
        }
    }

    /// Into the range that is kept for documentation (RFC 3849).
    fn ipv6(&mut self, text: &str) -> String {
        match text.parse::<Ipv6Addr>() {
            Ok(address) if !address.is_loopback() && !address.is_unspecified() => {
                let number = self.number(Kind::Ipv6, &address.to_string());
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, (number >> 16) as u16, (number & 0xffff) as u16)
                    .to_string()
            }
            _ => text.to_owned(),
        }
    }

    /// Which of its kind it is, from 1.
    fn number(&mut self, kind: Kind, text: &str) -> u32 {
        let next = self.numbers.keys().filter(|(of, _)| *of == kind).count() + 1;
        *self
            .numbers
            .entry((kind, text.to_owned()))
            .or_insert_with(|| u32::try_from(next).unwrap_or(u32::MAX))
    }

    /// Without the names that were learnt, wherever they stand as words.
    fn unnamed(&self, text: &str) -> String {
        let lower = text.to_ascii_lowercase();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        let mut rest = 0;
        while at < text.len() {
            let begins = !lower[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
            let fits = |name: &&String| {
                lower[at..].starts_with(name.as_str())
                    && !lower[at + name.len()..].chars().next().is_some_and(|c| c.is_ascii_alphanumeric())
            };
            let names = self.order.get(&lower.as_bytes()[at]).filter(|_| begins);
            match names.and_then(|names| names.iter().find(fits)) {
                Some(name) => {
                    out.push_str(&text[rest..at]);
                    out.push_str(&self.names[name]);
                    at += name.len();
                    rest = at;
                }
                None => at += lower[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        out.push_str(&text[rest..]);
        out
    }

    fn nodes(&mut self, nodes: &[NodeInfo]) {
        for node in nodes {
            let alias = self.node(node.name.as_str(), node.role);
            self.name(&node.address, &alias);
            if let Some(rack) =
                node.rack.as_ref().filter(|rack| !self.names.contains_key(&rack.to_lowercase()))
            {
                self.others += 1;
                let place = format!("place-{}", self.others);
                self.name(rack, &place);
            }
        }
    }

    fn node(&mut self, name: &str, role: Role) -> String {
        if let Some(known) = self.names.get(&name.to_ascii_lowercase()) {
            return known.clone();
        }
        let alias = match role {
            Role::ControlPlane => {
                self.planes += 1;
                format!("cp-{}", self.planes)
            }
            Role::Worker => {
                self.workers += 1;
                format!("w-{}", self.workers)
            }
        };
        self.name(name, &alias);
        alias
    }

    /// `name` is called `alias` from now on, unless it is an address or has another name already.
    fn name(&mut self, name: &str, alias: &str) {
        let is_address = name.parse::<std::net::IpAddr>().is_ok();
        if !name.is_empty() && !is_address {
            self.names.entry(name.to_ascii_lowercase()).or_insert_with(|| alias.to_owned());
        }
    }

    /// Hosts that texts of an event point at: in URLs, and before kubeadm's ports.
    fn texts(&mut self, event: &Envelope) {
        let Ok(value) = event.to_value() else { return };
        let mut hosts = Vec::new();
        pointed_at(&value, &mut hosts);
        for host in hosts {
            if !self.names.contains_key(&host) {
                self.hosts += 1;
                let alias = format!("lb-{}", self.hosts);
                self.name(&host, &alias);
            }
        }
    }
}

/// As in `v3@v3.5.10`.
fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}
