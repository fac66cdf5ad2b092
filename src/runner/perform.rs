//! From a step to what is asked of nodes.

use crate::engine::{Exit, Failure};
use crate::plan::step::{Step, Work};

use super::halt::Halt;
use super::report::Voice;
use super::{Context, config, evict, files, finish, invitation, kubeadm, shell, undo, verify, visit, wait};

/// How the engine wants a step run.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// Follow what an earlier console started.
    pub(super) reattach: bool,
    /// Clean up what the former attempt left, first.
    pub(super) undo: bool,
}

/// Does a step's work and says how it ended.
pub(super) async fn perform(context: &Context, voice: &Voice, step: &Step, how: How, stop: &Halt) -> Exit {
    if (how.undo || (!how.reattach && undo::comes_first(voice, step)))
        && let Err(failure) = undo::undo(context, voice, step).await
    {
        return Exit::Failed(failure);
    }
    let node = &step.id.node;
    let own = async {
        match &step.work {
            Work::Connect => visit::connect(context, voice, node).await,
            Work::Probe => visit::probe(context, voice, node).await,
            Work::Check => visit::check(context, voice, node).await,
            Work::WriteConfig => config::write(context, node).await,
            Work::FetchKubeconfig => finish::fetch_kubeconfig(context, voice, node).await,
            Work::CleanUp => finish::clean_up(context, voice, node).await,
            Work::SignClusterInfo => invitation::sign(context).await,
            Work::Label { labels } => shell::label(context, node, labels).await,
            Work::Apply { manifest } => shell::apply(context, node, manifest).await,
            Work::Evict { from, etcd } => evict::evict(context, voice, from, node, *etcd).await,
            Work::Sweep => evict::sweep(context, voice, node).await,
            Work::Kubeadm { .. } | Work::Wait { .. } | Work::Verify | Work::Hook { .. } => {
                Err(Failure { reason: "not a short step".to_owned(), ..Failure::default() })
            }
        }
    };
    match &step.work {
        Work::Kubeadm { .. } => {
            let exit = kubeadm::run(context, voice, step, how.reattach, stop).await;
            if matches!(exit, Exit::Done { .. }) {
                files::look_at_objects(context, voice, step).await;
            }
            exit
        }
        Work::Hook { run } => shell::hook(context, voice, run, how.reattach, stop).await,
        Work::Wait { what } => wait::wait(context, voice, node, *what, stop).await,
        Work::Verify => {
            files::look_at_all(context, voice).await;
            verify::verify(context, voice, node, stop).await
        }
        _ => {
            tokio::select! {
                biased;
                () = stop.cancelled() => Exit::STOPPED,
                done = own => match done {
                    Ok(note) => {
                        files::look_at_objects(context, voice, step).await;
                        Exit::Done { note }
                    }
                    Err(failure) => Exit::Failed(failure),
                },
            }
        }
    }
}
