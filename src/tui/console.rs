//! The console in its own thread, so that neither the run nor the screen waits for the other.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::action::Keymap;
use super::desk::Desk;
use super::feed::Inbox;
use super::lesson::Class;
use super::look::Look;
use super::outside::Outside;
use super::terminal::{self, Guard};
use super::theme::Theme;
use crate::clock::Clock;
use crate::engine::Command;
use crate::ids::RunId;
use crate::inventory::model::Inventory;
use crate::runner::Ask;
use crate::state::RunState;

/// How the operator left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// The run is over.
    Over,
    /// What runs on the nodes goes on without us.
    Detached,
    /// The terminal is gone, or the process is asked to end.
    Gone,
    /// Something in this process has panicked.
    Failed,
}

/// What the console is given.
#[derive(Debug)]
pub struct Setting {
    /// The run's time.
    pub clock: Clock,
    /// Whether the nodes are simulated, and their time can be hurried.
    pub simulated: bool,
    /// The run whose journal is shown, and how fast; none: a run that goes on.
    pub replays: Option<(RunId, f64)>,
    /// Its events.
    pub inbox: Arc<Inbox>,
    /// The way to the engine.
    pub commands: mpsc::Sender<Command>,
    /// Questions about nodes, answered beside the run.
    pub asks: mpsc::Sender<Ask>,
    /// What the operator wants, whenever it changes; none for a run that is replayed.
    pub inventory: Option<watch::Receiver<Arc<Inventory>>>,
    /// The lesson that goes with it, if one does.
    pub lesson: Option<Class>,
    /// Which themes there are.
    pub look: Look,
    /// The one to begin with.
    pub theme: Theme,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// Whether the operator is called when the run waits and the window has not the focus.
    pub bell: bool,
    /// Which key does what.
    pub keys: Keymap,
    /// The world outside.
    pub outside: Outside,
    /// Cancelled when the process is asked to end.
    pub asked: CancellationToken,
}

/// The console while it is open.
#[derive(Debug)]
pub struct Console {
    thread: JoinHandle<io::Result<RunState>>,
    left: oneshot::Receiver<Leaving>,
}

impl Console {
    /// Takes the terminal and begins to draw.
    pub fn open(setting: Setting) -> io::Result<Self> {
        let (tell, left) = oneshot::channel();
        let guard = Guard::take(setting.mouse)?;
        let thread = std::thread::Builder::new().name("console".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let mut desk = runtime.block_on(async { Desk::new(setting, guard) })?;
            let left = runtime.block_on(desk.work()).unwrap_or_else(|error| {
                tracing::warn!(%error, "the terminal is gone");
                Leaving::Gone
            });
            let run = desk.leave();
            let _ = tell.send(left);
            Ok(run)
        })?;
        Ok(Self { thread, left })
    }

    /// Waits until the operator leaves; the terminal is given back then.
    pub async fn left(&mut self) -> Leaving {
        (&mut self.left).await.unwrap_or(if terminal::panicked() { Leaving::Failed } else { Leaving::Gone })
    }

    /// What became of the run as far as the console saw it; none if the console itself failed.
    pub fn close(self) -> Option<RunState> {
        self.thread.join().ok()?.ok()
    }
}
