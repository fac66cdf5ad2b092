//! What a step's command did to its node's files: found by the node itself, before and after, and fetched beside the run,
//! which doesn't wait for it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify};

use crate::artifact::{Artifact, Change, Files, Objects, objects, told};
use crate::ids::NodeName;
use crate::plan::step::{Step, Work};
use crate::state::Shelf;
use crate::text;
use crate::transport::{Request, RunKey};

use super::Context;
use super::report::{Voice, Word};

/// For a node to tell what changed.
const LIMIT: Duration = Duration::from_secs(15);

/// Looks that were promised, by node.
#[derive(Debug, Default)]
pub(super) struct Looks {
    open: RefCell<HashMap<NodeName, usize>>,
    turns: RefCell<HashMap<NodeName, Rc<Mutex<()>>>>,
    over: Notify,
}

impl Looks {
    fn open(&self, node: &NodeName) {
        *self.open.borrow_mut().entry(node.clone()).or_default() += 1;
    }

    fn close(&self, node: &NodeName) {
        if let Some(count) = self.open.borrow_mut().get_mut(node) {
            *count = count.saturating_sub(1);
        }
        self.over.notify_waiters();
    }

    /// Waits for all looks at `node`, but not for ever.
    pub(super) async fn are_over(&self, context: &Context, node: &NodeName) {
        let over = async {
            loop {
                let notified = self.over.notified();
                if self.open.borrow().get(node).is_none_or(|count| *count == 0) {
                    return;
                }
                notified.await;
            }
        };
        tokio::select! {
            () = over => {}
            () = context.clock.sleep(LIMIT) => {}
        }
    }

    fn turn(&self, node: &NodeName) -> Rc<Mutex<()>> {
        Rc::clone(self.turns.borrow_mut().entry(node.clone()).or_default())
    }
}

/// What is to be looked at.
#[derive(Debug)]
pub(super) enum Sight {
    /// What a run changed on its node.
    Run(RunKey),
    /// All files of Kubernetes' on the node.
    All,
    /// What kubeadm has put into the cluster.
    Objects(Objects),
}

/// After a command's end: has its files looked at, if it is known to have changed any.
pub(super) async fn look_later(context: &Context, voice: &Voice, key: RunKey) {
    if context.hands.changed_files(&voice.step.node, &key) {
        look(context, voice, Sight::Run(key)).await;
    }
}

/// When the node is to be what it should: has all of its files looked at; its kubelet has written some of them.
pub(super) async fn look_at_all(context: &Context, voice: &Voice) {
    look(context, voice, Sight::All).await;
}

/// After a step that has put something into the cluster.
pub(super) async fn look_at_objects(context: &Context, voice: &Voice, step: &Step) {
    let which = match step.work {
        Work::SignClusterInfo => Some(Objects::Invitation),
        _ => Objects::of_phase(step.id.phase.as_str()),
    };
    if let Some(which) = which {
        look(context, voice, Sight::Objects(which)).await;
    }
}

async fn look(context: &Context, voice: &Voice, sight: Sight) {
    context.looks.open(&voice.step.node);
    voice.say(Word::Look(sight)).await;
}

/// Has a look, and says what was seen. Nobody is told when that fails: it is nothing that a bring-up needs.
pub(super) async fn tell(context: &Context, voice: &Voice, sight: Sight) {
    let node = &voice.step.node;
    let turn = context.looks.turn(node);
    // In the order in which they were wished for.
    let held = turn.lock().await;
    let seen = match sight {
        Sight::Run(key) => files(context, node, Some(key)).await,
        Sight::All => files(context, node, None).await,
        Sight::Objects(which) => objects(context, node, which).await,
    };
    match seen {
        Ok(files) if !files.is_empty() => voice.say(Word::Files(Files::bounded(files))).await,
        Ok(_) => {}
        Err(why) => {
            tracing::debug!(%node, phase = %voice.step.phase, why, "the node did not tell of its files");
        }
    }
    drop(held);
    context.looks.close(node);
}

