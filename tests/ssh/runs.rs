//! Remote runs and short requests when nothing goes wrong.

use std::time::Duration;

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
