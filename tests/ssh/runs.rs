//! Remote runs and short requests when nothing goes wrong.

use std::time::Duration;

use kubestep::ids::NodeName;
use kubestep::secret::Secret;
use kubestep::transport::ssh::Fleet;
use kubestep::transport::{Ended, Reply, Request, RunKey, Start, TransportError};
use tokio::sync::mpsc;

use super::node::{Node, name};

pub const LIMIT: Duration = Duration::from_secs(20);

pub fn shell(text: &str) -> Request {
    Request::Shell { text: text.into() }
}

/// Runs to the end and gives the output with it.
pub async fn run(
    fleet: &Fleet,
    key: &str,
    request: &Request,
    start: Start,
) -> (Result<Ended, TransportError>, Vec<u8>) {
    let (send, mut receive) = mpsc::channel(16);
    let collect = async {
        let mut all = Vec::new();
        while let Some(bytes) = receive.recv().await {
            all.extend(bytes);
        }
        all
    };
    let work = async {
        let ended = fleet.run(&name(), &RunKey::new(key), request, start, &send).await;
        drop(send);
        ended
    };
    tokio::join!(work, collect)
}

pub async fn ask(fleet: &Fleet, request: &Request) -> Result<Reply, TransportError> {
    fleet.ask(&name(), request, LIMIT).await
}

#[tokio::test]
async fn a_run_gives_its_output_and_status_and_starts_once() {
    let Some(node) = Node::start("") else { return };
    let console = node.fleet();
    let greeting = console.fleet.connect(&name()).await.unwrap();
    assert_eq!(greeting.boot.len(), 24);
    let count = node.at("count");
    let text = shell(&format!("echo x >>{}; printf 'one\\ntwo\\377'; echo err >&2; exit 7", count.display()));
    let (ended, output) = run(&console.fleet, "k1", &text, Start::Run).await;
    assert_eq!(ended.unwrap(), Ended::Exited(7));
    assert_eq!(output, b"one\ntwo\xfferr\n");
    let (ended, output) = run(&console.fleet, "k1", &text, Start::Run).await;
    assert_eq!((ended.unwrap(), output.len()), (Ended::Exited(7), 12));
    assert_eq!(std::fs::read_to_string(&count).unwrap(), "x\n");
    let (ended, output) = run(&console.fleet, "other", &text, Start::Attach).await;
    assert_eq!((ended.unwrap(), output.len()), (Ended::Unknown, 0));
    console.fleet.forget(&name()).await.unwrap();
    let (ended, _) = run(&console.fleet, "k1", &text, Start::Attach).await;
    assert_eq!(ended.unwrap(), Ended::Unknown);
    console.fleet.close().await;
}

/// An edited inventory: a node's address changes while something runs there, and a node is new.
#[tokio::test]
async fn a_node_that_is_reached_in_another_way_from_now_on_ends_what_it_runs_in_the_former() {
    let (Some(former), Some(later)) = (Node::start(""), Node::start("")) else { return };
    let made =
        std::process::Command::new("mkfifo").args([former.at("began"), former.at("go")]).status().unwrap();
    assert!(made.success());
    let text = shell(&format!(
        "echo first; echo >{}; read x <{}; echo second; exit 5",
        former.at("began").display(),
        former.at("go").display()
    ));
    let console = former.fleet();
    console.fleet.connect(&name()).await.unwrap();
    let work = run(&console.fleet, "k1", &text, Start::Run);
    let meanwhile = async {
        drop(tokio::fs::read(former.at("began")).await.unwrap());
        let known = std::fs::read_to_string(later.at("known_hosts")).unwrap();
        let both = std::fs::read_to_string(former.at("known_hosts")).unwrap() + &known;
        std::fs::write(former.at("known_hosts"), both).unwrap();
        let mut fenn = later.target();
        fenn.name = NodeName::new("fenn").unwrap();
        console.fleet.admit(vec![later.target(), fenn.clone()]).unwrap();
        for node in [&name(), &fenn.name] {
            console.fleet.connect(node).await.unwrap();
            let reply = console.fleet.ask(node, &shell("echo $k_root"), LIMIT).await.unwrap();
            assert_eq!(reply.stdout.trim(), later.at("root").display().to_string(), "{node}");
        }
        tokio::fs::write(former.at("go"), "\n").await.unwrap();
    };
    let ((ended, output), ()) = tokio::join!(work, meanwhile);
    assert_eq!(
        (ended.unwrap(), String::from_utf8_lossy(&output).as_ref()),
        (Ended::Exited(5), "first\nsecond\n")
    );
    let (ended, _) = run(&console.fleet, "k2", &shell("exit 3"), Start::Run).await;
    assert_eq!(ended.unwrap(), Ended::Exited(3));
    console.fleet.close().await;
}

