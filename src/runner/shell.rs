//! Labels, manifests, and the operator's own commands.

use std::time::Duration;

use crate::engine::Exit;
use crate::ids::NodeName;
use crate::secret::Secret;
use crate::transport::{Ended, Request, Start};

use super::Context;
use super::halt::Halt;
use super::outcome::last;
use super::outcome::{Done, failure, permanent};
use super::report::Voice;

const LIMIT: Duration = Duration::from_secs(60);

/// Sets labels by way of the first control plane.
pub(super) async fn label(context: &Context, node: &NodeName, labels: &[String]) -> Done {
    let mut args = vec!["label".to_owned(), "--overwrite".to_owned(), "node".to_owned(), node.to_string()];
    args.extend(labels.iter().cloned());
    kubectl(context, args, None).await
}

/// Applies a manifest: a file on the operator's side, or a URL that the node fetches.
pub(super) async fn apply(context: &Context, _node: &NodeName, manifest: &str) -> Done {
    let apply = |what: &str| vec!["apply".to_owned(), "-f".to_owned(), what.to_owned()];
    if manifest.starts_with("https://") || manifest.starts_with("http://") {
        return kubectl(context, apply(manifest), None).await;
    }
    let beside = context.inventory().file.parent().map(|folder| folder.join(manifest)).unwrap_or_default();
    let text = tokio::fs::read_to_string(&beside)
        .await
        .map_err(|error| permanent(format!("{} can't be read: {error}", beside.display())))?;
    kubectl(context, apply("-"), Some(Secret::new(text))).await
}

async fn kubectl(context: &Context, args: Vec<String>, stdin: Option<Secret>) -> Done {
    let leader =
        context.leader.borrow().clone().ok_or_else(|| permanent("there is no first control plane"))?;
    let reply = context.hands.ask(&leader, &Request::Kubectl { args, stdin }, LIMIT).await?;
    if reply.rc == 0 { Ok(None) } else { Err(failure(last(&context.redactor.redact(&reply.stderr)))) }
}

/// Runs the operator's command to its end.
pub(super) async fn hook(context: &Context, voice: &Voice, run: &str, reattach: bool, stop: &Halt) -> Exit {
    let request = Request::Shell { text: run.to_owned() };
    let mut start = if reattach { Start::Attach } else { Start::Run };
    loop {
        let told = match super::kubeadm::follow(context, voice, &request, start, &[], None, stop).await {
            Ok(told) => told,
            Err(stopped) => return stopped,
        };
        return match told.ended {
            Ok(Ended::Exited(0)) => Exit::Done { note: None },
            // Whether it may run twice is the operator's to know.
            Ok(Ended::Exited(rc)) => Exit::Failed(crate::engine::Failure {
                rc: Some(rc),
                ..permanent(format!(
                    "the command ended with exit status {rc}: {}",
                    last(&told.lines.join("\n"))
                ))
            }),
            // The earlier console journaled the start and died before the node heard of it.
            Ok(Ended::Unknown) if start == Start::Attach && !context.was_rebooted(&voice.step.node) => {
                start = Start::Run;
                continue;
            }
            Ok(Ended::Lost | Ended::Unknown) => {
                Exit::Failed(permanent("nobody knows how the command ended: look at the node"))
            }
            Ok(Ended::Rebooted) => match context.connect_again(&voice.step.node).await {
                Ok(()) => Exit::Failed(failure("the node was rebooted meanwhile, and nothing was started")),
                Err(error) => Exit::Failed(error.into()),
            },
            Err(error) => Exit::Failed(error.into()),
        };
    }
}
