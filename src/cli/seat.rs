//! Where the operator sits: at the console, or before lines of text.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use color_eyre::eyre::Result;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::engine::Command;
use crate::event::{EventKind, RunOutcome};
use crate::report::{Face as _, Faces, Plain};
use crate::runner::{Ending, Run};
use crate::tui::{self, Console, Inbox, Leaving, Look, Setting, Theme};

use super::args::{Colour, ConsoleArgs, FaceArgs, Output};
use super::{look, session};

/// Where the operator sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    /// At the console.
    Console,
    /// Before lines of text, or nobody at all.
    Lines,
}

impl Seat {
    /// At the console where there is a terminal for it and nobody asked for something else.
    pub(super) fn choose(auto: bool, face: &FaceArgs) -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let is_dumb = set("TERM").is_none_or(|term| term == "dumb");
        if auto || face.output != Output::Text || !is_terminal || is_dumb || set("CI").is_some() {
            Self::Lines
        } else {
            Self::Console
        }
    }
}

/// What the run is shown on.
pub(super) struct Faced {
    pub(super) faces: Faces,
    inbox: Option<Arc<Inbox>>,
    farewell: Option<Plain>,
    look: Option<(Look, Theme)>,
}

/// The faces of a seat.
pub(super) fn faces(
    seat: Seat,
    args: &FaceArgs,
    console: &ConsoleArgs,
    colour: Colour,
    journal: Option<PathBuf>,
    resume: Option<String>,
) -> Result<Faced> {
    match seat {
        Seat::Lines => Ok(Faced {
            faces: session::faces(args, colour, journal, resume)?,
            inbox: None,
            farewell: None,
            look: None,
        }),
        Seat::Console => {
            let mut faces = session::reports(args)?;
            let (feed, inbox) = tui::feed();
            faces.add(Box::new(feed));
            let farewell = session::plain(args, colour, journal, resume);
            let look = Some(look::look(console, colour)?);
            Ok(Faced { faces, inbox: Some(inbox), farewell: Some(farewell), look })
        }
    }
}

/// The parts of a [`Faced`] that outlive the faces.
pub(super) struct Watch {
    inbox: Option<Arc<Inbox>>,
    farewell: Option<Plain>,
    look: Option<(Look, Theme)>,
}

impl Faced {
    /// The faces for the recorder, and what stays here.
    pub(super) fn split(self) -> (Faces, Watch) {
        (self.faces, Watch { inbox: self.inbox, farewell: self.farewell, look: self.look })
    }
}

impl Watch {
    /// Drives the run to its end, with the console over it if there is one.
    pub(super) async fn conduct(
        self,
        run: Run,
        started: EventKind,
        clock: Clock,
        commands: mpsc::Sender<Command>,
    ) -> Result<Ending> {
        let Some((inbox, (look, theme))) = self.inbox.zip(self.look) else {
            return Ok(run.go(started).await.0);
        };
        let inventory = Some(Box::new(run.context.inventory.clone()));
        let mut console =
            Console::open(Setting { clock, inbox, commands, inventory, look, theme, mouse: true })?;
        let mut running = Box::pin(run.go(started));
        let mut ended = None;
        let mut left = None;
        while left.is_none() {
            tokio::select! {
                ending = &mut running, if ended.is_none() => ended = Some(ending.0),
                leaving = console.left() => left = Some(leaving),
            }
        }
        let detached = Ending { outcome: RunOutcome::Cancelled, exit_code: 5 };
        let ending = match (ended, left) {
            (Some(ending), _) => ending,
            (None, Some(Leaving::Detached)) => detached,
            (None, _) => running.await.0,
        };
        let state = console.close()?;
        if let Some(mut farewell) = self.farewell {
            farewell.finish(&state)?;
        }
        Ok(ending)
    }
}
