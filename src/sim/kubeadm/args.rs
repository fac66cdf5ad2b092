//! kubeadm's command line.

/// A parsed command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Args {
    /// Words that are no flags.
    pub(crate) words: Vec<String>,
    /// Flags in order, without their dashes; switches have no value.
    pub(crate) flags: Vec<(String, Option<String>)>,
}

/// Flags that take a value.
const VALUED: &[&str] = &[
    "apiserver-advertise-address",
    "apiserver-bind-port",
    "apiserver-cert-extra-sans",
    "cert-dir",
    "certificate-key",
    "config",
    "control-plane-endpoint",
    "cri-socket",
    "description",
    "discovery-file",
    "discovery-token",
    "discovery-token-ca-cert-hash",
    "experimental-patches",
    "feature-gates",
    "ignore-preflight-errors",
    "image-repository",
    "kubeconfig",
    "kubeconfig-dir",
    "kubernetes-version",
    "node-name",
    "output",
    "patches",
    "pod-network-cidr",
    "rootfs",
    "service-cidr",
    "service-dns-domain",
    "skip-phases",
    "tls-bootstrap-token",
    "token",
    "token-ttl",
    "ttl",
    "v",
];
/// Flags that are there or not.
const SWITCHES: &[&str] = &[
    "cleanup-tmp-dir",
    "control-plane",
    "discovery-token-unsafe-skip-ca-verification",
    "dry-run",
    "force",
    "help",
    "print-join-command",
    "skip-certificate-key-print",
    "skip-token-print",
    "upload-certs",
];

/// Flags that may stand beside `--config` (1.20 `validation.go isAllowedFlag`).
const BESIDE_CONFIG: &[&str] = &[
    "config",
    "ignore-preflight-errors",
    "dry-run",
    "kubeconfig",
    "node-name",
    "cri-socket",
    "kubeconfig-dir",
    "upload-certs",
    "experimental-patches",
    "patches",
    "print-join-command",
    "rootfs",
    "v",
    "skip-phases",
    "skip-token-print",
    "skip-certificate-key-print",
    "help",
    "force",
];

impl Args {
    /// Reads a command line, or says what kubeadm says of it.
    pub(crate) fn parse(line: &[String]) -> Result<Self, String> {
        let mut args = Self::default();
        let mut rest = line.iter();
        while let Some(word) = rest.next() {
            let (name, value) = match (word.strip_prefix("--"), word.strip_prefix('-')) {
                (Some(long), _) => match long.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (long.to_owned(), None),
                },
                (None, Some(short)) => {
                    let (letter, value) = short.split_at(short.chars().next().map_or(0, char::len_utf8));
                    let value = value.trim_start_matches('=');
                    let name = match letter {
                        "f" => "force",
                        "h" => "help",
                        "o" => "output",
                        "v" => "v",
                        _ => return Err(format!("unknown shorthand flag: '{letter}' in {word}")),
                    };
                    (name.to_owned(), (!value.is_empty()).then(|| value.to_owned()))
                }
                (None, None) => {
                    args.words.push(word.clone());
                    continue;
                }
            };
            if SWITCHES.contains(&name.as_str()) {
                args.flags.push((name, value));
            } else if VALUED.contains(&name.as_str()) {
                let value = match value {
                    Some(value) => value,
                    None => {
                        rest.next().cloned().ok_or_else(|| format!("flag needs an argument: --{name}"))?
                    }
                };
                args.flags.push((name, Some(value)));
            } else {
                return Err(format!("unknown flag: --{name}"));
            }
        }
        Ok(args)
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|(name, value)| name == flag && value.as_deref() != Some("false"))
    }

    pub(crate) fn value(&self, flag: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(name, _)| name == flag).and_then(|(_, value)| value.as_deref())
    }

    /// All values of a flag that can be repeated or given with commas.
    pub(crate) fn list(&self, flag: &str) -> Vec<String> {
        let values =
            self.flags.iter().filter(|(name, _)| name == flag).filter_map(|(_, value)| value.as_deref());
        values
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|v| !v.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// kubeadm's complaint about flags that may not stand beside `--config`.
    pub(crate) fn mixed(&self) -> Option<String> {
        self.value("config")?;
        let others: Vec<&str> = self
            .flags
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !BESIDE_CONFIG.contains(name))
            .collect();
        (!others.is_empty()).then(|| format!("can not mix '--config' with arguments [{}]", others.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn args(line: &str) -> Result<Args, String> {
        Args::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn command_lines_are_read_as_kubeadm_reads_them() {
        let parsed =
            args("init phase certs ca --config /x.yaml -v=3 --ignore-preflight-errors=Swap,Mem").unwrap();
        assert_eq!(parsed.words, ["init", "phase", "certs", "ca"]);
        assert_eq!(parsed.value("config"), Some("/x.yaml"));
        assert_eq!(parsed.value("v"), Some("3"));
        assert_eq!(parsed.list("ignore-preflight-errors"), ["Swap", "Mem"]);
        assert_eq!(args("init --bogus").unwrap_err(), "unknown flag: --bogus");
        assert!(args("reset -f").unwrap().has("force"));
        let mixed = args("init --config /x --certificate-key 00").unwrap().mixed();
        assert_eq!(mixed.unwrap(), "can not mix '--config' with arguments [certificate-key]");
    }
}
