//! Eyes on the kubelet while kubeadm waits for it without a word.

use std::cell::RefCell;
use std::time::Duration;

use crate::catalog::diagnosis::Diagnosis;
use crate::ids::NodeName;
use crate::plan::step::Step;
use crate::survey::awaited::Awaited;
use crate::survey::look::{self, Look};
use crate::transport::Request;

use super::Context;
use super::report::{Voice, Word};

/// A healthy kubelet has its certificate by then.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_secs(4);
const LIMIT: Duration = Duration::from_secs(20);

/// What was seen last.
pub(super) type Seen = RefCell<Option<Look>>;

/// Whether kubeadm waits for the kubelet inside this step.
pub(super) fn is_worth_it(step: &Step) -> bool {
    step.id.phase.as_str() == "join/kubelet-start"
}

/// Looks again and again, says what changed, and never ends by itself.
pub(super) async fn kubelet(context: &Context, voice: &Voice, seen: &Seen) {
    let node = &voice.step.node;
    let request = Request::Look { what: Awaited::Kubelet, endpoint: None, advertise: String::new() };
    context.clock.sleep(PATIENCE).await;
    loop {
        if let Ok(reply) = context.hands.ask(node, &request, LIMIT).await {
            let mut look = look::parse(&context.redactor.redact(&reply.stdout));
            // One that ends again and again says why only now and then.
            if !look.ready && look.stuck.is_none() {
                look.stuck = seen.borrow().as_ref().and_then(|former| former.stuck.clone());
            }
            let changed = seen.borrow().as_ref() != Some(&look);
            if changed {
                voice.say(tell(&look)).await;
                *seen.borrow_mut() = Some(look);
            }
        }
        context.clock.sleep(PAUSE).await;
    }
}

/// What a look comes to, with the cause and the fix where they are known already.
pub(super) fn tell(look: &Look) -> Word {
    let mut facts = look.facts.clone();
    facts.extend(causes(look.stuck.as_ref()));
    let waiting_for = if look.ready {
        "kubeadm, though the kubelet is healthy".to_owned()
    } else {
        look.waiting_for.clone()
    };
    Word::Wait { waiting_for, facts }
}

/// A known trouble of the node's static pods or of its kubelet.
pub(super) async fn trouble(context: &Context, node: &NodeName) -> Option<Box<Diagnosis>> {
    let advertise = context.advertise(node)?.to_string();
    let request = Request::Look { what: Awaited::ApiServer, endpoint: None, advertise };
    let reply = context.hands.ask(node, &request, LIMIT).await.ok()?;
    look::parse(&context.redactor.redact(&reply.stdout)).stuck.map(Box::new)
}

/// A known trouble among the facts of a wait.
pub(super) fn causes(known: Option<&Diagnosis>) -> Vec<(String, String)> {
    let Some(known) = known else { return Vec::new() };
    vec![("likely cause".to_owned(), known.cause.clone()), ("fix".to_owned(), known.fix.clone())]
}

/// A trouble seen on the node tells more than kubeadm's general words.
pub(super) fn diagnosis(seen: &Seen) -> Option<Box<Diagnosis>> {
    seen.borrow().as_ref().and_then(|look| look.stuck.clone()).map(Box::new)
}
