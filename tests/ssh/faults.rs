//! Links that break and consoles that die: nothing is lost, nothing comes twice, nothing starts twice.

use std::time::Duration;

use kubestep::transport::ssh::{Fleet, LinkEvent};
use kubestep::transport::{Ended, Request, RunKey, Start};
use tokio::sync::mpsc;

use super::node::{Console, Node, name};
use super::runs::{LIMIT, ask, run, shell};
use super::wire::{State, Wire};

/// A fleet that reaches `node` over `wire`.
fn console(node: &Node, wire: &Wire) -> Console {
    node.know(wire.port);
    let mut target = node.target();
    target.ssh.port = Some(wire.port);
    Console::new(target, node.options())
}

/// A kubeadm that prints `lines` lines, one every few milliseconds, counts its starts, and ends with `rc`.
fn fake_kubeadm(node: &Node) {
    let count = node.at("starts").display().to_string();
    node.put_bin(
        "kubeadm",
        &format!(
            "#!/bin/sh\necho \"$*\" >>{count}\ni=0\nwhile [ $i -lt $1 ]; do\n\
             echo \"[$4] line $i of a phase that says quite a lot about what it does\"\ni=$((i + 1))\n\
             [ $((i % $3)) != 0 ] || sleep .01\ndone\nexit $2\n"
        ),
    );
}

fn kubeadm(lines: usize, rc: i32, pace: usize, word: &str) -> Request {
    Request::Kubeadm { args: vec![lines.to_string(), rc.to_string(), pace.to_string(), word.into()] }
}

fn lines(count: usize, word: &str) -> String {
    (0..count).fold(String::new(), |text, i| {
        text + &format!("[{word}] line {i} of a phase that says quite a lot about what it does\n")
    })
}

