//! ssh's configuration and arguments for a node.
//!
//! The generated file holds what our own work needs and then includes the operator's; ssh takes the first value it
//! finds (`ssh_config(5)`). What concerns one node alone is an argument, since arguments don't reach its bastion.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::options::{SshOptions, Target, UnfitTarget};

/// How long a master outlives its last command, when the console is no longer there to end it.
const PERSIST_SECONDS: u64 = 60;
/// A connection that was idle for so long may end any moment.
pub(super) const NEARLY_ENDED: Duration = Duration::from_secs(PERSIST_SECONDS - 10);

/// Options that would break the master connection or the way commands are sent.
const OURS: [&str; 16] = [
    "batchmode",
    "clearallforwardings",
    "controlmaster",
    "controlpath",
    "controlpersist",
    "forkafterauthentication",
    "host",
    "include",
    "localcommand",
    "loglevel",
    "match",
    "permitlocalcommand",
    "remotecommand",
    "requesttty",
    "sessiontype",
    "stdinnull",
];

/// The text of the configuration file for all nodes that share `include`, the operator's own file.
pub(super) fn file(options: &SshOptions, include: Option<&Path>) -> String {
    let mut text = String::from(
        "BatchMode yes\nServerAliveInterval 2\nServerAliveCountMax 3\nTCPKeepAlive yes\n\
         ClearAllForwardings yes\nForwardAgent no\nForwardX11 no\nRequestTTY no\nRemoteCommand none\n\
         PermitLocalCommand no\nEscapeChar none\n",
    );
    let strict = if options.accept_new_host_keys { "accept-new" } else { "yes" };
    let _ = writeln!(text, "StrictHostKeyChecking {strict}\nUpdateHostKeys no");
    let level = if options.accept_new_host_keys { "DEBUG1" } else { "INFO" };
    let _ = writeln!(text, "LogLevel {level}");
    if let Some(path) = &options.known_hosts {
        let _ = writeln!(text, "UserKnownHostsFile \"{}\"", percent(&path.to_string_lossy()));
    }
    match include {
        Some(path) => {
            let _ = writeln!(text, "Include \"{}\"", path.to_string_lossy());
        }
        None => text.push_str("Include ~/.ssh/config\nInclude /etc/ssh/ssh_config\n"),
    }
    text
}

/// ssh's arguments that make the master connection to `target`, but for `-F` and `-S`.
pub(super) fn arguments(target: &Target, connect_seconds: u64) -> Vec<String> {
    let mut arguments: Vec<String> = vec!["-M".into(), "-f".into(), "-N".into(), "-T".into()];
    arguments.extend(["-o".into(), format!("ControlPersist={PERSIST_SECONDS}")]);
    arguments.extend(login(target, connect_seconds));
    arguments
}

/// The arguments that say where and as whom to log in.
pub(super) fn login(target: &Target, connect_seconds: u64) -> Vec<String> {
    let mut arguments: Vec<String> = Vec::new();
    let mut option = |value: String| arguments.extend(["-o".into(), value]);
    for (name, value) in &target.ssh.options {
        option(format!("{name}={value}"));
    }
    option(format!("ConnectTimeout={connect_seconds}"));
    if let Some(key) = &target.ssh.key_path {
        option("IdentitiesOnly=yes".into());
        // Not `-i`, which takes no escaped `%`.
        option(format!("IdentityFile=\"{}\"", percent(&key.to_string_lossy())));
    }
    if let Some(user) = &target.ssh.user {
        arguments.extend(["-l".into(), user.clone()]);
    }
    if let Some(port) = target.ssh.port {
        arguments.extend(["-p".into(), port.to_string()]);
    }
    if let Some(bastion) = &target.ssh.bastion {
        arguments.extend(["-J".into(), bastion.clone()]);
    }
    arguments.extend(["--".into(), target.ssh.address.clone()]);
    arguments
}

/// The file that `ssh.configPath` names. ssh itself would pass over one that is not there, and would look for a
/// relative path in `~/.ssh`.
pub(super) fn operators_file(target: &Target) -> Result<Option<PathBuf>, UnfitTarget> {
    let Some(path) = &target.ssh.config_path else { return Ok(None) };
    if path.starts_with("~") {
        return Ok(Some(path.clone()));
    }
    match std::path::absolute(path) {
        Ok(path) if path.is_file() => Ok(Some(path)),
        _ => Err(UnfitTarget::Value {
            node: target.name.clone(),
            field: "ssh.configPath".to_owned(),
            value: path.display().to_string(),
            why: "there is no such file",
        }),
    }
}

/// `%` begins a token in ssh's paths.
pub(super) fn percent(path: &str) -> String {
    path.replace('%', "%%")
}

/// Whether ssh will take every value of `target` for what it is.
pub(super) fn check(target: &Target) -> Result<(), UnfitTarget> {
    let unfit = |field: &str, value: &str, why: &'static str| {
        Err(UnfitTarget::Value {
            node: target.name.clone(),
            field: field.to_owned(),
            value: value.to_owned(),
            why,
        })
    };
    let ssh = &target.ssh;
    if ssh.address.is_empty() || ssh.address.starts_with('-') || !ssh.address.chars().all(in_address) {
        return unfit("ssh.address", &ssh.address, "use a name, an address or an alias of ~/.ssh/config");
    }
    if let Some(user) = &ssh.user
        && (user.is_empty() || user.starts_with('-') || !user.chars().all(in_user))
    {
        return unfit("ssh.user", user, "use letters, digits and . _ - + @ \\");
    }
    if let Some(bastion) = &ssh.bastion
        && (bastion.is_empty()
            || bastion.split(',').any(|hop| {
                hop.is_empty()
                    || hop.starts_with('-')
                    || !hop.chars().all(|c| in_address(c) || in_user(c) || c == '/')
            }))
    {
        return unfit("ssh.bastion", bastion, "use user@host:port, several separated by commas");
    }
    for (field, path) in [("ssh.keyPath", &ssh.key_path), ("ssh.configPath", &ssh.config_path)] {
        if let Some(path) = path.as_ref().map(|path| path.to_string_lossy())
            && !is_plain_path(&path)
        {
            return unfit(field, &path, "quotes, control characters and ${ have a meaning in ssh_config");
        }
    }
    for (name, value) in &ssh.options {
        let field = format!("ssh.options.{name}");
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return unfit(&field, value, "an option's name has letters and digits only, see ssh_config(5)");
        }
        if OURS.contains(&name.to_ascii_lowercase().as_str()) {
            return unfit(&field, value, "kubestep sets this one itself");
        }
        if value.is_empty() || value.chars().any(char::is_control) {
            return unfit(&field, value, "a value is one line and not empty");
        }
    }
    Ok(())
}

pub(super) fn is_plain_path(path: &str) -> bool {
    !path.is_empty()
        && !path.contains("${")
        && !path.chars().any(|c| c.is_control() || matches!(c, '"' | '\\'))
}

/// `%` comes with the zone of a link-local address: `fe80::1%eth0`.
fn in_address(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '.' | ':' | '-' | '_' | '%' | '[' | ']')
        || (!c.is_ascii() && c.is_alphanumeric())
}

fn in_user(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '\\')
}
