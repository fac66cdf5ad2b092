//! ssh's arguments among Ansible's variables: a way through a bastion, and options.

use super::ini::words;

/// Options of the connection that kubestep sets itself, and those that it doesn't want switched off.
const OURS: [&str; 12] = [
    "batchmode",
    "controlmaster",
    "controlpath",
    "controlpersist",
    "forwardagent",
    "identityfile",
    "loglevel",
    "port",
    "preferredauthentications",
    "requesttty",
    "serveralivecountmax",
    "serveraliveinterval",
];
const HOST_KEYS: [&str; 4] =
    ["checkhostip", "globalknownhostsfile", "stricthostkeychecking", "userknownhostsfile"];

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) bastion: Option<String>,
    pub(super) options: Vec<(String, String)>,
    /// What was not taken over, and why.
    pub(super) left: Vec<(String, &'static str)>,
}

pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    let (all, _) = words(text);
    let mut all = all.into_iter();
    while let Some(word) = all.next() {
        if let Some(value) = word.strip_prefix("-o") {
            let value = if value.is_empty() { all.next().unwrap_or_default() } else { value.to_owned() };
            option(&value, &mut found);
        } else if let Some(hops) = word.strip_prefix("-J") {
            let hops = if hops.is_empty() { all.next().unwrap_or_default() } else { hops.to_owned() };
            found.bastion = Some(hops);
        } else if word == "-C" {
            found.options.push(("Compression".to_owned(), "yes".to_owned()));
        } else if word.starts_with('-') {
            found.left.push((format!("`{word}`"), "put it into ~/.ssh/config"));
        }
    }
    found
}

fn option(text: &str, found: &mut Found) {
    let split = text.split_once('=').or_else(|| text.split_once(char::is_whitespace));
    let Some((name, value)) = split else {
        found.left.push((format!("`{text}`"), "is no option of ssh_config"));
        return;
    };
    let (name, value) = (name.trim(), value.trim().trim_matches('"'));
    let known = name.to_ascii_lowercase();
    if known == "proxyjump" {
        found.bastion = Some(value.to_owned());
    } else if known == "proxycommand"
        && let Some(hop) = through(value)
    {
        found.bastion = Some(hop);
    } else if HOST_KEYS.contains(&known.as_str()) {
        found
            .left
            .push((name.to_owned(), "host keys are checked here; --accept-new-host-keys takes new ones"));
    } else if OURS.contains(&known.as_str()) {
        found.left.push((name.to_owned(), "kubestep sees to it itself"));
    } else {
        found.options.push((name.to_owned(), value.to_owned()));
    }
}

/// The host of `ssh -W %h:%p … host`.
fn through(command: &str) -> Option<String> {
    let (all, _) = words(command);
    let mut all = all.into_iter();
    all.next().filter(|program| program == "ssh" || program.ends_with("/ssh"))?;
    let (mut forwards, mut host, mut port, mut user) = (false, None, None, None);
    while let Some(word) = all.next() {
        match word.as_str() {
            "-W" => forwards = all.next().is_some_and(|to| to.contains("%h")),
            "-p" => port = all.next(),
            "-l" => user = all.next(),
            "-q" | "-T" | "-x" | "-a" => {}
            // A key or an option of the bastion's own: only a command of one's own can say it.
            other if other.starts_with('-') => return None,
            _ if host.is_none() => host = Some(word),
            _ => return None,
        }
    }
    let host = host.filter(|_| forwards)?;
    let user = user.map_or_else(String::new, |user| format!("{user}@"));
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    Some(format!("{user}{host}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_through_a_bastion_become_one() {
        for text in [
            "-J ops@jump:2222",
            "-o ProxyJump=ops@jump:2222",
            "-oProxyJump=ops@jump:2222",
            "-o 'ProxyCommand=ssh -W %h:%p -q -p 2222 ops@jump'",
            "-o ProxyCommand=\"ssh -l ops -p 2222 jump -W %h:%p\"",
            "-o 'ProxyJump ops@jump:2222'",
        ] {
            assert_eq!(read(text).bastion.as_deref(), Some("ops@jump:2222"), "{text}");
        }
    }

    #[test]
    fn other_arguments_are_options_or_left() {
        let found =
            read("-C -o ControlPersist=60s -o StrictHostKeyChecking=no -v -o ProxyCommand='nc %h %p' -o X");
        let options = [("Compression", "yes"), ("ProxyCommand", "nc %h %p")];
        assert_eq!(found.options, options.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let left: Vec<_> = found.left.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(left, ["ControlPersist", "StrictHostKeyChecking", "`-v`", "`X`"]);
    }
}
