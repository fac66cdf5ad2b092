use std::net::TcpListener;
use std::time::Duration;

use kubestep::ids::PhaseId;
use kubestep::inventory::model::Endpoint;
use kubestep::survey::facts::{Facts, Membership};
use kubestep::survey::probe::{is_whole, parse, script};
use kubestep::version::Version;

use super::node::{Node, run_here, shells};

const CONTAINERD: &str = "unix:///run/containerd/containerd.sock";

fn facts(output: &str) -> Facts {
    let lines = |command: &str, help: &str| {
        help.lines().map(|line| PhaseId::new(format!("{command}: {line}"))).collect::<Vec<_>>()
    };
    parse(output, 0, Duration::ZERO, &lines)
}

#[test]
fn this_machine_answers_plausibly_under_every_shell() {
    for (name, shell) in shells() {
        let output = run_here(&shell, &script(None, CONTAINERD, 0));
        assert!(is_whole(&output), "{name}: {output}");
        let facts = facts(&output);
        assert!(facts.cpus >= 1, "{name}");
        assert!(facts.memory_mib > 100, "{name}");
        assert!(!facts.kernel.is_empty() && !facts.arch.is_empty() && !facts.hostname.is_empty(), "{name}");
        assert!(facts.uid.is_some(), "{name}");
        assert!(facts.free_mib.is_some(), "{name}");
        assert!(facts.clock_offset_ms > 1_700_000_000_000, "{name}: {}", facts.clock_offset_ms);
        assert!(facts.cgroup > 0, "{name}");
        assert_eq!(facts.endpoint_answers, None, "{name}: there is no endpoint");
        let value = std::fs::read_to_string("/proc/sys/net/ipv4/ip_forward").unwrap();
        let forward = ("net.ipv4.ip_forward".to_owned(), value.trim().to_owned());
        assert!(facts.sysctls.contains(&forward), "{name}: {:?}", facts.sysctls);
    }
}

#[test]
fn the_shells_agree() {
    let answers: Vec<Facts> = shells()
        .iter()
        .map(|(_, shell)| Facts {
            clock_offset_ms: 0,
            free_mib: None,
            ..facts(&run_here(shell, &script(None, CONTAINERD, 0)))
        })
        .collect();
    for pair in answers.windows(2) {
        let known = |facts: &Facts| Facts {
            // busybox finds its own applets.
            missing_programs: Vec::new(),
            listening: Vec::new(),
            ..facts.clone()
        };
        assert_eq!(known(&pair[0]), known(&pair[1]));
    }
}

#[test]
fn a_listening_port_is_listed_and_answers_as_endpoint() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let closed = {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        other.local_addr().unwrap().port()
    };
    for (name, shell) in shells() {
        let endpoint = Endpoint { host: "127.0.0.1".to_owned(), port };
        let answer = facts(&run_here(&shell, &script(Some(&endpoint), CONTAINERD, 0)));
        assert!(answer.listening.contains(&port), "{name}: {:?}", answer.listening);
        assert_eq!(answer.endpoint_answers, Some(true), "{name}");

        let endpoint = Endpoint { host: "127.0.0.1".to_owned(), port: closed };
        let answer = facts(&run_here(&shell, &script(Some(&endpoint), CONTAINERD, 0)));
        assert_eq!(answer.endpoint_answers, Some(false), "{name}");
    }
}

#[test]
fn hostile_values_do_not_become_commands() {
    let marker = tempfile::tempdir().unwrap();
    let file = marker.path().join("owned").display().to_string();
    for attack in [
        format!("$(touch {file})"),
        format!("`touch {file}`"),
        format!("'; touch {file}; '"),
        format!("\"; touch {file}; \""),
        format!("a\ntouch {file}\n"),
        format!("--config={file}"),
        format!("x/$(touch {file})/80"),
        "-oProxyCommand=x".to_owned(),
        "*".to_owned(),
        "\\".to_owned(),
        "'".to_owned(),
    ] {
        for (name, shell) in shells() {
            let endpoint = Endpoint { host: attack.clone(), port: 1 };
            let output = run_here(&shell, &script(Some(&endpoint), &format!("unix://{attack}"), 0));
            assert!(is_whole(&output), "{name}: {attack}");
            let output = run_here(&shell, &script(None, &attack, 0));
            assert!(is_whole(&output), "{name}: {attack}");
            assert!(!marker.path().join("owned").exists(), "{name}: {attack}");
        }
    }
}

#[test]
fn a_script_that_arrives_in_part_does_nothing() {
    let whole = script(None, CONTAINERD, 0);
    let part = &whole[..whole.len() * 2 / 3];
    for (_, shell) in shells() {
        let output =
            std::process::Command::new(shell[0]).args(&shell[1..]).arg("-c").arg(part).output().unwrap();
        assert!(!output.status.success());
        assert!(output.stdout.is_empty(), "{:?}", String::from_utf8_lossy(&output.stdout));
    }
}

const HELP: &str = r#"echo 'Run this

The "'$1'" command executes the following phases:
```
preflight   Run checks
certs       Certificate generation
  /ca         Generate the CA
```

Usage:
  kubeadm '$1' [flags]'"#;

