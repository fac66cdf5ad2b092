//! Clean-up before a phase that is not repeatable is tried again.

use std::time::Duration;

use crate::catalog::RetryClass;
use crate::engine::Failure;
use crate::ids::Attempt;
use crate::plan::step::Step;
use crate::transport::Request;

use super::outcome::failure;
use super::outcome::last;
use super::report::Voice;
use super::{Context, evidence, members};

const LIMIT: Duration = Duration::from_secs(60);

/// What a failed etcd join leaves on its own node, kubeadm.md §2.6.
const ETCD_TRACES: [&str; 2] = ["/etc/kubernetes/manifests/etcd.yaml", "/var/lib/etcd"];

/// Whether a further try needs it even where the phase is called safe to repeat: kubeadm takes up a member that it
/// finds, but first wants all members to be healthy, and one that never started is not (kubeadm.md §2.6).
pub(super) fn comes_first(voice: &Voice, step: &Step) -> bool {
    voice.attempt > Attempt::FIRST && members::is_etcd_join(step)
}

/// Removes what the former attempt left, as far as the phase needs it.
pub(super) async fn undo(context: &Context, voice: &Voice, step: &Step) -> Result<(), Failure> {
    if !members::is_etcd_join(step) || evidence::is_done(context, step).await {
        return Ok(());
    }
    let node = &step.id.node;
    let known = members::membership(context, node).await?;
    if let Some(member) = known.own {
        if member.started && step.retry == RetryClass::Safe {
            return Ok(());
        }
        voice.tell(format!("removing {node}'s member {} from etcd", member.id)).await;
        members::remove(context, &known.from, &member).await?;
    }
    voice.tell(format!("removing {} and {} on {node}", ETCD_TRACES[0], ETCD_TRACES[1])).await;
    let request = Request::Remove { paths: ETCD_TRACES.map(str::to_owned).to_vec() };
    let reply = context.hands.ask(node, &request, LIMIT).await?;
    if reply.rc == 0 { Ok(()) } else { Err(failure(last(&reply.stderr))) }
}
