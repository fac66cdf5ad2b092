//! Short requests: asked again when the link goes in the middle.

use std::time::Duration;

use super::exchange::Sink;
use super::follow::{not_writable, pause};
use super::link::{Link, Trouble, Wire};
use super::program::Task;
use crate::secret::Secret;
use crate::transport::error::Fault;
use crate::transport::request::Reply;

const MOST_OUTPUT: usize = 1024 * 1024;
const MOST_ERRORS: usize = 64 * 1024;

/// Keeps what a command prints, up to a bound.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Sink for Collected {
    const BOTH: bool = true;

    async fn output(&mut self, bytes: Vec<u8>) {
        keep(&mut self.stdout, &bytes, MOST_OUTPUT);
    }

    fn errors(&mut self, bytes: Vec<u8>) {
        keep(&mut self.stderr, &bytes, MOST_ERRORS);
    }
}

/// Drops what a command prints.
#[derive(Debug)]
struct Ignored;

impl Sink for Ignored {
    const BOTH: bool = false;
    async fn output(&mut self, _: Vec<u8>) {}
    fn errors(&mut self, _: Vec<u8>) {}
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8], most: usize) {
    let room = most.saturating_sub(kept.len());
    kept.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
}

/// The answer to `text`, within `limit`.
pub(super) async fn ask(link: &Link, text: &Secret, limit: Duration) -> Result<Reply, Fault> {
    again(link, limit, async |wire| {
        let mut collected = Collected::default();
        let end = link.exchange(wire, Task::Ask { text }, &mut collected).await?;
        let rc = end.trim().parse().map_err(|_| Trouble::Fault(Fault::Shell { detail: end }))?;
        Ok(Reply {
            rc,
            stdout: String::from_utf8_lossy(&collected.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&collected.stderr).into_owned(),
        })
    })
    .await
}

/// Has `task` done, and gives the node's last line.
pub(super) async fn order(link: &Link, task: Task<'_>, limit: Duration) -> Result<String, Fault> {
    again(link, limit, async |wire| {
        let end = link.exchange(wire, task, &mut Ignored).await?;
        match end.strip_prefix("full ") {
            Some(detail) => Err(Trouble::Fault(not_writable(detail, &link.shared.options.base_dir))),
            None => Ok(end),
        }
    })
    .await
}

/// Does `once` until it succeeds, fails for good, or `limit` is over.
async fn again<T>(
    link: &Link,
    limit: Duration,
    once: impl AsyncFn(&Wire) -> Result<T, Trouble>,
) -> Result<T, Fault> {
    let mut last = None;
    let attempts = async {
        let mut broken = 0;
        loop {
            let wire = match link.wire(link.shared.options.connect_timeout).await {
                Ok(wire) => wire,
                Err(fault) if !fault.is_passing() => return Err(fault),
                Err(fault) => {
                    last = Some(fault);
                    broken += 1;
                    tokio::time::sleep(pause(broken)).await;
                    continue;
                }
            };
            match once(&wire).await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Fault(fault)) => return Err(fault),
                Err(trouble) => last = Some(link.after(&wire, trouble, broken).await),
            }
            broken += 1;
            tokio::time::sleep(pause(broken)).await;
        }
    };
    match tokio::time::timeout(limit, attempts).await {
        Ok(answer) => answer,
        Err(_) => Err(last.unwrap_or_else(|| Fault::TimedOut {
            address: link.target.ssh.address.clone(),
            seconds: limit.as_secs(),
        })),
    }
}