#[test]
fn a_fresh_node_and_a_joined_one_tell_their_story() {
    let Some(node) = Node::new() else { return };
    node.put("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    node.put("/etc/hosts", format!("10.0.0.1 {}\n", hostname()));
    node.socket("/run/containerd/containerd.sock");
    node.program("kubeadm", &format!("case $1 in version) echo v1.29.6 ;; *) {HELP} ;; esac"));
    node.program("kubelet", "echo Kubernetes v1.29.5");
    node.program("kubectl", "true");
    node.program(
        "crictl",
        "[ \"$1 $2 $5\" = '--runtime-endpoint unix:///run/containerd/containerd.sock info' ]",
    );
    node.program(
        "systemctl",
        "case $1 in is-active) echo activating; exit 3 ;; is-enabled) echo enabled ;; esac",
    );
    for (name, shell) in shells() {
        let fresh = facts(&node.run(&shell, &script(None, CONTAINERD, 0)));
        assert_eq!(fresh.os, "Debian GNU/Linux 12 (bookworm)", "{name}");
        assert_eq!(fresh.machine_id, "0123456789abcdef0123456789abcdef", "{name}");
        assert_eq!(fresh.uid, Some(0), "{name}");
        assert_eq!(fresh.kubeadm, Some(Version::new(1, 29, 6)), "{name}");
        assert_eq!(fresh.kubelet, Some(Version::new(1, 29, 5)), "{name}");
        assert!(fresh.kubectl, "{name}");
        assert_eq!(fresh.cri_sockets, [CONTAINERD], "{name}");
        assert_eq!(fresh.cri_answers, Some(true), "{name}");
        assert_eq!(
            (fresh.kubelet_state.as_str(), fresh.kubelet_enabled.as_str()),
            ("activating", "enabled"),
            "{name}"
        );
        assert!(fresh.name_resolves, "{name}");
        assert_eq!(fresh.not_writable, Vec::<String>::new(), "{name}");
        assert_eq!(fresh.membership(), Membership::Fresh, "{name}");
        let init: Vec<&str> = fresh.phases.init.iter().map(PhaseId::as_str).collect();
        assert_eq!(
            init,
            [
                "init: The \"init\" command executes the following phases:",
                "init: ```",
                "init: preflight   Run checks",
                "init: certs       Certificate generation",
                "init:   /ca         Generate the CA",
                "init: ```",
            ],
            "{name}"
        );
        assert_eq!((fresh.phases.join.len(), fresh.phases.reset.len()), (6, 6), "{name}");
    }

    let key = rcgen::KeyPair::generate().unwrap();
    let ca = rcgen::CertificateParams::default().self_signed(&key).unwrap();
    node.put("/etc/kubernetes/pki/ca.crt", ca.pem());
    node.put(
        "/etc/kubernetes/kubelet.conf",
        "clusters:\n- cluster:\n    server: https://10.4.0.10:6443\n  name: x\n",
    );
    node.put("/etc/kubernetes/manifests/kube-apiserver.yaml", "kind: Pod\n");
    node.put("/var/lib/etcd/member/snap/db", "x");
    node.program(
        "systemctl",
        "case $1 in is-active) echo active ;; is-enabled) echo disabled; exit 1 ;; esac",
    );
    node.program("crictl", "echo 'no runtime' >&2; exit 1");
    for (name, shell) in shells() {
        let joined = facts(&node.run(&shell, &script(None, CONTAINERD, 0)));
        assert_eq!(joined.membership(), Membership::ControlPlane, "{name}");
        assert_eq!(joined.server.as_deref(), Some("https://10.4.0.10:6443"), "{name}");
        assert_eq!(joined.ca_hash, Some(spki_hash(&key)), "{name}");
        assert_eq!(joined.cri_answers, Some(false), "{name}");
        assert_eq!(joined.kubelet_enabled, "disabled", "{name}");
        for left in ["/etc/kubernetes/kubelet.conf", "/etc/kubernetes/pki/ca.crt", "/var/lib/etcd"] {
            assert!(joined.has(left), "{name}: {left} of {:?}", joined.leftovers);
        }
    }
}

#[test]
fn programs_that_hang_do_not_hang_the_probe() {
    let Some(node) = Node::new() else { return };
    node.socket("/run/containerd/containerd.sock");
    for program in ["crictl", "systemctl", "getent"] {
        node.program(program, "exec sleep 1000");
    }
    for (name, shell) in shells() {
        let output = node.run(&shell, &script(None, CONTAINERD, 0));
        assert!(is_whole(&output), "{name}");
        let facts = facts(&output);
        assert_eq!(facts.cri_answers, None, "{name}: slow is not dead");
        assert_eq!(facts.kubelet_state, "", "{name}");
    }
}

#[test]
fn a_node_with_next_to_nothing_installed_still_answers() {
    let Some(node) = Node::new() else { return };
    let node = node.only(&[]);
    node.put("/etc/hosts", format!("10.0.0.1 {}\n", hostname()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = Endpoint { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
    let text = script(Some(&endpoint), CONTAINERD, 0);
    let Some(shell) = shells().into_iter().find(|(name, _)| *name == "dash") else { return };
    let facts = facts(&node.run(&shell.1, &text));
    assert!(facts.cpus >= 1 && facts.memory_mib > 0);
    assert_eq!(facts.endpoint_answers, None, "there is nothing to try it with");
    assert!(facts.name_resolves);
    assert_eq!((facts.kubeadm, facts.kubelet, facts.kubectl), (None, None, false));
    for program in ["conntrack", "crictl", "ip", "nsenter"] {
        assert!(facts.missing_programs.iter().any(|missing| missing == program), "{program}");
    }
}

fn hostname() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned()
}

fn spki_hash(key: &rcgen::KeyPair) -> String {
    use rcgen::PublicKeyData;
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(key.subject_public_key_info());
    digest.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}
