//! One command on a node: a program in, our lines and the output between them back.

use std::sync::Arc;
use std::time::Duration;

use openssh::{Child, ChildStderr, ChildStdin, ChildStdout, Session, Stdio};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::OwnedSemaphorePermit;

use super::marks::Marks;
use crate::secret::Secret;

/// For sshd's word on how the command ended, after its streams have.
const EXIT_WAIT: Duration = Duration::from_secs(2);
/// A session that takes longer to open is on a link that ssh itself is about to give up (6 to 8 s).
const OPEN_WAIT: Duration = Duration::from_secs(12);
const CHUNK: usize = 64 * 1024;

/// Why no session could be opened.
#[derive(Debug)]
pub(super) enum Unopened {
    /// sshd refused one more; the place comes back.
    Refused(OwnedSemaphorePermit),
    /// The master or the link is gone.
    Broken(String),
}

/// An open session.
#[derive(Debug)]
pub(super) struct Exchange {
    child: Child<Arc<Session>>,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    stderr: ChildStderr,
    place: OwnedSemaphorePermit,
}

/// How an exchange went.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Our last line; without it nothing is certain.
    pub end: Option<String>,
    /// Whether any line of ours came.
    pub ours: bool,
    /// Whether we left before the end, as wished.
    pub left: bool,
    /// The command's status, if sshd told it; otherwise the link went, or a signal ended the command.
    pub exited: Option<i32>,
    /// What came in front of our first line, both streams.
    pub noise: String,
}

/// What to take from a node and when to stop.
pub(super) trait Sink {
    /// Output of the command.
    async fn output(&mut self, bytes: Vec<u8>);
    /// Its standard error.
    fn errors(&mut self, bytes: Vec<u8>);
    /// The node has begun to answer.
    fn begun(&mut self) {}
    /// Whether standard error ends with our line too.
    const BOTH: bool;
}

impl Exchange {
    pub(super) async fn open(
        session: &Arc<Session>,
        command: &str,
        place: OwnedSemaphorePermit,
    ) -> Result<Self, Unopened> {
        let mut command = Arc::clone(session).arc_raw_command(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match tokio::time::timeout(OPEN_WAIT, command.spawn()).await {
            Ok(Ok(child)) => child,
            Ok(Err(error)) if is_refusal(&error) => return Err(Unopened::Refused(place)),
            Ok(Err(error)) => return Err(Unopened::Broken(chain(&error))),
            Err(_) => return Err(Unopened::Broken("no answer from the node".to_owned())),
        };
        match (child.stdin().take(), child.stdout().take(), child.stderr().take()) {
            (Some(stdin), Some(stdout), Some(stderr)) => {
                Ok(Self { child, stdin: Some(stdin), stdout, stderr, place })
            }
            _ => Err(Unopened::Broken("no pipes to the master".to_owned())),
        }
    }

    /// Sends `program`, hands the output to `sink`, and ends with our last line or the end of the streams. When `leave`
    /// is over first, the node is told to let go, once it has begun to answer.
    pub(super) async fn run<S: Sink>(
        mut self,
        program: &Secret,
        mark: &str,
        sink: &mut S,
        leave: impl Future<Output = ()>,
    ) -> Outcome {
        let (mut out, mut err) = (Marks::new(mark), Marks::new(mark));
        let (mut from_out, mut from_err) = (vec![0; CHUNK], vec![0; 4096]);
        let mut to_send = program.expose().as_bytes();
        let (mut out_open, mut err_open) = (true, true);
        let mut leave = std::pin::pin!(leave);
        let mut left = false;
        while (out_open && out.end().is_none()) || (S::BOTH && err_open && err.end().is_none()) {
            tokio::select! {
                sent = send(&mut self.stdin, to_send), if !to_send.is_empty() => match sent {
                    Ok(count) => to_send = to_send.get(count..).unwrap_or_default(),
                    Err(_) => to_send = &[],
                },
                read = self.stdout.read(&mut from_out), if out_open => match read {
                    Ok(count) if count > 0 => {
                        let bytes = out.push(from_out.get(..count).unwrap_or_default());
                        if out.is_ours() {
                            sink.begun();
                        }
                        if !bytes.is_empty() {
                            sink.output(bytes).await;
                        }
                    }
                    _ => out_open = false,
                },
                read = self.stderr.read(&mut from_err), if err_open => match read {
                    Ok(count) if count > 0 => {
                        sink.errors(err.push(from_err.get(..count).unwrap_or_default()));
                    }
                    _ => err_open = false,
                },
                () = &mut leave, if !left && out.is_ours() => {
                    left = true;
                    self.stdin = None;
                }
            }
        }
        let mut outcome = Outcome {
            end: out.end().map(str::to_owned),
            ours: out.is_ours(),
            left,
            exited: None,
            noise: String::new(),
        };
        if outcome.end.is_some() {
            self.part();
        } else {
            while err_open {
                match tokio::time::timeout(EXIT_WAIT, self.stderr.read(&mut from_err)).await {
                    Ok(Ok(count)) if count > 0 => drop(err.push(from_err.get(..count).unwrap_or_default())),
                    _ => err_open = false,
                }
            }
            format!("{}\n{}", out.noise(), err.noise()).trim().clone_into(&mut outcome.noise);
            outcome.exited = self.ended().await;
        }
        outcome
    }

    /// Sends `input` and its end, and gives everything that comes back, without any line of ours.
    pub(super) async fn talk(mut self, input: &Secret) -> String {
        if let Some(mut stdin) = self.stdin.take() {
            let _ = stdin.write_all(input.expose().as_bytes()).await;
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let most = 64 * 1024;
        let (mut from_out, mut from_err) = ((&mut self.stdout).take(most), (&mut self.stderr).take(most));
        let _ = tokio::join!(from_out.read_to_end(&mut out), from_err.read_to_end(&mut err));
        self.part();
        format!("{}\n{}", String::from_utf8_lossy(&out), String::from_utf8_lossy(&err))
    }

    /// Leaves the session; its place is free once sshd has closed it.
    fn part(self) {
        let Self { child, stdin, stdout, stderr, place } = self;
        drop((stdin, stdout, stderr));
        tokio::spawn(async move {
            let _ = tokio::time::timeout(EXIT_WAIT, child.wait()).await;
            drop(place);
        });
    }

    async fn ended(self) -> Option<i32> {
        let Self { child, stdin, stdout, stderr, place } = self;
        drop((stdin, stdout, stderr));
        let ended = tokio::time::timeout(EXIT_WAIT, child.wait()).await;
        drop(place);
        match ended {
            Ok(Ok(status)) => status.code(),
            // The crate's word for status 127.
            Ok(Err(openssh::Error::Remote(error))) if error.kind() == std::io::ErrorKind::NotFound => {
                Some(127)
            }
            _ => None,
        }
    }
}

async fn send(stdin: &mut Option<ChildStdin>, bytes: &[u8]) -> std::io::Result<usize> {
    match stdin {
        Some(stdin) => stdin.write(bytes).await,
        None => Ok(bytes.len()),
    }
}

fn is_refusal(error: &openssh::Error) -> bool {
    matches!(error, openssh::Error::SshMux(_)) && chain(error).contains("Session open refused")
}

/// An error and what caused it, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let line = error.to_string();
        if !text.contains(&line) {
            text = format!("{text}: {line}");
        }
        cause = error.source();
    }
    text
}
