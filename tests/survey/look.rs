use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use kubestep::inventory::model::Endpoint;
use kubestep::survey::awaited::Awaited;
use kubestep::survey::look::{Look, parse, script};

use super::node::{Node, find, run_here, shells};

/// A server on a port of its own that says `reply` to every connection and closes it.
fn plain_server(reply: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            if !reply.is_empty() {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request);
                let _ = stream.write_all(reply);
            }
        }
    });
    port
}

/// A port that nothing listens on: below those that tests are given, and nobody's.
const CLOSED: u16 = 1;

/// Looks again while a busy machine is slower than a look waits.
fn patiently(look: impl Fn() -> Look) -> Look {
    let slow = |look: &Look| look.facts.iter().any(|(_, value)| value == "timeout");
    (0..20).map(|_| look()).find(|look| !slow(look)).expect("an answer in time, once in twenty looks")
}

/// `openssl s_server` that answers each path with a file of that name.
struct Tls {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Tls {
    fn new(files: &[(&str, &str)]) -> Option<Self> {
        if find("openssl").is_none() {
            eprintln!("SKIPPED: openssl is not installed, looks over TLS were not tried");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        std::fs::write(folder.path().join("cert.pem"), certificate.pem()).unwrap();
        for (name, reply) in files {
            std::fs::write(folder.path().join(name), reply).unwrap();
        }
        let mut child = Command::new("openssl")
            .args(["s_server", "-HTTP", "-key", "key.pem", "-cert", "cert.pem", "-accept", "127.0.0.1:0"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It says `ACCEPT 127.0.0.1:PORT` when it listens.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let accepts =
            lines.find_map(|line| line.unwrap().strip_prefix("ACCEPT ").map(str::to_owned)).unwrap();
        let port = accepts.rsplit_once(':').unwrap().1.parse().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, port, _folder: folder })
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint { host: "127.0.0.1".to_owned(), port: self.port }
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const OK: &str = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nok";
const SICK: &str = "HTTP/1.0 500 Internal Server Error\r\n\r\n[+]ping ok\n[+]etcd ok\n[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\nlivez check failed\n";

fn value(look: &Look, name: &str) -> String {
    look.facts.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
}

#[test]
fn a_kubelet_that_answers_is_ready() {
    let Some(node) = Node::new() else { return };
    let port = plain_server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    node.put("/var/lib/kubelet/config.yaml", format!("kind: KubeletConfiguration\nhealthzPort: {port}\n"));
    node.program("systemctl", "printf 'ActiveState=active\nNRestarts=4\nInvocationID=0123\n'");
    node.program("journalctl", "[ $1 = _SYSTEMD_INVOCATION_ID=0123 ] && echo 'I0101 fine'");
    for (name, shell) in shells() {
        let output = node.run(&shell, &script(Awaited::Kubelet, None, "10.4.0.11"));
        let look = parse(&output);
        assert!(look.ready, "{name}: {output}");
        assert_eq!(look.waiting_for, "the kubelet answers", "{name}");
        assert_eq!(value(&look, "kubelet restarts"), "4", "{name}");
    }
}

#[test]
fn a_kubelet_that_crashes_says_why() {
    let Some(node) = Node::new() else { return };
    node.put("/var/lib/kubelet/config.yaml", format!("healthzPort: {CLOSED}\n"));
    node.program("systemctl", "printf 'NRestarts=7\nActiveState=activating\nInvocationID=\n'");
    node.program(
        "journalctl",
        "echo 'I1122 10:00:00.1 1 server.go:1] starting'
         echo 'E1122 10:00:00.2 1 server.go:2] \"something else\" err=\"x\"'
         echo 'F1122 10:00:00.3 1 server.go:274] failed to run Kubelet: running with swap on is not supported, please disable swap!'
         echo 'E1122 10:00:00.4 1 kubelet.go:9] \"Error getting node\" err=\"node \\\"x\\\" not found\"'",
    );
    for (name, shell) in shells() {
        let look = parse(&node.run(&shell, &script(Awaited::Kubelet, None, "")));
        assert!(!look.ready, "{name}");
        assert_eq!(
            look.waiting_for,
            "the kubelet, which keeps ending (7 restarts): `failed to run Kubelet: running with swap on is not supported, please disable swap!`",
            "{name}"
        );
        let stuck = look.stuck.expect("a known trouble");
        assert_eq!(stuck.rule, "swap", "{name}");
        assert!(stuck.fix.contains("swapoff"), "{name}");
    }
}

/// klog's Fatal dumps every goroutine behind the reason, which then is far above the log's end. Seen with 1.20 and a
/// containerd without its CRI.
#[test]
fn a_kubelet_that_dumps_its_goroutines_says_why_too() {
    let Some(node) = Node::new() else { return };
    node.put("/var/lib/kubelet/config.yaml", format!("healthzPort: {CLOSED}\n"));
    node.program("systemctl", "printf 'NRestarts=7\nActiveState=activating\nInvocationID=\n'");
    node.program(
        "journalctl",
        "words() {
           echo 'F1129 15:16:50.3 1 server.go:269] failed to run Kubelet: rpc error: code = Unimplemented desc = unknown service runtime.v1alpha2.RuntimeService'
           i=0
           while [ $((i += 1)) -le 300 ]; do
             printf 'goroutine %s [select]:\nk8s.io/apimachinery/pkg/api/errors.Failed(...)\n\t/usr/lib/go/errors.go:1433\ncreated by net/http.addTLS\n\t/usr/lib/go/transport.go:1534 +0x345\n' $i
           done
         }
         while [ $# -gt 0 ]; do [ \"$1\" = -n ] && most=$2; shift; done
         words | tail -n $most",
    );
    for (name, shell) in shells() {
        let look = parse(&node.run(&shell, &script(Awaited::Kubelet, None, "")));
        assert_eq!(look.stuck.expect("a known trouble").rule, "container-runtime", "{name}");
    }
}

#[test]
fn an_api_server_is_seen_with_whatever_program_the_node_has() {
    let Some(well) = Tls::new(&[("livez", OK)]) else { return };
    let Some(sick) = Tls::new(&[("livez", SICK)]) else { return };
    let Some(old) = Tls::new(&[("livez", "HTTP/1.0 404 Not Found\r\n\r\n"), ("healthz", OK)]) else { return };
    let Some(shut) = Tls::new(&[("livez", "HTTP/1.0 403 Forbidden\r\n\r\n{}")]) else { return };
    let closing = plain_server(b"");
    let closed = CLOSED;
    let at = |port: u16| format!("127.0.0.1:{port}");
    let (_, dash) = shells().remove(0);
    for tool in ["curl", "wget", "openssl"] {
        let Some(node) = Node::new() else { return };
        if find(tool).is_none() {
            eprintln!("SKIPPED: {tool} is not installed, looks with it were not tried");
            continue;
        }
        let node = node.only(&["timeout", tool]);
        let look =
            |port: u16| patiently(|| parse(&node.run(&dash, &script(Awaited::ApiServer, None, &at(port)))));

        let answer = look(well.port);
        assert!(answer.ready, "{tool}: {answer:?}");
        assert_eq!(
            answer.waiting_for,
            format!("the API server answers at https://127.0.0.1:{}", well.port),
            "{tool}"
        );

        let answer = look(sick.port);
        assert!(!answer.ready, "{tool}: {answer:?}");
        assert_eq!(value(&answer, "API server"), "http 500", "{tool}");
        assert_eq!(value(&answer, "not done"), "poststarthook/rbac/bootstrap-roles", "{tool}");

        assert!(look(old.port).ready, "{tool}: /healthz is asked where there is no /livez");
        assert!(look(shut.port).ready, "{tool}: who refuses us to look in is there");
        assert_eq!(value(&look(closed), "API server"), "refused", "{tool}");
        let answer = value(&look(closing), "API server");
        assert!(["closed", "tls"].contains(&answer.as_str()), "{tool}: {answer}");
    }
}

/// Debian's static busybox crashes when it needs the network, so its wget is played.
#[test]
fn the_words_of_busyboxs_wget_are_understood() {
    let Some(node) = Node::new() else { return };
    let node = node.only(&["timeout"]);
    let (_, dash) = shells().remove(0);
    for (said, rc, answer) in [
        ("Connecting to 10.4.0.11:6443 (10.4.0.11:6443)\n  HTTP/1.1 200 OK\n\nok", 0, "ok"),
        (
            "  HTTP/1.1 500 Internal Server Error\nwget: server returned error: HTTP/1.1 500 Internal Server Error",
            1,
            "http 500",
        ),
        ("wget: server returned error: HTTP/1.1 403 Forbidden", 1, "http 403"),
        ("wget: can't connect to remote host (10.4.0.11): Connection refused", 1, "refused"),
        ("wget: bad address 'kubestep.invalid'", 1, "no-name"),
        ("wget: error getting response: Connection reset by peer", 1, "closed"),
        ("", 139, "unknown"),
    ] {
        node.program(
            "wget",
            &format!("case $* in *--help*) echo BusyBox v1.36 ;; *) echo \"{said}\" >&2; exit {rc} ;; esac"),
        );
        let look = parse(&node.run(&dash, &script(Awaited::ApiServer, None, "10.4.0.11")));
        assert_eq!(value(&look, "API server"), answer, "{said}");
        assert_eq!(look.ready, ["ok", "http 403"].contains(&answer), "{said}");
    }
}

const TABLE: &str = "cat <<'END'
CONTAINER           IMAGE               CREATED              STATE               NAME                      ATTEMPT             POD ID              POD
f5b1d9b1b5a4c       8cb3de219af7b       About a minute ago   Exited              kube-apiserver            4                   0a1b2c3d4e5f6       kube-apiserver-bettley
0f1d9b1b5a4c0       8cb3de219af7b       2 minutes ago        Exited              kube-apiserver            3                   0a1b2c3d4e5f6       kube-apiserver-bettley
a5b1d9b1b5a4c       9cb3de219af7b       3 minutes ago        Running             etcd                      0                   1a1b2c3d4e5f6       etcd-bettley
END";

const STAND_IN: &str = "cat <<'END'
CONTAINER                                                           IMAGE                                  RUNTIME
1f5b1d9b1b5a4c1f5b1d9b1b5a4c1f5b1d9b1b5a4c1f5b1d9b1b5a4c1f5b1d9b    k8s.gcr.io/kube-apiserver:v1.20.2      io.containerd.runc.v2
END";

fn control_plane() -> Option<Node> {
    let node = Node::new()?;
    node.put(
        "/var/lib/kubelet/config.yaml",
        format!("healthzPort: {}\n", plain_server(b"HTTP/1.0 200 OK\r\n\r\nok")),
    );
    node.program("systemctl", "printf 'ActiveState=active\nNRestarts=0\nInvocationID=1\n'");
    node.program("journalctl", "true");
    node.socket("/run/containerd/containerd.sock");
    for name in ["etcd", "kube-apiserver", "kube-scheduler"] {
        node.put(&format!("/etc/kubernetes/manifests/{name}.yaml"), "kind: Pod\n");
    }
    node.put(
        "/var/log/pods/kube-system_etcd-bettley_aa/etcd/0.log",
        "2026-11-22T10:00:00Z stderr F {\"level\":\"info\"}\n",
    );
    let pod = "/var/log/pods/kube-system_kube-apiserver-bettley_bb/kube-apiserver";
    node.put(&format!("{pod}/3.log"), "2026-11-22T10:00:00Z stderr F I1122 starting\n2026-11-22T10:00:01Z stderr F Error: tls: failed to find any PEM data\n2026-11-22T10:00:01Z stderr F bye\n");
    node.put(&format!("{pod}/4.log"), "2026-11-22T10:00:09Z stderr F Error: open /nowhere: no such file\n");
    node.put(&format!("{pod}/10.log.20261122"), "x x x rotated\n");
    Some(node)
}

#[test]
fn a_static_pod_that_crashes_is_named_with_its_last_words() {
    let Some(node) = control_plane() else { return };
    let api = format!("127.0.0.1:{CLOSED}");
    for (crictl, state, says) in [
        (TABLE, "ended, 4 restarts", "Error: open /nowhere: no such file"),
        (STAND_IN, "started, 4 restarts", "Error: tls: failed to find any PEM data"),
        ("echo 'crictl: no' >&2; exit 1", "started, 4 restarts", "Error: tls: failed to find any PEM data"),
    ] {
        node.program("crictl", crictl);
        for (name, shell) in shells() {
            let output = node.run(&shell, &script(Awaited::ApiServer, None, &api));
            let look = parse(&output);
            assert!(!look.ready, "{name}: {output}");
            assert_eq!(value(&look, "kube-apiserver"), state, "{name}: {output}");
            assert_eq!(value(&look, "kube-apiserver says"), says, "{name}: {output}");
            assert_eq!(value(&look, "kube-scheduler"), "no container yet", "{name}");
            assert_eq!(
                look.waiting_for,
                format!("the API server at https://{api}, which keeps ending (4 restarts): `{says}`"),
                "{name}"
            );
        }
    }
}

#[test]
fn an_endpoint_without_an_answer_says_what_kind_of_silence_it_is() {
    let (_, shell) = shells().remove(0);
    let look = |endpoint: &Endpoint| {
        patiently(|| parse(&run_here(&shell, &script(Awaited::Endpoint, Some(endpoint), ""))))
    };
    let at = |port| Endpoint { host: "127.0.0.1".to_owned(), port };

    let closed = look(&at(CLOSED));
    assert!(!closed.ready);
    assert!(closed.waiting_for.ends_with("nothing listens there"), "{}", closed.waiting_for);

    let behind = look(&at(plain_server(b"")));
    assert!(!behind.ready);
    assert!(behind.waiting_for.contains("no healthy API server yet"), "{}", behind.waiting_for);

    // A resolver that answers says no-name, one that is cut off takes too long.
    let nameless = Endpoint { host: "kubestep.invalid".to_owned(), port: 6443 };
    let nameless = parse(&run_here(&shell, &script(Awaited::Endpoint, Some(&nameless), "")));
    assert!(["no-name", "timeout"].contains(&value(&nameless, "endpoint").as_str()), "{nameless:?}");

    let Some(server) = Tls::new(&[("livez", OK)]) else { return };
    for (name, shell) in shells() {
        let look =
            patiently(|| parse(&run_here(&shell, &script(Awaited::Endpoint, Some(&server.endpoint()), ""))));
        assert!(look.ready, "{name}: {look:?}");
    }
}

#[test]
fn hostile_values_do_not_become_commands() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("owned");
    for attack in
        [format!("$(touch {0})", file.display()), format!("';touch {0};'", file.display()), "-x".to_owned()]
    {
        for (name, shell) in shells() {
            let endpoint = Endpoint { host: attack.clone(), port: 1 };
            for what in [Awaited::Kubelet, Awaited::ApiServer, Awaited::Endpoint] {
                let look = parse(&run_here(&shell, &script(what, Some(&endpoint), &attack)));
                assert!(!look.ready || what == Awaited::Kubelet, "{name}");
                assert!(!file.exists(), "{name}: {attack}");
            }
        }
    }
}

#[test]
fn what_a_kubelet_says_and_runs_all_the_same_is_passed_over() {
    let Some(node) = Node::new() else { return };
    node.put("/var/lib/kubelet/config.yaml", format!("healthzPort: {CLOSED}\n"));
    node.program("systemctl", "printf 'ActiveState=active\nNRestarts=0\nInvocationID=\n'");
    let noise = "echo 'W1122 1 manager.go:949] Error getting perf_event cgroup path: \"could not find path\"'
         echo 'E1122 1 container_manager_linux.go:528] failed to apply oom score -999 to PID 1: write /proc/1/oom_score_adj: permission denied'
         echo 'E1122 1 aws_credentials.go:77] while getting AWS credentials NoCredentialProviders'";
    let said = |before: &str| {
        node.program("journalctl", &format!("{before}\n{noise}"));
        shells()
            .iter()
            .map(|(_, shell)| {
                value(&parse(&node.run(shell, &script(Awaited::Kubelet, None, ""))), "kubelet says")
            })
            .collect::<Vec<_>>()
    };
    for says in said("") {
        assert_eq!(says, "");
    }
    for says in said("echo 'I1122 1 server.go:1] failed to listen'") {
        assert_eq!(says, "failed to listen");
    }
}
