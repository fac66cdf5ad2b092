//! What a node does when it is asked: short requests at once, long ones as work of its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::answers;
use super::fault::Trick;
use super::kubeadm::{self, Process};
use super::rack::Inner;
use super::runs::Run;
use super::shell::{Heard as Shown, Session};
use crate::artifact::told::List;
use crate::ids::NodeName;
use crate::transport::error::TransportError;
use crate::transport::request::{Ended, Reply, Request, RunKey};

impl Inner {
    pub(super) async fn answer(
        &self,
        node: &NodeName,
        request: &Request,
        limit: Duration,
    ) -> Result<Reply, TransportError> {
        self.way(node, limit).await?;
        let name = node.as_str();
        let mut effort = answers::effort(request);
        match self.plot.trick(name, answers::name(request)) {
            Trick::Fail { output, rc } => return Ok(Reply { rc, stdout: String::new(), stderr: output }),
            Trick::Hang => std::future::pending().await,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "milliseconds"
            )]
            Trick::Slow(factor) => effort = (effort as f64 * factor) as u64,
            Trick::Nothing => {}
        }
        let latency = self.latency(node);
        self.clock.sleep(latency + Duration::from_millis(effort)).await;
        let reply = if let Request::Kubeadm { args } = request {
            let heard = Arc::new(Heard::default());
            let process = Process::new(self.store.clone(), name, &args.join(" "), heard.clone());
            let rc = kubeadm::main(process, args.clone(), self.plot.clone()).await;
            heard.reply(rc)
        } else if let Request::Files { of: Some(key) } = request {
            let run = self.runs.find(node, key).and_then(|run| run.files());
            self.store.with(|world| answers::listing::tell(world.nodes.get(name), true, run))
        } else if let Some(reply) = self.script(node, request).await {
            reply
        } else {
            self.store.with(|world| answers::answer(world, name, request, effort))
        };
        self.clock.sleep(latency).await;
        // The link may have gone while the node worked.
        self.way(node, limit).await?;
        Ok(reply)
    }

    /// Sets the work going; it belongs to the node and not to whoever asked for it.
    pub(super) fn start(self: &Arc<Self>, node: &NodeName, key: &RunKey, request: &Request, run: &Arc<Run>) {
        let inner = Arc::clone(self);
        let (node, request, state) = (node.clone(), request.clone(), Arc::clone(run));
        let what = key.as_str().to_owned();
        let task = tokio::spawn(async move {
            if request.is_watched() {
                state.files_before(inner.files(&node));
            }
            let rc = inner.work(&node, &request, &what, &state).await;
            state.files_after(|| inner.files(&node));
            state.end(Ended::Exited(rc));
        });
        run.owned_by(task.abort_handle());
    }

    /// What the node has of Kubernetes' files.
    pub(super) fn files(&self, node: &NodeName) -> List {
        self.store
            .with(|world| world.nodes.get(node.as_str()).map(answers::listing::list).unwrap_or_default())
    }

    async fn work(&self, node: &NodeName, request: &Request, what: &str, run: &Arc<Run>) -> i32 {
        let name = node.as_str();
        if let Request::Kubeadm { args } = request {
            let turn = self.turn(name);
            let _turn = if let Ok(turn) = turn.try_lock() {
                turn
            } else {
                run.print(
                    "[kubestep] another kubeadm of kubestep runs on this node; waiting up to 900 s for it",
                );
                turn.lock().await
            };
            let process = Process::new(self.store.clone(), name, what, Arc::clone(run) as _);
            return kubeadm::main(process, args.clone(), self.plot.clone()).await;
        }
        match self.plot.trick(name, answers::name(request)) {
            Trick::Fail { output, rc } => {
                run.print(output.trim_end());
                return rc;
            }
            Trick::Hang => std::future::pending().await,
            Trick::Slow(_) | Trick::Nothing => {}
        }
        let effort = answers::effort(request);
        self.clock.sleep(Duration::from_millis(effort)).await;
        let reply = match self.script(node, request).await {
            Some(reply) => reply,
            None => self.store.with(|world| answers::answer(world, name, request, effort)),
        };
        for text in [&reply.stdout, &reply.stderr] {
            if !text.is_empty() {
                run.print(text.trim_end_matches('\n'));
            }
        }
        reply.rc
    }

    /// What the node's shell says, if the request is for it.
    async fn script(&self, node: &NodeName, request: &Request) -> Option<Reply> {
        let (text, heard) = match request {
            Request::Shell { text } => match self.spec().shell(node.as_str()) {
                Some(said) => return Some(answers::said(said)),
                None => (text, Shown::default()),
            },
            Request::Inspect { command } => (command, Shown::mixed()),
            _ => return None,
        };
        let heard = Arc::new(heard);
        let mut session = Session::default();
        let rc = self.type_in(node, &mut session, text, Arc::clone(&heard) as _).await;
        Some(heard.reply(rc))
    }
}

/// Collects what a process prints.
#[derive(Default)]
pub(super) struct Heard(Mutex<(String, String)>);

impl kubeadm::output::Sink for Heard {
    fn line(&self, error: bool, text: &str) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stream = if error { &mut heard.1 } else { &mut heard.0 };
        stream.push_str(text);
        stream.push('\n');
    }
}

impl Heard {
    pub(super) fn reply(&self, rc: i32) -> Reply {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (stdout, stderr) = std::mem::take(&mut *heard);
        Reply { rc, stdout, stderr }
    }
}
