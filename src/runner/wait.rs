//! Our own waits, with what they see while they wait.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Exit;
use crate::ids::NodeName;
use crate::survey::awaited::Awaited;
use crate::survey::look;
use crate::transport::Request;

use super::Context;
use super::report::{Voice, Word};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(700);
const LOOK_LIMIT: Duration = Duration::from_secs(20);

/// Looks until it is there; the engine's budget ends it otherwise.
pub(super) async fn wait(
    context: &Context,
    voice: &Voice,
    node: &NodeName,
    what: Awaited,
    stop: &CancellationToken,
) -> Exit {
    let request = Request::Look {
        what,
        endpoint: context.endpoint(),
        advertise: context
            .advertise(node)
            .map_or_else(|| "127.0.0.1".to_owned(), |address| address.to_string()),
    };
    let mut shown = None;
    let mut why = None;
    loop {
        let reply = tokio::select! {
            biased;
            () = stop.cancelled() => return Exit::Stopped { note: why },
            reply = context.hands.ask(node, &request, LOOK_LIMIT) => reply,
        };
        let (waiting_for, facts) = match reply {
            Ok(reply) => {
                let seen = look::parse(&context.redactor.redact(&reply.stdout));
                if seen.ready {
                    return Exit::Done { note: None };
                }
                (seen.waiting_for, seen.facts)
            }
            Err(error) if error.fault.is_passing() => {
                (format!("{node} does not answer: {}", error.fault), Vec::new())
            }
            Err(error) => return Exit::Failed(error.into()),
        };
        why = Some(waiting_for.clone());
        let now = Some((waiting_for.clone(), facts.clone()));
        if now != shown {
            voice.say(Word::Wait { waiting_for, facts }).await;
            shown = now;
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return Exit::Stopped { note: why },
            () = context.clock.sleep(PAUSE) => {}
        }
    }
}