fn starts(node: &Node) -> usize {
    std::fs::read_to_string(node.at("starts")).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn links_cut_at_any_byte_lose_nothing() {
    const PHASES: usize = 50;
    let Some(node) = Node::start("") else { return };
    fake_kubeadm(&node);
    let wire = Wire::to(node.port).await;
    let mut console = console(&node, &wire);
    console.fleet.connect(&name()).await.unwrap();
    for phase in 0..PHASES {
        let (count, rc, label) =
            (20 + phase * 7 % 90, i32::try_from(phase).unwrap() % 5, format!("p{phase}"));
        // From within the opening of the session to within the output; every fourth without a cut.
        if phase % 4 != 3 {
            wire.cut_after(i64::try_from(phase * phase * 37 % 7000).unwrap());
        }
        let request = kubeadm(count, rc, 10, &label);
        let work = tokio::time::timeout(LIMIT, run(&console.fleet, &label, &request, Start::Run));
        let (ended, output) = work.await.expect("no hang");
        assert_eq!(ended.unwrap(), Ended::Exited(rc), "phase {phase}");
        assert_eq!(String::from_utf8_lossy(&output), lines(count, &label), "phase {phase}");
    }
    assert_eq!(starts(&node), PHASES, "each was started once");
    assert!(wire.cuts() > 20, "{} cuts", wire.cuts());
    let mut events = (0, 0);
    while let Ok(event) = console.links.try_recv() {
        match event {
            LinkEvent::Lost { .. } => events.0 += 1,
            LinkEvent::Restored { .. } => events.1 += 1,
        }
    }
    assert_eq!(events.0, events.1, "every loss was followed by a return");
    assert!(events.0 > 20, "{events:?}");
}

#[tokio::test]
async fn a_question_goes_through_a_cut() {
    let Some(node) = Node::start("") else { return };
    let wire = Wire::to(node.port).await;
    let console = console(&node, &wire);
    console.fleet.connect(&name()).await.unwrap();
    for bytes in [0, 100, 300, 600, 900, 2000] {
        wire.cut_after(bytes);
        let reply = ask(&console.fleet, &shell("echo out; exit 3")).await.unwrap();
        assert_eq!((reply.rc, reply.stdout.as_str()), (3, "out\n"), "{bytes}");
    }
}

#[tokio::test]
async fn a_silent_link_is_noticed_and_the_run_goes_on() {
    let Some(node) = Node::start("") else { return };
    let wire = Wire::to(node.port).await;
    let mut console = console(&node, &wire);
    console.fleet.connect(&name()).await.unwrap();
    let request = shell("echo begun; sleep 3; echo over; exit 8");
    let (send, mut receive) = mpsc::channel(16);
    let key = RunKey::new("silent");
    let fleet = &console.fleet;
    let node_name = name();
    let following = async {
        let ended = fleet.run(&node_name, &key, &request, Start::Run, &send).await;
        drop(send);
        ended
    };
    let breaking = async {
        assert_eq!(receive.recv().await.unwrap(), b"begun\n");
        wire.set(State::Silent);
        let lost = tokio::time::timeout(Duration::from_secs(12), console.links.recv()).await;
        assert!(matches!(lost.expect("noticed in time"), Some(LinkEvent::Lost { .. })));
        wire.set(State::Open);
        let mut rest = Vec::new();
        while let Some(bytes) = receive.recv().await {
            rest.extend(bytes);
        }
        rest
    };
    let (ended, rest) =
        tokio::time::timeout(Duration::from_secs(40), async { tokio::join!(following, breaking) })
            .await
            .unwrap();
    assert_eq!((ended.unwrap(), rest.as_slice()), (Ended::Exited(8), b"over\n".as_slice()));
    assert!(
        matches!(console.links.try_recv(), Ok(LinkEvent::Restored { away, .. }) if away < Duration::from_secs(40))
    );
}

#[tokio::test]
async fn a_question_to_a_silent_node_fails_in_time() {
    let Some(node) = Node::start("") else { return };
    let wire = Wire::to(node.port).await;
    let console = console(&node, &wire);
    console.fleet.connect(&name()).await.unwrap();
    wire.set(State::Silent);
    let (bettley, question) = (name(), shell("true"));
    let asked = console.fleet.ask(&bettley, &question, Duration::from_secs(3));
    let fault =
        tokio::time::timeout(Duration::from_secs(6), asked).await.expect("no hang").unwrap_err().fault;
    assert!(fault.is_passing(), "{fault:?}");
}

#[tokio::test]
async fn a_console_that_dies_finds_its_run_again() {
    let Some(node) = Node::start("") else { return };
    fake_kubeadm(&node);
    let request = kubeadm(150, 3, 1, "k");
    let whole = lines(150, "k");
    let first = node.fleet();
    let boot = first.fleet.connect(&name()).await.unwrap().boot;
    let (send, mut receive) = mpsc::channel(1);
    let key = RunKey::new("k");
    let bettley = name();
    tokio::select! {
        ended = first.fleet.run(&bettley, &key, &request, Start::Run, &send) => panic!("ended too early: {ended:?}"),
        some = receive.recv() => assert!(!some.unwrap().is_empty()),
    }
    drop(first);
    for start in [Start::Attach, Start::Run] {
        let console = node.fleet();
        assert_eq!(console.fleet.connect(&name()).await.unwrap().boot, boot);
        let (ended, output) = run(&console.fleet, "k", &request, start).await;
        assert_eq!(ended.unwrap(), Ended::Exited(3));
        assert_eq!(String::from_utf8_lossy(&output), whole);
    }
    assert_eq!(starts(&node), 1);
}

#[tokio::test]
async fn a_node_that_was_rebooted_starts_nothing_and_knows_nothing() {
    let Some(node) = Node::start("") else { return };
    fake_kubeadm(&node);
    let console = node.fleet();
    let before = console.fleet.connect(&name()).await.unwrap().boot;
    // What a reboot does to /run.
    std::fs::remove_dir_all(node.at("run")).unwrap();
    let request = kubeadm(1, 0, 1, "k");
    assert_eq!(run(&console.fleet, "k", &request, Start::Run).await.0.unwrap(), Ended::Rebooted);
    assert_eq!(starts(&node), 0);
    assert_eq!(run(&console.fleet, "k", &request, Start::Attach).await.0.unwrap(), Ended::Unknown);
    let after = console.fleet.connect(&name()).await.unwrap().boot;
    assert_ne!(before, after);
    assert_eq!(run(&console.fleet, "k", &request, Start::Run).await.0.unwrap(), Ended::Exited(0));
}

#[tokio::test]
async fn a_run_is_killed_through_a_cut_with_all_it_started() {
    let Some(node) = Node::start("") else { return };
    let wire = Wire::to(node.port).await;
    let console = console(&node, &wire);
    console.fleet.connect(&name()).await.unwrap();
    let alive = node.at("alive").display().to_string();
    let request = shell(&format!("setsid sh -c 'echo $$ >{alive}; exec sleep 1000' & echo on; wait; exit 1"));
    let fleet = &console.fleet;
    let following = run(fleet, "k", &request, Start::Run);
    let killing = async {
        while ask(fleet, &shell(&format!("[ -s {alive} ]"))).await.unwrap().rc != 0 {}
        wire.cut();
        fleet.kill(&name(), &RunKey::new("k"), Duration::from_secs(1)).await.unwrap()
    };
    let ((ended, output), killed) = tokio::join!(following, killing);
    assert_eq!((ended.unwrap(), output.as_slice()), (Ended::Exited(143), b"on\n".as_slice()));
    assert_eq!(killed, Ended::Exited(143));
    let pid = std::fs::read_to_string(&alive).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z"), "it still runs: {state}");
}

#[tokio::test]
async fn a_link_that_comes_back_late_is_waited_for() {
    let Some(node) = Node::start("") else { return };
    let wire = Wire::to(node.port).await;
    let mut console = console(&node, &wire);
    console.fleet.connect(&name()).await.unwrap();
    let request = shell("echo begun; sleep 1; echo over; exit 2");
    let fleet = &console.fleet;
    let following = run(fleet, "k", &request, Start::Run);
    let breaking = async {
        while ask(fleet, &shell(&format!("[ -s {}/r-k.out ]", node.at("run/run").display())))
            .await
            .unwrap()
            .rc
            != 0
        {}
        wire.set(State::Closed);
        assert!(matches!(console.links.recv().await, Some(LinkEvent::Lost { .. })));
        tokio::time::sleep(Duration::from_secs(2)).await;
        wire.set(State::Open);
    };
    let ((ended, output), ()) = tokio::join!(following, breaking);
    assert_eq!((ended.unwrap(), output.as_slice()), (Ended::Exited(2), b"begun\nover\n".as_slice()));
}

#[tokio::test]
async fn a_session_that_is_killed_on_the_node_is_made_again() {
    let Some(node) = Node::start("") else { return };
    let console = node.fleet();
    console.fleet.connect(&name()).await.unwrap();
    let fleet: &Fleet = &console.fleet;
    let request = shell("echo begun; sleep 1; echo over; exit 2");
    let following = run(fleet, "k", &request, Start::Run);
    let killing = async {
        while ask(fleet, &shell(&format!("[ -s {}/r-k.out ]", node.at("run/run").display())))
            .await
            .unwrap()
            .rc
            != 0
        {}
        // The connection's own sshd, found from within it; the question is asked again after that.
        let once = node.at("once").display().to_string();
        let request = shell(&format!("[ -e {once} ] || {{ : >{once}; kill -KILL $PPID; }}"));
        assert_eq!(ask(fleet, &request).await.unwrap().rc, 0);
    };
    let ((ended, output), ()) = tokio::join!(following, killing);
    assert_eq!((ended.unwrap(), output.as_slice()), (Ended::Exited(2), b"begun\nover\n".as_slice()));
}
