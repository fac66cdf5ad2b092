//! Looking whether a node became what it should be.

use std::rc::Rc;
use std::time::Duration;

use crate::catalog;
use crate::engine::Exit;
use crate::ids::NodeName;
use crate::inventory::model::Role;
use crate::survey::awaited::Awaited;
use crate::survey::look::{self, Look};
use crate::survey::verify as standing;
use crate::transport::{Request, TransportError};
use crate::version::Version;

use super::context::Wrongs;
use super::halt::Halt;
use super::outcome::permanent;
use super::report::{Voice, Word};
use super::{Context, watch};

const COMPONENTS: [&str; 4] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
const PAUSE: Duration = Duration::from_millis(700);
/// A network plug-in is there by then: what is still wrong has a cause worth naming.
const LONG: Duration = Duration::from_secs(45);
/// For how long one answer about the whole cluster serves every node.
const FRESH: Duration = Duration::from_millis(800);
const LIMIT: Duration = Duration::from_secs(30);

/// Asks the first control plane about `node` until nothing is wrong with it; the engine's budget ends it otherwise.
pub(super) async fn verify(context: &Context, voice: &Voice, node: &NodeName, stop: &Halt) -> Exit {
    let (Some(leader), Some(version)) = (context.leader.borrow().clone(), context.cluster_version()) else {
        return Exit::Failed(permanent("there is no cluster to ask"));
    };
    let mut shown: Option<Vec<String>> = None;
    let mut told = false;
    let begun = context.clock.elapsed();
    let stopped = |shown: Option<Vec<String>>| {
        let known = shown.as_deref().and_then(|wrong| catalog::diagnose(&voice.step.phase, wrong));
        Exit::Stopped { note: shown.map(|wrong| wrong.join("; ")), diagnosis: known.map(Box::new) }
    };
    loop {
        let reply = tokio::select! {
            biased;
            () = stop.cancelled() => return stopped(shown),
            reply = cluster(context, &leader, &version) => reply,
        };
        let mut wrong = match reply {
            Ok(wrongs) => wrongs.get(node).cloned().unwrap_or_default(),
            Err(error) if error.fault.is_passing() => {
                vec![format!("{leader} does not answer: {}", error.fault)]
            }
            Err(error) => return Exit::Failed(error.into()),
        };
        if wrong.is_empty() {
            wrong = static_pods(context, node).await;
        }
        if wrong.is_empty() {
            return Exit::Done { note: None };
        }
        let lasts = context.clock.elapsed().saturating_sub(begun) >= LONG;
        if shown.as_ref() != Some(&wrong) || lasts != told {
            let waiting_for = format!("{node} to be as it should: {}", wrong.join("; "));
            let known = catalog::diagnose(&voice.step.phase, &wrong).filter(|_| lasts);
            voice.say(Word::Wait { waiting_for, facts: watch::causes(known.as_ref()) }).await;
            (shown, told) = (Some(wrong), lasts);
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return stopped(shown),
            () = context.clock.sleep(PAUSE) => {}
        }
    }
}

/// What is wrong with a control plane's static pods, asked of the node itself: the API server hears of them late.
async fn static_pods(context: &Context, node: &NodeName) -> Vec<String> {
    if context.host(node).is_none_or(|host| host.role != Role::ControlPlane) {
        return Vec::new();
    }
    let Some(advertise) = context.advertise(node) else { return Vec::new() };
    let request = Request::Look {
        what: Awaited::ApiServer,
        endpoint: context.endpoint(),
        advertise: advertise.to_string(),
    };
    match context.hands.ask(node, &request, LIMIT).await {
        Ok(reply) => missing(&look::parse(&context.redactor.redact(&reply.stdout))),
        Err(error) => vec![format!("{node} does not answer: {}", error.fault)],
    }
}

fn missing(look: &Look) -> Vec<String> {
    if !look.ready {
        return vec![look.waiting_for.clone()];
    }
    let components: Vec<&(String, String)> =
        look.facts.iter().filter(|(name, _)| COMPONENTS.contains(&name.as_str())).collect();
    let runs = |state: &str| state.starts_with("running") || state.starts_with("started");
    if !components.iter().any(|(_, state)| runs(state)) {
        // The API server answers, so there are containers: the node has no program that lists them.
        return Vec::new();
    }
    components
        .iter()
        .filter(|(_, state)| !runs(state))
        .map(|(name, state)| format!("{name}: {state}"))
        .collect()
}

/// What is wrong in the whole cluster, asked for once for all the nodes that want to know it at the same time.
async fn cluster(
    context: &Context,
    leader: &NodeName,
    version: &Version,
) -> Result<Rc<Wrongs>, TransportError> {
    let mut last = context.standing.lock().await;
    if let Some((at, seen)) = &*last
        && context.clock.elapsed() < *at + FRESH
    {
        return Ok(Rc::clone(seen));
    }
    let reply = context.hands.ask(leader, &Request::Standing, LIMIT).await?;
    let seen = standing::parse(&context.redactor.redact(&reply.stdout));
    let mut wrongs = Wrongs::new();
    for (whose, problem) in standing::judge(&context.inventory(), version, &seen) {
        wrongs.entry(whose).or_default().push(problem);
    }
    let wrongs = Rc::new(wrongs);
    *last = Some((context.clock.elapsed(), Rc::clone(&wrongs)));
    Ok(wrongs)
}
