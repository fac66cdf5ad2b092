//! Secrets show in no process list and no environment, neither on the node nor on the operator's side.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;

use kubestep::secret::Secret;
use kubestep::transport::{Ended, Request, Start};

use super::node::{Console, Node, name};
use super::runs::{ask, run, shell};
use super::sudo::{fake_sudo, not_root, sudo_target};

const TOKEN: &str = "q5w3e1.0f9e8d7c6b5a4938";
// Another one than in the tests beside this one: their processes are looked at as well.
const PASSWORD: &str = "correct horse 0451";
const CERTIFICATE_KEY: &str = "5d2f0c1b7a9e4836d1c0b2a394857665748392a1b0c9d8e7f60514233241506f";

/// A place where a command of the node waits for the test: it says when it is there, and goes on when told.
struct Stop {
    there: PathBuf,
    go: PathBuf,
}

impl Stop {
    fn at(node: &Node, name: &str) -> Self {
        let [there, go] = ["there", "go"].map(|what| node.at(&format!("{name}.{what}")));
        assert!(Command::new("mkfifo").args([&there, &go]).status().unwrap().success());
        Self { there, go }
    }

    fn text(&self) -> String {
        format!("echo >{}; read x <{}", self.there.display(), self.go.display())
    }

    /// Waits until the command is there, looks, and lets it go on.
    async fn look(self, mark: String) {
        tokio::fs::read(&self.there).await.unwrap();
        let hidden = TOKEN.split_once('.').unwrap().1;
        let seen = look(&mark, &[TOKEN, hidden, CERTIFICATE_KEY, PASSWORD]);
        tokio::fs::write(&self.go, "\n").await.unwrap();
        assert!(seen.of_ours >= 2, "the look missed the work itself: {seen:?}");
        assert_eq!(seen.leaks, Vec::<String>::new());
    }
}

#[derive(Debug, Default)]
struct Seen {
    /// Processes with the mark.
    of_ours: usize,
    leaks: Vec<String>,
}

/// Every process that this user may look at: arguments and environment.
fn look(mark: &str, secrets: &[&str]) -> Seen {
    let mut seen = Seen::default();
    for entry in std::fs::read_dir("/proc").unwrap().map(Result::unwrap) {
        let is_ours = |text: &[u8]| text.windows(mark.len()).any(|part| part == mark.as_bytes());
        let texts =
            ["cmdline", "environ"].map(|file| std::fs::read(entry.path().join(file)).unwrap_or_default());
        seen.of_ours += usize::from(texts.iter().any(|text| is_ours(text)));
        for (text, file) in texts.iter().zip(["cmdline", "environ"]) {
            for secret in secrets {
                if text.windows(secret.len()).any(|part| part == secret.as_bytes()) {
                    seen.leaks.push(format!(
                        "{} {}",
                        entry.path().join(file).display(),
                        String::from_utf8_lossy(text)
                    ));
                }
            }
        }
    }
    seen
}

#[tokio::test]
async fn secrets_show_in_no_process_list_while_work_goes_on() {
    let Some(node) = Node::start("") else { return };
    fake_sudo(&node);
    not_root(&node);
    std::fs::write(node.at("password"), PASSWORD).unwrap();
    // What our programs call with a secret at hand waits here.
    let (put, apply, phase) = (Stop::at(&node, "put"), Stop::at(&node, "apply"), Stop::at(&node, "phase"));
    node.put_bin("mv", &format!("#!/bin/sh\n{}\nexec /bin/mv \"$@\"\n", put.text()));
    node.put_bin("kubectl", &format!("#!/bin/sh\n{}\nexec cat\n", apply.text()));
    let console = Console::new(sudo_target(&node, Some(PASSWORD)), node.options());
    console.fleet.connect(&name()).await.unwrap();
    let config = format!("token: {TOKEN}\ncertificateKey: {CERTIFICATE_KEY}\n");
    let home = node.folder.path().display().to_string();

    let request = Request::Put {
        path: node.at("config.yaml").display().to_string(),
        mode: 0o600,
        content: Secret::new(config.clone()),
    };
    let (reply, ()) = tokio::join!(ask(&console.fleet, &request), put.look(home.clone()));
    assert_eq!(reply.unwrap().rc, 0);
    assert_eq!(std::fs::read_to_string(node.at("config.yaml")).unwrap(), config);

    let args = ["apply", "-f", "-"].map(str::to_owned).into();
    let request = Request::Kubectl { args, stdin: Some(Secret::new(config.clone())) };
    let (reply, ()) = tokio::join!(ask(&console.fleet, &request), apply.look(home));
    assert_eq!(reply.unwrap().stdout, config);

    let text = shell(&format!("key={CERTIFICATE_KEY}; token={TOKEN}; {}; exit 3", phase.text()));
    let mark = format!("KUBESTEP_RUN={}/run/r-k1:", node.at("run").display());
    let ((ended, _), ()) = tokio::join!(run(&console.fleet, "k1", &text, Start::Run), phase.look(mark));
    assert_eq!(ended.unwrap(), Ended::Exited(3));
    console.fleet.close().await;
}

#[test]
fn a_secret_in_a_process_list_would_be_seen() {
    // Not the other test's, which would see it.
    let secret = "abcdef.would-be-seen";
    for (program, variable) in [(secret, ""), ("x", secret)] {
        let mut child = Command::new("sh")
            .args(["-c", "echo up; read x", program])
            .env("KUBESTEP_TEST_SECRET", variable)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut up = [0; 3];
        child.stdout.as_mut().unwrap().read_exact(&mut up).unwrap();
        let seen = look("KUBESTEP_TEST_SECRET=", &[secret]);
        drop(child.stdin.take());
        child.wait().unwrap();
        let own = format!("/proc/{}/", child.id());
        assert!(seen.leaks.iter().any(|leak| leak.starts_with(&own)), "{seen:?}");
    }
}
