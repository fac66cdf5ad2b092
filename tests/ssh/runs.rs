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
    console.fleet.forget(&name(), &[RunKey::new("k1")]).await.unwrap();
    let (ended, _) = run(&console.fleet, "k1", &text, Start::Attach).await;
    assert_eq!(ended.unwrap(), Ended::Unknown);
    console.fleet.close().await;
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