/// Of files that were only found to be there those that are not known as they are; of those that were written, which have
/// the text that they had.
pub(super) fn news(mut found: Files, known: Option<&Shelf>) -> Option<Files> {
    if let Some(known) = known {
        for file in found.files.iter_mut().filter(|file| file.change == Change::Changed) {
            let same = known.get(&file.path).is_some_and(|old| old.content == file.content);
            if same && file.content.is_some() {
                file.change = Change::Rewritten;
                file.content = None;
            }
        }
        found.files.retain(|file| {
            file.change != Change::Found
                || file.is_object()
                || known.get(&file.path).is_none_or(|old| {
                    (&old.mode, &old.owner, old.size, &old.target)
                        != (&file.mode, &file.owner, file.size, &file.target)
                        || (file.content.is_some() && old.content != file.content)
                })
        });
    }
    (!found.files.is_empty()).then_some(found)
}

/// What a run changed, or all files of Kubernetes' on the node; the run's own secrets are taken out as well.
pub(super) async fn files(
    context: &Context,
    node: &NodeName,
    of: Option<RunKey>,
) -> Result<Vec<Artifact>, String> {
    let text = answer(context, node, &Request::Files { of }).await?;
    let told = told::read(&text).ok_or("the node did not tell all of it")?;
    Ok(clean(context, told.artifacts()))
}

/// What kubeadm keeps in the cluster.
pub(super) async fn objects(
    context: &Context,
    node: &NodeName,
    which: Objects,
) -> Result<Vec<Artifact>, String> {
    let text = answer(context, node, &Request::Objects { which }).await?;
    let objects = objects::read(&text).ok_or("the node did not tell all of it")?;
    Ok(clean(context, objects))
}

async fn answer(context: &Context, node: &NodeName, request: &Request) -> Result<String, String> {
    let reply = context.hands.ask(node, request, LIMIT).await.map_err(|error| error.fault.to_string())?;
    match reply.rc {
        0 => Ok(reply.stdout),
        rc => Err(format!("the look at its files ended with exit status {rc}")),
    }
}

fn clean(context: &Context, mut files: Vec<Artifact>) -> Vec<Artifact> {
    for file in &mut files {
        file.content = file.content.take().map(|text| context.redactor.redact(&text));
        file.path = text::sanitize(&file.path);
        file.target = file.target.take().map(|target| text::sanitize(&target));
    }
    files
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn file(path: &str, change: Change, content: Option<&str>) -> Artifact {
        Artifact { content: content.map(str::to_owned), ..Artifact::new(path, change) }
    }

    #[test]
    fn only_what_is_not_known_is_news() {
        let mut known = Shelf::default();
        let first = vec![file("/a", Change::Created, Some("one")), file("/key", Change::Created, None)];
        known.learn(&Arc::new(Files::bounded(first)), None);
        let told = |files: Vec<Artifact>| {
            let found = news(Files::bounded(files), Some(&known)).unwrap_or_default();
            found.files.into_iter().map(|file| (file.path, file.change, file.content)).collect::<Vec<_>>()
        };
        let row =
            |path: &str, change, content: Option<&str>| (path.to_owned(), change, content.map(str::to_owned));
        assert_eq!(
            told(vec![
                file("/a", Change::Changed, Some("one")),
                file("/b", Change::Changed, Some("one")),
                file("/key", Change::Changed, None),
            ]),
            [
                row("/a", Change::Rewritten, None),
                row("/b", Change::Changed, Some("one")),
                row("/key", Change::Changed, None),
            ]
        );
        assert_eq!(
            told(vec![file("/a", Change::Changed, Some("two"))]),
            [row("/a", Change::Changed, Some("two"))]
        );
        assert_eq!(told(vec![file("/a", Change::Found, Some("one")), file("/key", Change::Found, None)]), []);
        assert_eq!(told(vec![file("/c", Change::Found, Some("x"))]), [row("/c", Change::Found, Some("x"))]);
    }
}
