//! Following a remote run to its end, through as many connections as it takes.

use std::time::Duration;

use tokio::sync::mpsc;

use super::exchange::Sink;
use super::link::{Link, Trouble};
use super::program::Task;
use super::root::Root;
use crate::secret::Secret;
use crate::transport::error::Fault;
use crate::transport::request::{Ended, RunKey, Start};

/// A follower keeps its place this long at least, so that followers don't only chase each other.
const SHORTEST_TURN: Duration = Duration::from_millis(200);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often a node that let us in before may refuse us before it counts: logins are closed while a node boots, sudo's
/// directory may not answer yet.
const REFUSALS: u32 = 12;
/// What to run, and how far we are.
#[derive(Debug)]
pub(super) struct Following<'a> {
    pub key: &'a RunKey,
    pub text: &'a Secret,
    pub boot: &'a str,
    pub start: Start,
    pub output: &'a mpsc::Sender<Vec<u8>>,
    /// Whether the node's files are listed before and after.
    pub watched: bool,
    /// Whether the node has answered before.
    pub begun: bool,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Over {
    pub ended: Ended,
    /// It changed files that were watched.
    pub files: bool,
}

/// How one turn ended.
enum Turn {
    Over(Over),
    /// Our place was wanted.
    Lent,
    /// It broke off.
    Broken,
}

struct Counter<'a> {
    received: u64,
    begun: bool,
    output: &'a mpsc::Sender<Vec<u8>>,
}

impl Sink for Counter<'_> {
    const BOTH: bool = false;

    async fn output(&mut self, bytes: Vec<u8>) {
        self.received += bytes.len() as u64;
        // A receiver that is gone does not want the output; the status still counts.
        let _ = self.output.send(bytes).await;
    }

    fn errors(&mut self, _: Vec<u8>) {}

    fn begun(&mut self) {
        self.begun = true;
    }
}

impl Following<'_> {
    /// Follows to the end.
    pub(super) async fn finish(mut self, link: &Link) -> Result<Over, Fault> {
        let (mut from, mut broken, mut refusals) = (0, 0, 0);
        loop {
            let before = from;
            match self.turn(link, &mut from, broken).await {
                Ok(Turn::Over(ended)) => return Ok(ended),
                Ok(Turn::Lent) => continue,
                Err(fault) if !fault.is_passing() => {
                    refusals += 1;
                    if !self.begun || matches!(fault, Fault::HostKeyChanged { .. }) || refusals > REFUSALS {
                        return Err(fault);
                    }
                }
                Ok(Turn::Broken) | Err(_) => {}
            }
            if from > before {
                (broken, refusals) = (0, 0);
            }
            if broken > 0 {
                tokio::time::sleep(pause(broken)).await;
            }
            broken += 1;
        }
    }

    async fn turn(&mut self, link: &Link, from: &mut u64, broken: u32) -> Result<Turn, Fault> {
        let wire = link.wire(link.shared.options.connect_timeout).await?;
        let task = Task::Follow {
            key: self.key,
            start: self.start,
            text: self.text,
            watched: self.watched,
            boot: self.boot,
            from: *from,
        };
        let mut sink = Counter { received: 0, begun: false, output: self.output };
        let leave = async {
            tokio::time::sleep(SHORTEST_TURN).await;
            link.sessions.wanted().await;
        };
        let root = link.greeted(|greeted| greeted.root).unwrap_or(Root::Login);
        let end = link.exchange_until(&wire, root, task, &mut sink, leave).await;
        *from += sink.received;
        if sink.begun {
            // It was started; if the node does not know it later, that is the truth.
            self.start = Start::Attach;
            self.begun = true;
        }
        match end {
            Ok(Some(end)) => ended(&end, &link.shared.options.base_dir).map(Turn::Over),
            Ok(None) => Ok(Turn::Lent),
            Err(Trouble::Fault(fault)) => Err(fault),
            Err(trouble) => {
                link.after(&wire, trouble, broken).await;
                Ok(Turn::Broken)
            }
        }
    }
}

/// Before attempt `broken` + 1 in a row: 100 ms, doubled each time.
pub(super) fn pause(broken: u32) -> Duration {
    Duration::from_millis(50).saturating_mul(2_u32.saturating_pow(broken.min(10))).min(LONGEST_PAUSE)
}

/// The end of a run by the node's last line.
pub(super) fn ended(line: &str, base: &str) -> Result<Over, Fault> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let over = |ended| Ok(Over { ended, files: false });
    match word {
        "done" => {
            let (status, files) = match rest.trim().strip_suffix("files") {
                Some(status) => (status.trim(), true),
                None => (rest.trim(), false),
            };
            let status = status.parse().map_err(|_| Fault::Shell { detail: format!("status `{rest}`") })?;
            Ok(Over { ended: Ended::Exited(status), files })
        }
        "lost" => over(Ended::Lost),
        "unknown" => over(Ended::Unknown),
        "rebooted" => over(Ended::Rebooted),
        "full" => Err(not_writable(rest, base)),
        _ => Err(Fault::Shell { detail: line.to_owned() }),
    }
}

/// The node can't keep what a run needs.
pub(super) fn not_writable(detail: &str, base: &str) -> Fault {
    // dash's word for a full disk.
    let detail = if detail.contains("I/O error") { "no space left, or an I/O error" } else { detail };
    Fault::NotWritable { path: base.to_owned(), detail: super::classify::last_line(detail) }
}
