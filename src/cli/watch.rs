//! A run with the console over it, from the first frame to the last line on the main screen.

use std::path::PathBuf;
use std::sync::Arc;

use color_eyre::eyre::{Result, eyre};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::look::Outfit;
use crate::clock::Clock;
use crate::engine::Command;
use crate::event::{CancelStage, EventKind, RunOutcome};
use crate::journal::StateDir;
use crate::lesson::Course;
use crate::report::{Face as _, Plain};
use crate::runner::{Ask, Ending, Hands, Run};
use crate::state::RunState;
use crate::tui::{self, Class, Console, Inbox, Leaving, Outside, Setting, Shells};

/// Questions about nodes that wait to be answered.
pub(super) const ASKS: usize = 8;
/// Events taken at once while lines are printed.
const EVENTS: usize = 1024;

/// What a console needs besides its run.
pub(super) struct AtConsole {
    pub(super) inbox: Arc<Inbox>,
    /// Says the last words, and all words once the console has gone before the run.
    pub(super) farewell: Plain,
    pub(super) outfit: Outfit,
    pub(super) journal: Option<PathBuf>,
    pub(super) lesson: Option<Seated>,
}

/// A reader of a lesson: the run goes to where they left off before the console opens, on a paused runtime.
pub(super) struct Seated {
    /// Comes once the run is there.
    pub(super) course: oneshot::Receiver<Course>,
    pub(super) present: bool,
    /// Where progress is kept.
    pub(super) progress: PathBuf,
}

/// Whoever watches a run from the console; nobody where its faces are lines.
#[derive(Default)]
pub(super) struct Watch(pub(super) Option<AtConsole>);

/// What the console can reach of the run and of the world.
pub(super) struct Reach {
    pub(super) clock: Clock,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) asked: CancellationToken,
    pub(super) shells: Shells,
}

impl Watch {
    /// Drives the run to its end, with the console over it if there is one.
    pub(super) async fn conduct(self, run: Run, started: EventKind, reach: Reach) -> Result<Ending> {
        let Some(seat) = self.0 else { return Ok(run.go(started).await.0) };
        let Outfit { look, theme, keys, mouse, bell } = seat.outfit;
        let filter = std::env::var("KUBESTEP_LOG").ok();
        tui::collect_diagnostics(filter.as_deref()).map_err(|error| eyre!(error))?;
        #[cfg(debug_assertions)]
        provocation()?;
        let inventory = Some(run.context.inventories());
        let simulated = matches!(run.context.hands, Hands::Sim(_));
        let mut running = Box::pin(run.go(started));
        let mut ended = None;
        let (mut lesson, mut progress) = (None, None);
        if let Some(Seated { mut course, present, progress: kept }) = seat.lesson {
            tokio::select! {
                biased;
                course = &mut course => lesson = course.ok().map(|course| Class::new(course, present)),
                ending = &mut running => ended = Some(ending),
            }
            reach.clock.thaw();
            progress = Some(kept);
        }
        let setting = Setting {
            clock: reach.clock,
            simulated,
            replays: None,
            inbox: Arc::clone(&seat.inbox),
            commands: reach.commands.clone(),
            asks: reach.asks,
            inventory,
            lesson,
            look,
            theme,
            keys,
            mouse,
            bell,
            outside: Outside {
                journal: seat.journal,
                shells: reach.shells,
                hinted: StateDir::find(|name| std::env::var_os(name))
                    .ok()
                    .map(|dir| dir.path().join("hinted")),
                progress,
            },
            asked: reach.asked.clone(),
        };
        let mut console = Console::open(setting)?;
        let leaving = loop {
            tokio::select! {
                ending = &mut running, if ended.is_none() => ended = Some(ending),
                leaving = console.left() => break leaving,
            }
        };
        let seen = console.close();
        let mut lines =
            Lines { plain: seat.farewell, silent: leaving == Leaving::Gone && !reach.asked.is_cancelled() };
        if ended.is_none() && leaving == Leaving::Detached {
            lines.finish(&seen.unwrap_or_default())?;
            return Ok(Ending { outcome: RunOutcome::Cancelled, exit_code: 5 });
        }
        let (mut ending, state) = if let Some(ended) = ended {
            ended
        } else {
            if let Some(reason) = reason(leaving, &reach.asked) {
                let _ = reach.commands.try_send(Command::Cancel { stage: CancelStage::Drain, reason });
                reach.asked.cancel();
            }
            let mut state = seen;
            loop {
                tokio::select! {
                    biased;
                    ended = &mut running => {
                        lines.tell(&seat.inbox, state.as_mut());
                        break ended;
                    }
                    () = seat.inbox.ready() => lines.tell(&seat.inbox, state.as_mut()),
                }
            }
        };
        let told = lines.finish(&state);
        if leaving != Leaving::Gone {
            told?;
        }
        if leaving == Leaving::Failed {
            ending.exit_code = 70;
        }
        Ok(ending)
    }
}

/// Why the run ends with the console, where no signal has said so already.
fn reason(leaving: Leaving, asked: &CancellationToken) -> Option<String> {
    match leaving {
        _ if asked.is_cancelled() => None,
        Leaving::Failed => Some("kubestep itself has failed".to_owned()),
        Leaving::Gone => Some("the terminal is gone".to_owned()),
        Leaving::Over | Leaving::Detached => None,
    }
}

/// Lines of text on the main screen.
struct Lines {
    plain: Plain,
    /// There is nobody to read them.
    silent: bool,
}

impl Lines {
    /// Tells what came since the console has gone.
    fn tell(&mut self, inbox: &Inbox, state: Option<&mut RunState>) {
        let Some(state) = state else { return };
        loop {
            let batch = inbox.take(EVENTS);
            if batch.events.is_empty() {
                return;
            }
            for envelope in batch.events {
                state.apply(&envelope);
                self.silent = self.silent || self.plain.event(&envelope, state).is_err();
            }
        }
    }

    fn finish(&mut self, state: &RunState) -> std::io::Result<()> {
        if self.silent { Ok(()) } else { self.plain.finish(state) }
    }
}

/// Makes a task panic when a test sends SIGUSR1.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "a test asks for it")]
fn provocation() -> std::io::Result<()> {
    let mut provoked = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::user_defined1())?;
    tokio::spawn(async move {
        provoked.recv().await;
        panic!("provoked in a task");
    });
    Ok(())
}
