//! When nobody saw a phase end: what it left on the node tells how far it came.

use crate::catalog::diagnosis;
use crate::engine::{Exit, Failure};
use crate::plan::step::Step;
use crate::transport::{Ended, Request, TransportError};

use super::halt::Halt;
use super::outcome::failure;
use super::report::{Voice, Word};
use super::{Context, members, watch};

const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);
const ETCD_MANIFEST: &str = "/etc/kubernetes/manifests/etcd.yaml";
/// How long a member that kubeadm has added may take to vote.
const TO_VOTE: std::time::Duration = std::time::Duration::from_secs(120);
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);
const KUBELET_CONF: &str = "/etc/kubernetes/kubelet.conf";

/// Judges a step whose end is not known: the node was rebooted, or the process vanished.
pub(super) async fn weigh(
    context: &Context,
    voice: &Voice,
    step: &Step,
    ended: Result<Ended, TransportError>,
) -> Exit {
    let node = &step.id.node;
    let what = match ended {
        Err(error) => return Exit::Failed(error.into()),
        Ok(Ended::Rebooted | Ended::Unknown) => "the node was rebooted meanwhile",
        Ok(Ended::Lost | Ended::Exited(_)) => "kubeadm vanished on the node without an exit status",
    };
    if let Err(error) = context.connect_again(node).await {
        return Exit::Failed(error.into());
    }
    voice.tell(format!("{what}; looking at what it left")).await;
    if is_done(context, step).await {
        return Exit::Done { note: Some(format!("{what}, but the phase had done its work")) };
    }
    Exit::Failed(explain(context, step, failure(what)).await)
}

/// Whether the phase's effect is there, where it shows without doubt. A node that does not answer shows nothing.
pub(super) async fn is_done(context: &Context, step: &Step) -> bool {
    shows(context, step).await.unwrap_or(false)
}

/// The same, where a node that does not answer is asked again.
pub(super) async fn shows(context: &Context, step: &Step) -> Result<bool, TransportError> {
    match step.id.phase.as_str() {
        // The kubelet writes it only once its certificate was issued.
        "join/kubelet-start" => exists(context, step, KUBELET_CONF).await,
        // Where more follows in the same command, a member says nothing of that.
        _ if members::is_etcd_join(step) && step.covers.is_empty() => {
            Ok(exists(context, step, ETCD_MANIFEST).await?
                && matches!(members::of(context, &step.id.node).await, Ok(Some(member)) if member.started && member.voter))
        }
        _ => Ok(false),
    }
}

/// Adds what stands in the way of another try.
pub(super) async fn explain(context: &Context, step: &Step, mut failure: Failure) -> Failure {
    let node = &step.id.node;
    if members::is_etcd_join(step) {
        let known = members::of(context, node).await;
        let never_started = matches!(&known, Ok(Some(member)) if !member.started);
        let symptom = failure.reason.clone();
        let said = match known {
            Ok(Some(member)) if member.started => {
                format!("{node} is in etcd's list of members and started, but the phase did not end well")
            }
            Ok(Some(_)) => format!(
                "{node} is in etcd's list of members and never started; `kubestep run … --resume` takes it out, empties its data and joins it again"
            ),
            Ok(None) => {
                format!("{node} is not in etcd's list of members; `kubestep run … --resume` joins it again")
            }
            Err(error) => format!("etcd's members can't be listed ({})", error.reason),
        };
        failure.reason = format!("{}; {said}", failure.reason);
        // kubeadm only sees that etcd doesn't come; the node knows why.
        if let Some(stuck) = watch::trouble(context, node).await {
            failure.diagnosis = Some(stuck);
        } else if never_started && failure.diagnosis.is_none() {
            failure.diagnosis = diagnosis::stale_member(&symptom).map(Box::new);
        }
    }
    failure
}

async fn exists(context: &Context, step: &Step, path: &str) -> Result<bool, TransportError> {
    let request = Request::Read { path: path.to_owned() };
    Ok(context.hands.ask(&step.id.node, &request, LIMIT).await?.rc == 0)
}

/// Holds what kubeadm says of an etcd join against etcd's own list of members: success is a started voter, and a
/// failure is told with what stands in the list. The next member may only be added after that.
pub(super) async fn confirm(context: &Context, voice: &Voice, step: &Step, exit: Exit, stop: &Halt) -> Exit {
    let node = &step.id.node;
    let until = context.clock.elapsed() + TO_VOTE;
    let mut note = match exit {
        Exit::Done { note } => note,
        Exit::Failed(failure) => {
            if is_done(context, step).await {
                let text = format!("{}; but {node} is a started and voting member of etcd", failure.reason);
                return Exit::Done { note: Some(text) };
            }
            return Exit::Failed(explain(context, step, failure).await);
        }
        stopped @ Exit::Stopped { .. } => return stopped,
    };
    loop {
        match members::of(context, node).await {
            Ok(Some(member)) if member.started && member.voter => return Exit::Done { note: note.take() },
            Ok(member) if context.clock.elapsed() > until => {
                let what = match member {
                    None => "etcd does not list it as a member",
                    Some(member) if member.started => "its member is still a learner and does not vote",
                    Some(_) => "its member has not started",
                };
                let failure = failure(format!("kubeadm says that {node} joined etcd, but {what}"));
                return Exit::Failed(explain(context, step, failure).await);
            }
            Ok(_) => {
                let waiting_for = format!("{node}'s etcd to start and vote");
                voice.say(Word::Wait { waiting_for, facts: Vec::new() }).await;
            }
            // The cluster is asked again at the end; that it can't be asked now proves nothing.
            Err(error) if context.clock.elapsed() > until => {
                let text = format!("etcd's members could not be listed ({})", error.reason);
                return Exit::Done { note: Some(text) };
            }
            Err(_) => {}
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return Exit::STOPPED,
            () = context.clock.sleep(PAUSE) => {}
        }
    }
}
