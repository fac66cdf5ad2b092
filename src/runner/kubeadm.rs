//! Running one kubeadm command on a node, to its true end.

use tokio::sync::mpsc;

use crate::catalog::{self, Diagnosis};
use crate::engine::{Exit, Failure};
use crate::ids::{Attempt, NodeName, PhaseId, StepId};
use crate::plan::step::{Step, Work};
use crate::text::LineSplitter;
use crate::transport::{Ended, Request, RunKey, Start, TransportError};

use super::halt::Halt;
use super::report::{Voice, Word};
use super::{Context, again, config, evidence, files, members, watch};

/// Lines kept for the verdict and the diagnosis; kubeadm prints far fewer.
const KEPT: usize = 4_000;
/// Lines sent to the journal at once.
const BATCH: usize = 64;
/// What a stopped phase is given to end by itself.
const GRACE: std::time::Duration = std::time::Duration::from_secs(10);
/// For a node that does not answer to the order to stop.
const STOP_LIMIT: std::time::Duration = std::time::Duration::from_secs(30);

/// How a remote command ended, and what it printed last.
pub(super) struct Told {
    pub(super) ended: Result<Ended, TransportError>,
    pub(super) lines: Vec<String>,
}

/// The name under which the node knows an attempt.
pub(super) fn key(context: &Context, step: &StepId, attempt: Attempt) -> RunKey {
    RunKey::new(&format!("{}.{}.{}.{attempt}", context.root, step.node, step.phase))
}

/// Runs `request` under the attempt's key and passes its lines on. When it was stopped, the way it is told.
pub(super) async fn follow(
    context: &Context,
    voice: &Voice,
    request: &Request,
    start: Start,
    covers: &[PhaseId],
    watched: Option<&watch::Seen>,
    stop: &Halt,
) -> Result<Told, Exit> {
    let node = &voice.step.node;
    let key = key(context, &voice.step, voice.attempt);
    let (to, mut from) = mpsc::channel(64);
    let version = context.kubeadm_of(node);
    let mut ear = Ear {
        context,
        voice,
        covers,
        version,
        splitter: LineSplitter::default(),
        kept: Vec::new(),
        seen: Vec::new(),
    };
    let ended = {
        let run = context.hands.run(node, &key, request, start, &to);
        let eyes = async {
            match watched {
                Some(seen) => watch::kubelet(context, voice, seen).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(run, eyes);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break None,
                Some(bytes) = from.recv() => ear.hear(&bytes).await,
                ended = &mut run => break Some(ended),
                () = &mut eyes => {}
            }
        }
    };
    drop(to);
    let Some(ended) = ended else {
        let killed = tokio::time::timeout(STOP_LIMIT, end(context, node, &key, stop)).await;
        if matches!(killed, Ok(Ok(_))) {
            files::look_later(context, voice, key).await;
            return Err(Exit::STOPPED);
        }
        let phase = &voice.step.phase;
        let text = format!("{node} could not be told to stop {phase}; it may still be running there");
        voice.say(Word::Notice(crate::diag::Severity::Warning, text.clone())).await;
        return Err(Exit::Stopped { note: Some(text), diagnosis: None });
    };
    while let Ok(bytes) = from.try_recv() {
        ear.hear(&bytes).await;
    }
    ear.end().await;
    files::look_later(context, voice, key).await;
    Ok(Told { ended, lines: ear.kept })
}

/// Ends a run on its node, after a while or, when that is wanted meanwhile, at once.
async fn end(context: &Context, node: &NodeName, key: &RunKey, stop: &Halt) -> Result<Ended, TransportError> {
    tokio::select! {
        biased;
        () = stop.killed() => context.hands.kill(node, key, std::time::Duration::ZERO).await,
        ended = context.hands.kill(node, key, GRACE) => ended,
    }
}

/// Turns bytes into clean lines.
struct Ear<'a> {
    context: &'a Context,
    voice: &'a Voice,
    covers: &'a [PhaseId],
    version: Option<crate::version::Version>,
    splitter: LineSplitter,
    kept: Vec<String>,
    seen: Vec<PhaseId>,
}

