#![allow(clippy::unwrap_used)]
use std::time::Duration;

use super::*;
use crate::clock::Clock;
use crate::inventory::ThisMachine;
use crate::sim::{RackSpec, Scenario};
use crate::version::Version;

const GOLDENTOOTH: &str = include_str!("../../../inventory/goldentooth.yaml");

fn rack(scenario: Scenario) -> Rack {
    let (inventory, _) =
        crate::inventory::parse(std::path::Path::new("goldentooth.yaml"), GOLDENTOOTH.into(), &ThisMachine)
            .unwrap();
    let clock = Clock::simulated("2026-11-22T10:00:00Z".parse().unwrap(), 1.0);
    Rack::new(RackSpec::from_inventory(&inventory, Version::new(1, 29, 6)).with_scenario(scenario), clock, 7)
}

/// A shell on one node of a rack.
struct At {
    rack: Rack,
    node: NodeName,
    session: Session,
}

impl At {
    fn new(node: &str) -> Self {
        let rack = rack(Scenario::uneventful());
        Self { rack, node: NodeName::new(node).unwrap(), session: Session::login() }
    }

    async fn run(&mut self, line: &str) -> Reply {
        self.rack.shell(&self.node, &mut self.session, line).await.unwrap()
    }

    /// The output, the errors with it, and the exit status where that is not 0.
    async fn says(&mut self, line: &str) -> String {
        let reply = self.run(line).await;
        let status = if reply.rc == 0 { String::new() } else { format!("[{}]", reply.rc) };
        format!("{}{}{status}", reply.stdout, reply.stderr)
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_is_run_as_a_shell_runs_it() {
    let mut at = At::new("bettley");
    for (line, said) in [
        ("echo a  'b  c' \"d\"", "a b  c d\n"),
        ("X=5; echo $X ${X}0 '$X' \"$X\" $Y.", "5 50 $X 5 .\n"),
        ("Y='a  b'; echo $Y \"$Y\"", "a b a  b\n"),
        ("false; echo $?", "1\n"),
        ("false && echo a || echo b; true && echo c", "b\nc\n"),
        ("! true; echo $?", "1\n"),
        ("printf 'c\\na\\nb\\na\\n' | sort -u | head -2", "a\nb\n"),
        ("echo one >/tmp/x; echo two >>/tmp/x; cat </tmp/x; wc -l /tmp/x", "one\ntwo\n2 /tmp/x\n"),
        ("cd /tmp && pwd && ls x* && cd - && pwd", "/tmp\nx\n/root\n"),
        ("echo $(echo a; echo b) \"$(echo a; echo b)\"", "a b a\nb\n"),
        ("cat <<E\n$X\nE", "5\n"),
        ("echo [a-z]* /etc/kube*", "[a-z]* /etc/kubernetes\n"),
        ("ls /nowhere 2>/dev/null || echo none", "none\n"),
        ("ls /nowhere 2>&1 | grep -c cannot", "1\n"),
        ("echo a >&2", "a\n"),
        ("Z=1 env | grep Z=; echo $Z", "Z=1\n\n"),
        ("echo x > /proc/swaps", "sh: cannot create /proc/swaps: Permission denied\n[2]"),
        ("echo x > /nowhere/x", "sh: cannot create /nowhere/x: No such file or directory\n[2]"),
        ("sudo -n echo hi", "hi\n"),
        ("echo é | tr a-z A-Z", "é\n"),
    ] {
        assert_eq!(at.says(line).await, said, "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_in_the_list_of_hosts_leads_where_it_says() {
    let mut at = At::new("bettley");
    assert_eq!(at.says("getent hosts registry.k8s.io").await, "[2]");
    let said = at.says("curl -I https://registry.k8s.io").await;
    assert!(said.contains("the simulation ends at its rack"), "{said}");
    at.says("echo 0.0.0.0 registry.k8s.io >> /etc/hosts").await;
    assert_eq!(at.says("getent hosts registry.k8s.io").await, "0.0.0.0         registry.k8s.io\n");
    let said = at.says("crictl pull registry.k8s.io/pause:3.9").await;
    assert!(said.contains("dial tcp 0.0.0.0:443: connect: connection refused"), "{said}");
    let said = at.says("curl -I https://registry.k8s.io").await;
    assert!(said.contains("(7) Failed to connect to registry.k8s.io"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_said_to_be_not() {
    let mut at = At::new("bettley");
    for (line, words) in [
        (
            "htop",
            "sh: htop: not found: the simulation doesn't have this program; `help` lists what there is\n[127]",
        ),
        ("for x in a; do b; done", "sh: the simulation's shell has no `for`\n[127]"),
        ("ls --zzz", "ls: the simulation's ls has no option --zzz\n[2]"),
        ("echo 'a", "sh: Syntax error: Unterminated quoted string\n[2]"),
        ("/opt/x", "sh: /opt/x: not found\n[127]"),
    ] {
        assert_eq!(at.says(line).await, words, "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn hostile_lines_do_no_harm() {
    let mut at = At::new("bettley");
    assert_eq!(at.run(&"x".repeat(1 << 20)).await.rc, 2);
    let deep = format!("echo {}", "| cat ".repeat(400));
    assert_eq!(at.run(&deep).await.stdout, "\n");
    // Doubling a file stops at what a file may hold.
    at.run("echo 0123456789abcdef > /tmp/a").await;
    for _ in 0..24 {
        at.run("cat /tmp/a /tmp/a > /tmp/b; cat /tmp/b /tmp/b > /tmp/a").await;
    }
    let size = at.says("wc -c /tmp/a").await;
    assert_eq!(size, "1048576 /tmp/a\n");
    assert!(at.run("cat /tmp/a /tmp/a /tmp/a").await.stdout.len() <= 1 << 20);
    assert_eq!(at.says("echo $(echo $(echo $(echo in)))").await, "in\n");
    assert_eq!(at.says("echo 'alive'").await, "alive\n");
}

#[tokio::test(start_paused = true)]
async fn a_shell_takes_the_racks_time_and_ends_with_it() {
    let mut at = At::new("bettley");
    let before = at.rack.inner().clock.elapsed();
    at.run("sleep 30").await;
    let took = at.rack.inner().clock.elapsed().saturating_sub(before);
    assert!((Duration::from_secs(30)..Duration::from_secs(31)).contains(&took), "{took:?}");
    assert!(!at.session.is_over());
    assert_eq!(
        at.run("exit 3; echo not here").await,
        Reply { rc: 3, stdout: String::new(), stderr: String::new() }
    );
    assert!(at.session.is_over());
    assert_eq!(at.session.prompt("bettley"), "root@bettley:~# ");
}

#[tokio::test(start_paused = true)]
async fn kubeadm_by_hand_is_the_nodes_own() {
    let mut at = At::new("bettley");
    assert_eq!(at.says("kubeadm version -o short").await, "v1.29.6\n");
    assert_eq!(
        at.says("kubectl get nodes").await,
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n[1]"
    );
    let said = at
        .says("kubeadm init --control-plane-endpoint 10.4.0.10:6443 --pod-network-cidr 192.168.0.0/16")
        .await;
    assert!(said.contains("initialized successfully"), "{said}");
    assert_eq!(at.says("ls /etc/kubernetes/*.conf | wc -l").await, "5\n");
    let nodes = at.says("kubectl get nodes --no-headers | cut -d' ' -f1").await;
    assert_eq!(nodes, "bettley\n");
    assert!(at.says("kubectl --kubeconfig /nowhere get nodes").await.contains("stat /nowhere"));
}

/// What diagnoses, checks and people's habits name, with something plain in their blanks.
const LOOKS: &[&str] = &[
    "systemctl status kubelet --no-pager",
    "systemctl status containerd --no-pager",
    "systemctl is-enabled kubelet",
    "systemctl show containerd -p Environment",
    "systemctl list-units",
    "journalctl -u kubelet -n 100 --no-pager",
    "journalctl -xeu kubelet --no-pager",
    "journalctl -u containerd -n 50 --no-pager",
    "journalctl -u kubelet | grep -i node | tail -3",
    "crictl ps -a",
    "crictl ps -a --name kube-controller-manager",
    "crictl --runtime-endpoint unix:///run/containerd/containerd.sock ps -a",
    "crictl pods",
    "crictl images",
    "crictl info",
    "crictl logs $(crictl ps -aq --name etcd | head -1)",
    "crictl inspect $(crictl ps -q --name kube-apiserver)",
    "crictl exec $(crictl ps -q --name etcd) etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key member list -w table",
    "etcdctl endpoint health --cluster",
    "etcdctl endpoint status -w table",
    "ss -ltnp",
    "ss -ltnp 'sport = :6443'",
    "ip -br a",
    "ip -br address",
    "ip route get 1.1.1.1",
    "ip route",
    "ping -c 1 10.4.0.12",
    "nc -vz 10.4.0.11 2380",
    "getent hosts $(hostname)",
    "curl -k https://10.4.0.10:6443/healthz",
    "curl -sk https://10.4.0.11:6443/livez",
    "curl -s http://127.0.0.1:10248/healthz",
    "curl -k https://10.4.0.10:6443/api/v1/namespaces/kube-public/configmaps/cluster-info",
    "ls -l /run/*/*.sock /var/run/*.sock",
    "ls -la /etc/kubernetes /etc/kubernetes/manifests",
    "cat /etc/machine-id /proc/cgroups /proc/cmdline",
    "grep -n SystemdCgroup /etc/containerd/config.toml",
    "grep -n sandbox /etc/containerd/config.toml",
    "stat -fc %T /sys/fs/cgroup",
    "swapon --show",
    "free -m",
    "df -h / /var/lib /etc /run",
    "mount | head -2",
    "id",
    "date -u",
    "timedatectl",
    "hostnamectl",
    "uname -a",
    "nproc",
    "ulimit -n",
    "env | grep -c PATH",
    "sysctl net.bridge",
    "sysctl net.ipv4.ip_forward",
    "lsmod | grep br_netfilter",
    "containerd --version",
    "kubelet --version",
    "kubeadm version -o short",
    "kubeadm config images list",
    "kubeadm certs check-expiration",
    "kubeadm token list",
    "kubeadm init phase --help",
    "command -v crictl",
    "openssl x509 -noout -subject -issuer -dates -in /etc/kubernetes/pki/ca.crt",
    "openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt",
    "openssl x509 -noout -text -in /etc/kubernetes/pki/apiserver.crt | grep -A1 'Alternative Name'",
    "openssl x509 -checkend 86400 -noout -in /etc/kubernetes/pki/apiserver.crt",
    "openssl verify -CAfile /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/apiserver.crt",
    "kubectl get nodes -o wide",
    "kubectl get nodes -o name",
    "kubectl get pods -A -o wide",
    "kubectl get po -n kube-system -l component=etcd",
    "kubectl -n kube-system get cm",
    "kubectl -n kube-system get cm kubeadm-config -o yaml",
    "kubectl -n kube-public get cm cluster-info -o yaml",
    "kubectl get csr",
    "kubectl get ns",
    "kubectl get clusterrolebinding | grep kubeadm:",
    "kubectl -n kube-system get deploy,ds || kubectl -n kube-system get ds",
    "kubectl describe node bettley",
    "kubectl -n kube-system describe pod etcd-bettley",
    "kubectl -n kube-system logs kube-apiserver-bettley --tail=3",
    "kubectl version",
    "kubectl cluster-info",
];

#[tokio::test(start_paused = true)]
async fn whatever_a_diagnosis_names_is_answered() {
    let mut at = At::new("bettley");
    at.run("kubeadm init --control-plane-endpoint 10.4.0.10:6443").await;
    at.run("sleep 20").await;
    for look in LOOKS {
        let reply = at.run(look).await;
        let text = format!("{}{}", reply.stdout, reply.stderr);
        assert!(!text.contains("the simulation"), "{look}: {text}");
        assert!(!text.contains("not found"), "{look}: {text}");
        assert!(!text.is_empty() || *look == "swapon --show", "{look} says nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn commands_tell_of_before_and_after_a_bring_up() {
    let mut at = At::new("bettley");
    at.run("sleep 3").await;
    for (line, part) in [
        ("ls /etc/kubernetes", "manifests\n"),
        ("systemctl is-active kubelet", "activating\n"),
        ("systemctl status kubelet | grep -c auto-restart", "1\n"),
        ("journalctl -u kubelet -n 20 -o cat", "no such file or directory"),
        ("crictl ps -q | wc -l", "0\n"),
        ("ss -ltn | grep -c 6443", "0\n"),
        ("curl -k https://10.4.0.10:6443/healthz", "curl: (35)"),
        ("nc -vz 10.4.0.11 6443", "Connection refused"),
        ("openssl x509 -in /etc/kubernetes/pki/ca.crt -noout -subject", "No such file"),
        ("kubeadm certs check-expiration", "!MISSING! apiserver\n"),
        ("kubeadm token list", "admin.conf: no such file or directory"),
    ] {
        let said = at.says(line).await;
        assert!(said.contains(part), "{line}: {said}");
    }
    // In the middle: certificates and kubeconfigs are there, and nothing runs.
    at.run("kubeadm init phase certs all --apiserver-advertise-address 10.4.0.11 && kubeadm init phase kubeconfig all --control-plane-endpoint 10.4.0.10:6443").await;
    for (line, part) in [
        ("openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -issuer", "CN = kubernetes\n"),
        (
            "grep client-certificate-data /etc/kubernetes/admin.conf | cut -d' ' -f6 | base64 -d | openssl x509 -noout -subject",
            "CN = kubernetes-admin",
        ),
        ("kubectl get nodes", "Unable to connect to the server"),
    ] {
        let said = at.says(line).await;
        assert!(said.contains(part), "{line}: {said}");
    }
    at.run("kubeadm init --control-plane-endpoint 10.4.0.10:6443").await;
    at.run("sleep 25").await;
    for (line, part) in [
        ("kubectl get nodes --no-headers | tr -s ' ' | cut -d' ' -f2,3", "Ready control-plane\n"),
        ("kubectl get pods -n kube-system etcd-bettley --no-headers", "1/1"),
        ("kubectl get pods -A | grep -c Running", "7\n"),
        ("crictl ps -q | wc -l", "7\n"),
        ("curl -sk https://10.4.0.10:6443/healthz", "ok"),
        ("journalctl -u kubelet | grep -c 'Successfully registered node'", "1\n"),
        ("systemctl status kubelet | grep Active:", "active (running) since Sun 2026-11-22"),
        ("kubectl cordon bettley && kubectl get nodes", "Ready,SchedulingDisabled"),
        ("kubectl get nodes -o jsonpath='{.items[*].metadata.name}'", "bettley"),
        ("kubectl get pods -n nowhere", "No resources found in nowhere namespace."),
        ("kubectl get pod nosuch", "Error from server (NotFound): pods \"nosuch\" not found\n[1]"),
        ("kubectl get banana", "the simulation's kubectl has no resource type \"banana\""),
        ("kubectl run web --image=nginx", "nothing runs in this cluster but what kubeadm puts there"),
        ("kubectl -n kube-system describe pod etcd-bettley", "Image:          registry.k8s.io/etcd:"),
        ("kubeadm certs check-expiration", " UTC   364d            ca "),
        ("cat /etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\""),
        ("vi /etc/fstab", "the simulation has no editor"),
    ] {
        let said = at.says(line).await;
        assert!(said.contains(part), "{line}: {said}");
    }
    // The hash that people compute is the one that kubeadm prints.
    let hash = at
        .says("openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1")
        .await;
    let join = at.says("kubeadm token create --print-join-command").await;
    assert!(hash.trim().len() == 64 && join.contains(&format!("sha256:{}", hash.trim())), "{join}");
}

#[tokio::test(start_paused = true)]
async fn a_kubelet_that_is_stopped_is_missed_and_one_that_is_started_comes_back() {
    let mut at = At::new("bettley");
    at.run("kubeadm init --control-plane-endpoint 10.4.0.10:6443; sleep 25").await;
    assert_eq!(at.says("systemctl stop kubelet; systemctl is-active kubelet").await, "inactive\n[3]");
    at.run("sleep 60").await;
    assert!(at.says("kubectl get nodes").await.contains("NotReady"));
    at.run("systemctl start kubelet; sleep 20").await;
    assert!(!at.says("kubectl get nodes").await.contains("NotReady"));
    let log = at.says("journalctl -u kubelet -o cat").await;
    assert!(log.contains("Stopped kubelet.service") && log.contains("Started kubelet.service"), "{log}");
}

#[tokio::test(start_paused = true)]
async fn words_are_completed() {
    let at = At::new("bettley");
    let found = |before: &str| {
        let completion = at.rack.complete(&at.node, &at.session, before);
        (completion.from, completion.candidates.join(" "))
    };
    assert_eq!(found("hostn"), (0, "hostname hostnamectl".into()));
    assert_eq!(found("ls /etc/kub"), (3, "/etc/kubernetes/".into()));
    assert_eq!(found("true && systemctl sta"), (18, "start status".into()));
    assert_eq!(found("systemctl status k"), (17, "kubelet".into()));
    assert_eq!(found("kubectl -n kube-p"), (11, "kube-public".into()));
    assert_eq!(found("cat </etc/fs"), (5, "/etc/fstab".into()));
    assert_eq!(found("é /etc/fs"), (2, "/etc/fstab".into()));
    assert_eq!(found("nosuch"), (0, String::new()));
}
