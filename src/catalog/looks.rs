//! Which commands may be run on a node to look closer: those of our own tables, to the letter.

use super::{preflight, rules};

/// Named for people, but not run: what is fetched stays on the node.
const CHANGES: &[&str] = &["crictl pull "];
/// Words that stand for something that nobody has filled in.
const BLANKS: &[&str] = &["ID", "PEER", "ENDPOINT", "ENDPOINTS"];
/// Where files are shown from, when a check's own words say which.
const SHOWN: &[&str] = &["/proc/", "/sys/"];

/// Why a command is not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRunnable {
    /// It is in none of our tables.
    #[error("only commands that a diagnosis names can be run")]
    Unknown,
    /// A person has to fill something in first.
    #[error("it has words in capitals to be filled in: type it in a shell on the node")]
    HasBlanks,
    /// It is not only a look.
    #[error("it changes something on the node: type it in a shell there")]
    Changes,
}

/// Whether `command` stands in the tables of this crate, or in `more`, and only looks.
pub fn runnable_look<'a>(command: &str, more: impl IntoIterator<Item = &'a str>) -> Result<(), NotRunnable> {
    let own = ["kubeadm join phase --help", super::diagnosis::ETCD_PODS];
    let mut known = rules::looks().chain(preflight::looks()).chain(own);
    let is_named = known.any(|entry| is_instance(entry, command))
        || more.into_iter().any(|entry| is_instance(entry, command));
    if !is_named {
        return Err(NotRunnable::Unknown);
    }
    if CHANGES.iter().any(|start| command.starts_with(start)) {
        return Err(NotRunnable::Changes);
    }
    let mut words = command.split(|c: char| !c.is_ascii_alphanumeric());
    if words.any(|word| BLANKS.contains(&word)) {
        return Err(NotRunnable::HasBlanks);
    }
    Ok(())
}

/// Whether `command` is about the cluster, and so is to be run on a control plane that works: elsewhere there are no
/// credentials for it, no authority yet, or no etcd that answers.
pub fn is_about_cluster(command: &str) -> bool {
    ["kubectl ", "kubeadm token ", "openssl x509 -pubkey "].iter().any(|start| command.starts_with(start))
        || ["--name etcd", "--name kube-controller-manager"].iter().any(|part| command.contains(part))
            && !command.starts_with("crictl logs ")
}

/// Whether `command` is `entry` with something plain in place of `{}`.
fn is_instance(entry: &str, command: &str) -> bool {
    let Some((before, after)) = entry.split_once("{}") else { return entry == command };
    let Some(detail) = command.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    let is_plain = !detail.is_empty() && detail.chars().all(plain) && !detail.starts_with('-');
    let reads = before.starts_with("cat ");
    is_plain && !detail.contains("..") && (!reads || SHOWN.iter().any(|folder| detail.starts_with(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_commands_are_run() {
        for command in
            ["crictl ps -a", "ss -ltnp", "ss -ltnp 'sport = :6443'", "cat /proc/sys/net/ipv4/ip_forward"]
        {
            assert_eq!(runnable_look(command, []), Ok(()), "{command}");
        }
        for command in [
            "",
            "rm -rf /",
            "crictl ps -a; reboot",
            "crictl ps -a ",
            "ss -ltnp 'sport = :6443'; reboot '",
            "ss -ltnp 'sport = :$(reboot)'",
            "cat /etc/shadow",
            "cat /etc/kubernetes/pki/ca.key",
            "cat /proc/../etc/shadow",
            "cat /run/kubestep/init.yaml",
            "ls -la -R",
            "command -v x\nreboot",
        ] {
            assert_eq!(runnable_look(command, []), Err(NotRunnable::Unknown), "{command}");
        }
        assert_eq!(runnable_look("nc -vz PEER 2380", []), Err(NotRunnable::HasBlanks));
        assert_eq!(runnable_look("crictl pull registry.k8s.io/pause:3.9", []), Err(NotRunnable::Changes));
        assert_eq!(runnable_look("uname -m", ["uname -m"]), Ok(()));
    }

    #[test]
    fn who_knows_the_cluster_is_asked_about_it() {
        let about = |part: &str| {
            let mut all = rules::looks();
            is_about_cluster(all.find(|look| look.contains(part)).expect("a look"))
        };
        assert!(about("get csr") && about("member list") && about("token list") && about("| sha256sum"));
        assert!(!about("journalctl") && !about("crictl logs $(") && !about("swapon"));
    }

    /// A new row of the tables has to be thought about: what is run is named here by its first word.
    #[test]
    fn what_is_run_only_looks() {
        let readers = [
            "cat",
            "command",
            "containerd",
            "crictl",
            "curl",
            "date",
            "df",
            "docker",
            "env",
            "firewall-cmd",
            "free",
            "getent",
            "grep",
            "hostname",
            "hostnamectl",
            "id",
            "ip",
            "iptables",
            "journalctl",
            "kubeadm",
            "kubectl",
            "kubelet",
            "ls",
            "lsmod",
            "mount",
            "nproc",
            "openssl",
            "ss",
            "stat",
            "sudo",
            "swapon",
            "sysctl",
            "systemctl",
            "timedatectl",
            "ulimit",
            "uname",
        ];
        for command in rules::looks().chain(preflight::looks()) {
            let first = command.split(' ').next().unwrap_or_default();
            let runs = runnable_look(command, []).is_ok() && !command.contains("{}");
            assert!(!runs || readers.contains(&first), "{command}");
            let changing =
                [" apply", " delete ", " create", " restart", " stop ", " start ", " -w ", " rm ", ">"];
            assert!(
                !runs
                    || command.contains("member list -w table")
                    || command.contains("| grep -w ")
                    || !changing.iter().any(|word| command.contains(word)),
                "{command}"
            );
        }
    }
}
