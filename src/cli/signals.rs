//! Signals become commands: first let running phases end, then stop them on the nodes.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::engine::Command;
use crate::event::CancelStage;

/// Commands waiting for the loop.
const WAITING: usize = 16;

/// The way to a run for signals, and the run's end of it.
pub(super) fn listen() -> std::io::Result<(mpsc::Sender<Command>, mpsc::Receiver<Command>)> {
    let (to, commands) = mpsc::channel(WAITING);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let sender = to.clone();
    tokio::spawn(async move {
        let mut stage = CancelStage::Drain;
        loop {
            let name = tokio::select! {
                _ = interrupt.recv() => "Ctrl-C",
                _ = terminate.recv() => "SIGTERM",
                _ = hang_up.recv() => "SIGHUP",
            };
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
    Ok((sender, commands))
}
