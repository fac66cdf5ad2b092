//! How to log in to a host and become root.

use std::collections::BTreeMap;

use super::aliases::hint;
use super::{Context, HostPlaces};
use crate::inventory::model::{Become, BecomeMethod, PasswordSource, Ssh};
use crate::inventory::surroundings::resolve;
use crate::inventory::yaml::{
    Content, Field, Fields, Kind, Node, Report, Shape, entries, is_name, number, parsed, text,
};

/// `ssh`.
pub(crate) const SSH: Shape = Shape::of(&[
    Field::new(
        "address",
        "A DNS name, an address, or an alias of ~/.ssh/config; the node's name by default. {n} and {name} are filled in.",
        Kind::text(&["10.4.0.11", "bettley.example.lan"]),
    ),
    Field::new("user", "The login user.", Kind::text(&["root", "pi"])),
    Field::new("port", "The TCP port.", Kind::Number(1)),
    Field::new("keyPath", "A private key.", Kind::text(&["~/.ssh/id_ed25519"])),
    Field::new(
        "configPath",
        "In place of ~/.ssh/config; `none` for no file.",
        Kind::text(&["none", "./ssh_config"]),
    ),
    Field::new(
        "bastion",
        "The hosts to go through, as `ssh -J` takes them.",
        Kind::Either(&[HOPS, Kind::Map(&BASTION), Kind::List(&Kind::Either(&[HOPS, Kind::Map(&BASTION)]))]),
    ),
    Field::new(
        "options",
        "Further options of ssh_config(5), by name.",
        Kind::Names { of: &Kind::text(&["yes"]), such_as: &[("Compression", "yes")] },
    ),
    Field::new("startAt", "What {n} counts from in the address.", Kind::Number(0)),
]);

const HOPS: Kind = Kind::text(&["ops@jump.example.lan:2222", "one.lan,two.lan"]);

const BASTION: Shape = Shape {
    required: &["address"],
    ..Shape::of(&[
        Field::new("address", "A DNS name or an address.", Kind::text(&["jump.example.lan"])),
        Field::new("user", "The login user there.", Kind::text(&["ops"])),
        Field::new("port", "The TCP port there.", Kind::Number(1)),
    ])
};

/// `become`.
pub(crate) const BECOME: Shape = Shape::of(&[
    Field::new("method", "sudo, unless the login user is root already.", Kind::Choice(&["sudo", "none"])),
    Field::new(
        "password",
        "Where sudo's password comes from: prompt, env:NAME, cmd:COMMAND, or none. Never the password itself.",
        Kind::form(
            r"none|prompt|env:[A-Za-z_][A-Za-z0-9_]*|cmd:[\s\S]+",
            &["none", "prompt", "env:SUDO_PASSWORD", "cmd:pass show sudo"],
        ),
    ),
]);

/// A DNS name or an address; nothing that ssh could take for an option and nothing that a shell would change.
pub(crate) fn is_host(text: &str) -> bool {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'%');
    !text.is_empty() && text.len() <= 253 && !text.starts_with(['-', ':']) && text.bytes().all(sound)
        || text.parse::<std::net::Ipv6Addr>().is_ok()
}

fn is_user(text: &str) -> bool {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+' | b'\\' | b'@');
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(sound)
}

/// `ssh:`; `name` stands in for a missing address.
pub(crate) fn ssh(
    node: Option<&Node>,
    name: &str,
    context: Context<'_>,
    places: &mut HostPlaces,
    report: &mut Report<'_>,
) -> Ssh {
    let mut ssh = Ssh { address: name.to_owned(), ..Ssh::default() };
    let Some(fields) = node.and_then(|node| Fields::open(node, "ssh", &SSH, hint, report)) else {
        return ssh;
    };
    if let Some(node) = fields.get("address") {
        let help = "write a host name, an address, or an alias of ~/.ssh/config; user and port have keys of their own";
        let bare = |text: &str| {
            text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).to_owned()
        };
        let found =
            parsed(node, "an address", help, report, |text| Some(bare(text)).filter(|text| is_host(text)));
        places.address = Some(node.at);
        ssh.address = found.map_or(ssh.address, |found| found.value);
    }
    if let Some(node) = fields.get("user") {
        ssh.user = parsed(node, "a user name", "", report, |text| is_user(text).then(|| text.to_owned()))
            .map(|found| found.value);
    }
    if let Some(node) = fields.get("port") {
        ssh.port = parsed(node, "a port", "", report, |text| text.parse().ok().filter(|port| *port > 0))
            .map(|found| found.value);
    }
    if let Some(node) = fields.get("keyPath") {
        places.key = Some(node.at);
        ssh.key_path =
            text(node, "a path", report).map(|path| resolve(&path.value, context.path, context.outside));
    }
    if let Some(node) = fields.get("configPath") {
        let path = text(node, "a path", report);
        // `none` keeps ssh from reading any: ssh(1), -F.
        places.config = path.as_ref().filter(|path| path.value != "none").map(|path| path.at);
        ssh.config_path = path.map(|path| match path.value.as_str() {
            "none" => "none".into(),
            other => resolve(other, context.path, context.outside),
        });
    }
    ssh.bastion = fields.get("bastion").and_then(|node| bastion(node, report));
    ssh.options = fields.get("options").map(|node| options(node, report)).unwrap_or_default();
    ssh
}

