//! Signals become commands: first let running phases end, then stop them on the nodes.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::engine::Command;
use crate::event::CancelStage;
use crate::tui;

/// Commands waiting for the loop.
const WAITING: usize = 16;

/// What signals lead to.
pub(super) struct Wishes {
    /// The way to a run.
    pub(super) to_run: mpsc::Sender<Command>,
    /// The run's end of it.
    pub(super) commands: mpsc::Receiver<Command>,
    /// Cancelled once the process was asked to end.
    pub(super) asked: CancellationToken,
}

/// Listens from now on.
pub(super) fn listen() -> std::io::Result<Wishes> {
    let (to_run, commands) = mpsc::channel(WAITING);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let asked = CancellationToken::new();
    let (to, ask) = (to_run.clone(), asked.clone());
    tokio::spawn(async move {
        let mut stage = CancelStage::Drain;
        loop {
            let (name, typed) = tokio::select! {
                _ = interrupt.recv() => ("Ctrl-C", true),
                _ = quit.recv() => ("SIGQUIT", true),
                _ = terminate.recv() => ("SIGTERM", false),
                // A window closes once, but the kernel and the shell each say so: nobody asks for more than to end.
                _ = hang_up.recv() => if ask.is_cancelled() { continue } else { ("SIGHUP", false) },
            };
            if typed && tui::is_lent() {
                continue;
            }
            ask.cancel();
            let reason = match stage {
                CancelStage::Drain => format!("{name}; once more stops what runs on the nodes"),
                CancelStage::Stop => format!("{name} again"),
            };
            if to.send(Command::Cancel { stage, reason }).await.is_err() {
                return;
            }
            stage = CancelStage::Stop;
        }
    });
    Ok(Wishes { to_run, commands, asked })
}