#[tokio::test]
async fn another_console_removes_what_a_killed_one_left_and_lets_run_what_runs() {
    let Some(node) = Node::start("") else { return };
    let made = std::process::Command::new("mkfifo").args([node.at("began"), node.at("go")]).status().unwrap();
    assert!(made.success());
    let text = format!(
        "echo first; echo >{}; read x <{}; echo second; exit 5",
        node.at("began").display(),
        node.at("go").display()
    );
    let text = shell(&text);
    let killed = node.fleet();
    killed.fleet.connect(&name()).await.unwrap();
    let secret = shell("echo token abcdef.0123456789abcdef");
    assert_eq!(run(&killed.fleet, "old.1", &secret, Start::Run).await.0.unwrap(), Ended::Exited(0));
    let began = tokio::fs::read(node.at("began"));
    tokio::select! {
        _ = run(&killed.fleet, "old.2", &text, Start::Run) => panic!("it waits for us"),
        began = began => drop(began.unwrap()),
    }
    // Nothing is said to the node: as after kill -9.
    drop(killed);
    let fresh = node.fleet();
    fresh.fleet.connect(&name()).await.unwrap();
    let left = |word: &str| {
        let files = std::fs::read_dir(node.at("run/run")).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.to_string_lossy().contains(word)).count()
    };
    assert_eq!((left("old.1"), left("old.2")), (3, 3));
    fresh.fleet.forget(&name()).await.unwrap();
    assert_eq!((left("old.1"), left("old.2")), (0, 3));
    std::fs::write(node.at("go"), "\n").unwrap();
    let (ended, output) = run(&fresh.fleet, "old.2", &text, Start::Attach).await;
    assert_eq!((ended.unwrap(), output.as_slice()), (Ended::Exited(5), &b"first\nsecond\n"[..]));
    fresh.fleet.forget(&name()).await.unwrap();
    assert_eq!(left("r-"), 0);
    fresh.fleet.close().await;
}

#[tokio::test]
async fn a_question_is_answered() {
    let Some(node) = Node::start("") else { return };
    let console = node.fleet();
    let reply = ask(&console.fleet, &shell("echo out; echo err >&2; cat; exit 3")).await.unwrap();
    assert_eq!(reply, Reply { rc: 3, stdout: "out\n".into(), stderr: "err\n".into() });
    let put = Request::Put {
        path: node.at("etc/it's a \"file\".yaml").display().to_string(),
        mode: 0o640,
        content: Secret::new("token: 'x'\n$(reboot)\0\n"),
    };
    assert_eq!(ask(&console.fleet, &put).await.unwrap().rc, 0);
    let path = node.at("etc/it's a \"file\".yaml");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "token: 'x'\n$(reboot)\0\n");
    console.fleet.close().await;
}

#[tokio::test]
async fn what_a_run_changed_is_told_afterwards_and_only_then() {
    let Some(node) = Node::start("") else { return };
    let kubernetes = node.at("root/etc/kubernetes/pki");
    std::fs::create_dir_all(&kubernetes).unwrap();
    std::fs::write(kubernetes.join("ca.key"), "THE KEY ITSELF").unwrap();
    let console = node.fleet();
    console.fleet.connect(&name()).await.unwrap();
    let tell = async |key: &str| {
        let request = Request::Files { of: Some(RunKey::new(key)) };
        ask(&console.fleet, &request).await.unwrap()
    };
    let changed = |key: &str| console.fleet.changed_files(&name(), &RunKey::new(key));
    let quiet = run(&console.fleet, "quiet", &shell("echo one"), Start::Run).await;
    assert_eq!((quiet.0.unwrap(), changed("quiet")), (Ended::Exited(0), false));
    assert_eq!(tell("quiet").await.rc, 3, "there is nothing to tell");
    let text = "cd \"$k_root/etc/kubernetes\"; echo 'a: 1' >a.yaml; printf 'THE NEW KEY' >pki/sa.key; exit 4";
    let (ended, _) = run(&console.fleet, "busy", &shell(text), Start::Run).await;
    assert_eq!(ended.unwrap(), Ended::Exited(4));
    assert!(changed("busy") && !changed("busy"), "it is said once");
    // Another console, which attaches to the run, is told the same.
    let other = node.fleet();
    other.fleet.connect(&name()).await.unwrap();
    let (ended, _) = run(&other.fleet, "busy", &shell(text), Start::Attach).await;
    assert_eq!(ended.unwrap(), Ended::Exited(4));
    assert!(other.fleet.changed_files(&name(), &RunKey::new("busy")));
    let said = tell("busy").await;
    assert!(!said.stdout.contains("KEY"), "{}", said.stdout);
    let files = kubestep::artifact::told::read(&said.stdout).unwrap().artifacts();
    let brief: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.content.as_deref())).collect();
    assert_eq!(brief, [("/etc/kubernetes/a.yaml", Some("a: 1\n")), ("/etc/kubernetes/pki/sa.key", None)]);
    console.fleet.forget(&name()).await.unwrap();
    assert_eq!(tell("busy").await.rc, 3, "it goes with the run");
}
