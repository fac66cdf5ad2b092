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
async fn what_is_not_there_is_said_to_be_not() {
    let mut at = At::new("bettley");
    for (line, words) in [
        (
            "emacs",
            "sh: emacs: not found: the simulation doesn't have this program; `help` lists what there is\n[127]",
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
