//! Before another try of a phase: the try before it has to be over on the node, and may have done its work.

use std::time::Duration;

use super::halt::Halt;
use super::report::Voice;
use super::{Context, evidence, kubeadm};
use crate::engine::Exit;
use crate::ids::Attempt;
use crate::plan::step::Step;
use crate::transport::TransportError;

/// What a try that still runs is given to end by itself.
const GRACE: Duration = Duration::from_secs(10);
/// Between two questions to a node that does not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// How the step ends without another try; none where it has to be made.
///
/// An order to stop that did not get through a cut link is given once more. Then what the earlier try left is looked at: where it
/// came far enough, a second one would only fail. A node that can't be reached is waited for, as a run waits for it.
pub(super) async fn instead(context: &Context, voice: &Voice, step: &Step, stop: &Halt) -> Option<Exit> {
    let before = Attempt(voice.attempt.0.checked_sub(1).filter(|&before| before >= Attempt::FIRST.0)?);
    let node = &step.id.node;
    let key = kubeadm::key(context, &step.id, before);
    if let Err(exit) = patiently(context, stop, async || context.hands.kill(node, &key, GRACE).await).await {
        return Some(exit);
    }
    match patiently(context, stop, async || evidence::shows(context, step).await).await {
        Ok(true) => Some(Exit::Done { note: Some("an earlier try had done its work".to_owned()) }),
        Ok(false) => None,
        Err(exit) => Some(exit),
    }
}

/// Asks until there is an answer, the step is stopped, or the node refuses us for good.
async fn patiently<T>(
    context: &Context,
    stop: &Halt,
    ask: impl AsyncFn() -> Result<T, TransportError>,
) -> Result<T, Exit> {
    loop {
        let answer = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(Exit::STOPPED),
            answer = ask() => answer,
        };
        match answer {
            Ok(answer) => return Ok(answer),
            Err(error) if !error.fault.is_passing() => return Err(Exit::Failed(error.into())),
            Err(_) => context.clock.sleep(PAUSE).await,
        }
    }
}
