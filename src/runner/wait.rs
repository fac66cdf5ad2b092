//! Our own waits, with what they see while they wait.

use std::time::Duration;

use crate::engine::Exit;
use crate::ids::NodeName;
use crate::survey::awaited::Awaited;
use crate::survey::look::{self, Look};
use crate::transport::Request;

use super::halt::Halt;
use super::report::{Voice, Word};
use super::{Context, watch};

/// After that a suspicion counts as the likely cause.
const LONG: Duration = Duration::from_secs(30);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(400);
const LOOK_LIMIT: Duration = Duration::from_secs(20);

/// Looks until it is there; the engine's budget ends it otherwise.
pub(super) async fn wait(
    context: &Context,
    voice: &Voice,
    node: &NodeName,
    what: Awaited,
    stop: &Halt,
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
    let begun = context.clock.elapsed();
    loop {
        let reply = tokio::select! {
            biased;
            () = stop.cancelled() => return stopped(why, shown.as_ref()),
            reply = context.hands.ask(node, &request, LOOK_LIMIT) => reply,
        };
        match reply {
            Ok(reply) => {
                let seen = look::parse(&context.redactor.redact(&reply.stdout));
                if seen.ready {
                    return Exit::Done { note: None };
                }
                let lasts = context.clock.elapsed().saturating_sub(begun) >= LONG;
                let seen = if lasts { seen.after_long() } else { seen };
                why = Some(seen.waiting_for.clone());
                if shown.as_ref() != Some(&seen) {
                    voice.say(watch::tell(&seen)).await;
                    shown = Some(seen);
                }
            }
            Err(error) if error.fault.is_passing() => {
                let waiting_for = format!("{node} does not answer: {}", error.fault);
                if why.as_ref() != Some(&waiting_for) {
                    voice.say(Word::Wait { waiting_for: waiting_for.clone(), facts: Vec::new() }).await;
                }
                why = Some(waiting_for);
            }
            Err(error) => return Exit::Failed(error.into()),
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return stopped(why, shown.as_ref()),
            () = context.clock.sleep(PAUSE) => {}
        }
    }
}

fn stopped(note: Option<String>, seen: Option<&Look>) -> Exit {
    let known = seen.and_then(|look| look.stuck.clone().or_else(|| look.suspect.clone()));
    Exit::Stopped { note, diagnosis: known.map(Box::new) }
}