/// One hop or several: text, map, or a list of them; written as `ssh -J` takes it.
fn bastion(node: &Node, report: &mut Report<'_>) -> Option<String> {
    match &node.content {
        Content::List(hops) => {
            let hops: Option<Vec<String>> = hops.iter().map(|hop| bastion(hop, report)).collect();
            hops.map(|hops| hops.join(",")).filter(|hops| !hops.is_empty())
        }
        Content::Map(_) => {
            let hint = |key: &str| {
                matches!(key, "keyPath" | "bastionPrivateKeyFile")
                    .then_some("name the bastion's key in ~/.ssh/config, in a `Host` block of its own")
            };
            let fields = Fields::open(node, "bastion", &BASTION, hint, report)?;
            let address = fields.require("address", "bastion", "", report)?;
            let address =
                parsed(address, "an address", "", report, |text| is_host(text).then(|| text.to_owned()))?;
            let mut hop = String::new();
            if let Some(user) = fields.get("user") {
                let user =
                    parsed(user, "a user name", "", report, |text| is_user(text).then(|| text.to_owned()))?;
                hop = format!("{}@", user.value);
            }
            let colons = address.value.contains(':');
            hop = if colons { format!("{hop}[{}]", address.value) } else { hop + &address.value };
            if let Some(port) = fields.get("port") {
                hop = format!("{hop}:{}", number::<u16>(port, "a port", report)?);
            }
            Some(hop)
        }
        Content::Scalar { .. } => {
            let help = "write it as user@host:port, several separated by commas";
            let hops = |text: &str| text.split(',').all(is_hop).then(|| text.to_owned());
            parsed(node, "a bastion", help, report, hops).map(|found| found.value)
        }
    }
}

fn is_hop(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').map_or((None, text), |(user, host)| (Some(user), host));
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    let host = if let Some(rest) = host.strip_prefix('[') {
        rest.split_once(']').is_some_and(|(host, port)| {
            is_host(host) && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
        })
    } else {
        match host.split_once(':') {
            Some((host, port)) => is_host(host) && is_port(port),
            None => is_host(host),
        }
    };
    host && user.is_none_or(is_user)
}

/// `ssh -o` options by name.
fn options(node: &Node, report: &mut Report<'_>) -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    for entry in entries(node, "ssh.options", report).unwrap_or_default() {
        if !entry.key.bytes().all(|b| b.is_ascii_alphanumeric()) || entry.key.is_empty() {
            report.error(entry.at, format!("`{}` is not an option of ssh_config", entry.key), "");
        } else if let Some(value) = text(&entry.value, "a text on one line", report) {
            options.insert(entry.key.clone(), value.value);
        }
    }
    options
}

/// `become:`.
pub(crate) fn r#become(node: Option<&Node>, places: &mut HostPlaces, report: &mut Report<'_>) -> Become {
    let mut way = Become { method: BecomeMethod::Sudo, password: PasswordSource::None };
    let fields = node.and_then(|node| Fields::open(node, "become", &BECOME, |_| None, report));
    let Some(fields) = fields else { return way };
    if let Some(node) = fields.get("method") {
        let found = parsed(
            node,
            "`sudo` or `none`",
            "other ways to root are not supported",
            report,
            |text| match text {
                "sudo" => Some(BecomeMethod::Sudo),
                "none" => Some(BecomeMethod::None),
                _ => None,
            },
        );
        places.method = Some(node.at);
        way.method = found.map_or(way.method, |found| found.value);
    }
    if let Some(node) = fields.get("password") {
        match node.as_text().and_then(password) {
            Some(source) => way.password = source,
            // Never with the value: it is a password.
            None => report.error(
                node.at,
                "a password doesn't belong in an inventory",
                "write prompt, env:NAME, cmd:COMMAND, or none",
            ),
        }
    }
    way
}

fn password(text: &str) -> Option<PasswordSource> {
    match text {
        "none" => return Some(PasswordSource::None),
        "prompt" => return Some(PasswordSource::Prompt),
        _ => {}
    }
    if let Some(name) = text.strip_prefix("env:") {
        return is_name(name).then(|| PasswordSource::Env(name.to_owned()));
    }
    let command = text.strip_prefix("cmd:")?.trim();
    (!command.is_empty() && !command.contains('\0')).then(|| PasswordSource::Command(command.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_ssh_or_a_shell_could_misread_is_a_host() {
        for good in ["bettley", "10.4.0.11", "fd00::1", "::1", "node_1.lan", "fe80::1%eth0"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "-oProxyCommand=id", "a b", "a;b", "$(id)", "a\nb", "user@host", "a/b", "é"] {
            assert!(!is_host(bad), "{bad}");
        }
        for good in ["jump", "ops@jump.lan:2222", "ops@[fd00::1]:22", "CORP\\ops@jump"] {
            assert!(is_hop(good), "{good}");
        }
        for bad in ["", "@jump", "jump:0", "jump:x", "-J", "a b", "ops@-x", "[::1", "jump:22:22"] {
            assert!(!is_hop(bad), "{bad}");
        }
    }

    #[test]
    fn passwords_come_from_elsewhere() {
        assert_eq!(password("env:PW"), Some(PasswordSource::Env("PW".to_owned())));
        assert_eq!(password("cmd: pass show pi"), Some(PasswordSource::Command("pass show pi".to_owned())));
        for bad in ["hunter2", "env:", "env:A B", "cmd:", "Prompt", ""] {
            assert_eq!(password(bad), None, "{bad}");
        }
    }
}
