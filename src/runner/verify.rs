//! Looking whether a node became what it should be.

use std::rc::Rc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Exit;
use crate::ids::NodeName;
use crate::survey::verify as standing;
use crate::transport::{Request, TransportError};
use crate::version::Version;

use super::Context;
use super::context::Wrongs;
use super::outcome::permanent;
use super::report::{Voice, Word};

const PAUSE: Duration = Duration::from_secs(1);
/// For how long one answer about the whole cluster serves every node.
const FRESH: Duration = Duration::from_millis(800);
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
    let mut shown = None;
    loop {
        let reply = tokio::select! {
            biased;
            () = stop.cancelled() => return Exit::Stopped { note: shown, diagnosis: None },
            reply = look(context, &leader, &version) => reply,
        };
        let wrong = match reply {
            Ok(wrongs) => wrongs.get(node).cloned().unwrap_or_default(),
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
            () = stop.cancelled() => return Exit::Stopped { note: shown, diagnosis: None },
            () = context.clock.sleep(PAUSE) => {}
        }
    }
}

/// What is wrong in the whole cluster, asked for once for all the nodes that want to know it at the same time.
async fn look(context: &Context, leader: &NodeName, version: &Version) -> Result<Rc<Wrongs>, TransportError> {
    let mut last = context.standing.lock().await;
    if let Some((at, seen)) = &*last
        && context.clock.elapsed() < *at + FRESH
    {
        return Ok(Rc::clone(seen));
    }
    let reply = context.hands.ask(leader, &Request::Standing, LIMIT).await?;
    let seen = standing::parse(&context.redactor.redact(&reply.stdout));
    let mut wrongs = Wrongs::new();
    for (whose, problem) in standing::judge(&context.inventory, version, &seen) {
        wrongs.entry(whose).or_default().push(problem);
    }
    let wrongs = Rc::new(wrongs);
    *last = Some((context.clock.elapsed(), Rc::clone(&wrongs)));
    Ok(wrongs)
}