impl Ear<'_> {
    async fn hear(&mut self, bytes: &[u8]) {
        let lines = self.splitter.push(bytes);
        self.pass_on(lines).await;
    }

    async fn end(&mut self) {
        let rest = self.splitter.finish();
        self.pass_on(rest.into_iter().collect()).await;
    }

    async fn pass_on(&mut self, lines: Vec<String>) {
        let lines: Vec<String> = lines.iter().map(|line| self.context.redactor.redact(line)).collect();
        for line in &lines {
            for leaf in self.newly_seen(line) {
                self.voice.say(Word::Seen(leaf)).await;
            }
        }
        self.kept.extend(lines.iter().cloned());
        if self.kept.len() > 2 * KEPT {
            self.kept.drain(..KEPT);
        }
        for batch in lines.chunks(BATCH) {
            self.voice.say(Word::Lines(batch.to_vec())).await;
        }
    }

    fn newly_seen(&mut self, line: &str) -> Vec<PhaseId> {
        if self.covers.is_empty() {
            return Vec::new();
        }
        let Some(version) = &self.version else { return Vec::new() };
        let new: Vec<PhaseId> = catalog::seen(self.covers, version, line)
            .filter(|id| !self.seen.contains(id))
            .into_iter()
            .cloned()
            .collect();
        self.seen.extend(new.iter().cloned());
        new
    }
}

/// Runs a kubeadm step and judges it.
pub(super) async fn run(context: &Context, voice: &Voice, step: &Step, reattach: bool, stop: &Halt) -> Exit {
    let Work::Kubeadm { args } = &step.work else { return Exit::STOPPED };
    let request = Request::Kubeadm { args: args.clone() };
    let mut start = if reattach { Start::Attach } else { Start::Run };
    if !reattach && let Some(exit) = again::instead(context, voice, step, stop).await {
        return exit;
    }
    let seen = watch::Seen::default();
    let watched = watch::is_worth_it(step).then_some(&seen);
    loop {
        // What runs already has read its file; another one must not be put in its way.
        if start == Start::Run
            && let Err(failure) = config::ensure(context, &step.id.node, step).await
        {
            return Exit::Failed(failure);
        }
        let told = match follow(context, voice, &request, start, &step.covers, watched, stop).await {
            Ok(told) => told,
            Err(stopped) => return stopped,
        };
        match told.ended {
            Ok(Ended::Exited(rc)) => {
                let exit = judge(context, step, rc, &told.lines, watch::diagnosis(&seen));
                if members::is_etcd_join(step) {
                    return evidence::confirm(context, voice, step, exit, stop).await;
                }
                return exit;
            }
            // The earlier console journaled the start and died before the node heard of it.
            Ok(Ended::Unknown) if start == Start::Attach && !context.was_rebooted(&step.id.node) => {
                start = Start::Run;
            }
            other => return evidence::weigh(context, voice, step, other).await,
        }
    }
}

fn judge(context: &Context, step: &Step, rc: i32, lines: &[String], seen: Option<Box<Diagnosis>>) -> Exit {
    let Some(version) = context.kubeadm_of(&step.id.node) else {
        return Exit::Failed(Failure {
            reason: "the node's kubeadm version is not known".into(),
            ..Failure::default()
        });
    };
    let phase = &step.id.phase;
    match catalog::verdict(phase, &step.covers, &version, rc, lines) {
        catalog::Verdict::Succeeded { warnings } => {
            Exit::Done { note: (!warnings.is_empty()).then(|| warnings.join("; ")) }
        }
        catalog::Verdict::FalseSuccess { why, advice } => {
            Exit::Failed(Failure { reason: format!("{why}. {advice}"), rc: Some(rc), ..Failure::default() })
        }
        catalog::Verdict::Failed => Exit::Failed(Failure {
            reason: reason(rc, lines),
            rc: Some(rc),
            diagnosis: match signal(rc) {
                Some(signal) => Some(Box::new(catalog::killed(signal))),
                None => seen.or_else(|| catalog::diagnose(phase, lines).map(Box::new)),
            },
            ..Failure::default()
        }),
    }
}

/// What ended a process that did not end by itself, as a shell tells it.
fn signal(rc: i32) -> Option<i32> {
    (rc > 128 && rc < 160).then_some(rc - 128)
}

/// kubeadm's own last word, or what ended it.
fn reason(rc: i32, lines: &[String]) -> String {
    if let Some(signal) = signal(rc) {
        return format!("kubeadm was ended by signal {signal}");
    }
    let said = catalog::output::important(lines, 1);
    match said.first() {
        Some(line) => line.trim().to_owned(),
        None => format!("kubeadm ended with exit status {rc} and said nothing"),
    }
}
