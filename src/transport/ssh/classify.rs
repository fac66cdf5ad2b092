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
    if [
        "incorrect password",
        "incorrect authentication",
        "Sorry, try again",
        "Authentication failed",
        "no password was provided",
    ]
    .into_iter()
    .any(has)
    {
        Fault::SudoPasswordWrong
    } else if has("password is required")
        || has("authentication is required")
        || has("a terminal is required to read the password")
    {
        Fault::SudoPasswordNeeded
    } else if has("sudo: not found")
        || has("sudo: No such file")
        || has("sudo: command not found")
        || has("Unknown command: sudo")
    {
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

/// The fingerprints of the host keys that ssh took for the first time: the bastions' and the node's. ssh tells them only
/// at `LogLevel DEBUG1`.
pub(super) fn new_host_keys(said: &str) -> Option<String> {
    let mut keys = Vec::new();
    let mut current = "unknown";
    for line in said.lines() {
        if let Some((_, key)) = line.split_once("Server host key: ") {
            current = key.split(' ').next_back().unwrap_or(key).trim();
        } else if line.contains("Permanently added") && !keys.contains(&current) {
            keys.push(current);
        }
    }
    (!keys.is_empty()).then(|| keys.join(", "))
}

/// What ssh said but for its debugging.
pub(super) fn without_debugging(said: &str) -> String {
    let lines: Vec<_> = said.lines().filter(|line| !line.starts_with("debug1: ")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sshs_words_are_understood() {
        let fault = |said: &str| connection(said, "a", 7);
        let address = || "a".to_owned();
        assert_eq!(
            fault("ssh: connect to host a port 22: Connection refused"),
            Fault::Refused { address: address() }
        );
        assert_eq!(
            fault("ssh: connect to host a port 22: Connection timed out"),
            Fault::TimedOut { address: address(), seconds: 7 }
        );
        assert_eq!(
            fault("ssh: connect to host a port 22: No route to host"),
            Fault::TimedOut { address: address(), seconds: 7 }
        );
        assert_eq!(
            fault("ssh: Could not resolve hostname a: Temporary failure in name resolution"),
            Fault::UnknownHost { address: address() }
        );
        assert_eq!(
            fault(
                "No ED25519 host key is known for a and you have requested strict checking.\nHost key verification failed."
            ),
            Fault::HostKeyUnknown
        );
        assert_eq!(
            fault(
                "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed."
            ),
            Fault::HostKeyChanged { address: address() }
        );
        for refused in [
            "root@a: Permission denied (publickey).",
            "Received disconnect from a: Too many authentication failures",
        ] {
            assert!(matches!(fault(refused), Fault::LoginRefused { .. }), "{refused}");
        }
        for passing in [
            "kex_exchange_identification: read: Connection reset by peer\nConnection reset by a port 22",
            "kex_exchange_identification: Connection closed by remote host",
            "Connection closed by a port 22",
            "client_loop: send disconnect: Broken pipe",
            "",
        ] {
            let fault = fault(passing);
            assert!(matches!(fault, Fault::Lost { .. }) && fault.is_passing(), "{passing}");
        }
        assert!(matches!(fault("command-line: line 0: Bad configuration option: x"), Fault::Local { .. }));
    }

    #[test]
    fn sudos_words_are_understood() {
        for (said, fault) in [
            ("sudo: a password is required", Fault::SudoPasswordNeeded),
            ("sudo-rs: interactive authentication is required", Fault::SudoPasswordNeeded),
            (
                "Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt",
                Fault::SudoPasswordWrong,
            ),
            ("sudo-rs: Authentication failed, try again.", Fault::SudoPasswordWrong),
            ("sudo: 3 incorrect authentication attempts", Fault::SudoPasswordWrong),
            (
                "pi is not in the sudoers file.",
                Fault::SudoRefused { detail: "pi is not in the sudoers file.".into() },
            ),
            ("bash: line 1: exec: sudo: not found", Fault::NoSudo),
        ] {
            assert_eq!(sudo(said), fault, "{said}");
        }
    }

    #[test]
    fn every_key_taken_for_the_first_time_is_told() {
        let said = "debug1: Server host key: ssh-ed25519 SHA256:gate\n\
                    debug1: Host 'gate' is known and matches the ED25519 host key.\n\
                    debug1: Server host key: ssh-ed25519 SHA256:node\n\
                    Warning: Permanently added 'node' (ED25519) to the list of known hosts.\n";
        assert_eq!(new_host_keys(said).as_deref(), Some("SHA256:node"));
        assert_eq!(new_host_keys("Warning: no key"), None);
        assert!(!without_debugging(said).contains("gate"));
    }
}
