//! What ssh's and sudo's words mean.

use crate::transport::error::Fault;

/// The fault behind what `ssh` printed before it gave up.
pub(super) fn connection(said: &str, address: &str, seconds: u64) -> Fault {
    let has = |text: &str| said.contains(text);
    let address = address.to_owned();
    if has("REMOTE HOST IDENTIFICATION HAS CHANGED") || has("POSSIBLE DNS SPOOFING") {
        Fault::HostKeyChanged { address }
    } else if has("Host key verification failed") || has("host key is known for") {
        Fault::HostKeyUnknown
    } else if has("Could not resolve hostname") || has("Name or service not known") {
        Fault::UnknownHost { address }
    } else if has("Connection refused") {
        Fault::Refused { address }
    } else if has("timed out")
        || has("No route to host")
        || has("Network is unreachable")
        || has("Host is down")
    {
        Fault::TimedOut { address, seconds }
    } else if has("Permission denied")
        || has("Too many authentication failures")
        || has("No more authentication methods")
        || has("bad permissions")
        || has("no mutual signature")
    {
        Fault::LoginRefused { detail: last_line(said) }
    } else if has("Unable to negotiate")
        || has("Bad configuration option")
        || has("bad configuration options")
        || has("Bad owner or permissions")
    {
        Fault::Local { detail: last_line(said) }
    } else {
        Fault::Lost { detail: last_line(said) }
    }
}

/// The fault behind what `sudo` printed instead of running what it was given.
pub(super) fn sudo(said: &str) -> Fault {
    let has = |text: &str| said.contains(text);
    if has("incorrect password") || has("Sorry, try again") || has("no password was provided") {
        Fault::SudoPasswordWrong
    } else if has("password is required") || has("a terminal is required to read the password") {
        Fault::SudoPasswordNeeded
    } else if has("sudo: not found") || has("sudo: command not found") || has("Unknown command: sudo") {
        Fault::NoSudo
    } else {
        Fault::SudoRefused { detail: last_line(said) }
    }
}

/// The last line that says something; ssh explains first and concludes last.
pub(super) fn last_line(said: &str) -> String {
    let line = said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it said nothing");
    crate::text::sanitize(line).chars().take(300).collect()
}

/// The fingerprint in what ssh printed, when it took a new host key.
pub(super) fn new_host_key(said: &str) -> Option<String> {
    said.contains("Permanently added").then(|| {
        said.lines()
            .find_map(|line| line.trim().strip_prefix("Host key fingerprint is "))
            .map_or_else(|| "unknown fingerprint".to_owned(), |key| key.trim().to_owned())
    })
}
