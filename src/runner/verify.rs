//! Looking whether a node became what it should be.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Exit;
use crate::ids::NodeName;
use crate::survey::verify as standing;
use crate::transport::Request;

use super::Context;
use super::perform::permanent;
use super::report::{Voice, Word};

const PAUSE: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(30);

/// Asks the first control plane about `node` until nothing is wrong with it; the engine's budget ends it otherwise.
pub(super) async fn verify(
    context: &Context,
    voice: &Voice,
    node: &NodeName,
    stop: &CancellationToken,
) -> Exit {
    let (Some(leader), Some(version)) = (context.leader.borrow().clone(), context.cluster_version()) else {
        return Exit::Failed(permanent("there is no cluster to ask"));
    };
    let request = Request::Standing;
    let mut shown = None;
    loop {
        let reply = tokio::select! {
            biased;
            () = stop.cancelled() => return Exit::Stopped { note: shown },
            reply = context.hands.ask(&leader, &request, LIMIT) => reply,
        };
        let wrong = match reply {
            Ok(reply) => {
                let seen = standing::parse(&context.redactor.redact(&reply.stdout));
                standing::judge(&context.inventory, &version, &seen)
                    .into_iter()
                    .filter(|(whose, _)| whose == node)
                    .map(|(_, problem)| problem)
                    .collect::<Vec<_>>()
            }
            Err(error) if error.fault.is_passing() => {
                vec![format!("{leader} does not answer: {}", error.fault)]
            }
            Err(error) => return Exit::Failed(error.into()),
        };
        if wrong.is_empty() {
            return Exit::Done { note: None };
        }
        let now = Some(wrong.join("; "));
        if now != shown {
            let waiting_for = format!("{node} to be as it should: {}", wrong.join("; "));
            voice.say(Word::Wait { waiting_for, facts: Vec::new() }).await;
            shown = now;
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return Exit::Stopped { note: shown },
            () = context.clock.sleep(PAUSE) => {}
        }
    }
}
