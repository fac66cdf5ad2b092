//! What a course asks for, carried to the run and back.

use std::collections::VecDeque;

use tokio::sync::{mpsc, oneshot};

use crate::ids::NodeName;
use crate::lesson::{Course, Errand, Spoken};
use crate::runner::{Answer, Ask, Question};
use crate::state::Command;

/// Things that wait for room on the way to the run.
const WAITING: usize = 256;

/// The ways to the run, and what is on them.
#[derive(Debug)]
pub(super) struct Errands {
    commands: mpsc::Sender<Command>,
    asks: mpsc::Sender<Ask>,
    outbox: VecDeque<Command>,
    open: Vec<(NodeName, String, oneshot::Receiver<Answer>)>,
    /// Why a node did not answer.
    pub(super) refused: Option<String>,
}

impl Errands {
    pub(super) const fn new(commands: mpsc::Sender<Command>, asks: mpsc::Sender<Ask>) -> Self {
        Self { commands, asks, outbox: VecDeque::new(), open: Vec::new(), refused: None }
    }

    /// Whether nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.outbox.is_empty() && self.open.is_empty()
    }

    /// Puts a command on its way.
    pub(super) fn tell(&mut self, command: Command) {
        if self.outbox.len() < WAITING {
            self.outbox.push_back(command);
        }
        self.push();
    }

    /// Sends what waited for room.
    pub(super) fn push(&mut self) {
        while let Some(command) = self.outbox.pop_front() {
            if let Err(mpsc::error::TrySendError::Full(command)) = self.commands.try_send(command) {
                self.outbox.push_front(command);
                return;
            }
        }
    }

    pub(super) fn carry(&mut self, errand: Errand) {
        match errand {
            Errand::Tell(command) => self.tell(command),
            Errand::Type { node, command } => {
                let (answer, come) = oneshot::channel();
                let ask = Ask { node: node.clone(), what: Question::Typed(command.clone()), answer };
                if self.open.len() < WAITING && self.asks.try_send(ask).is_ok() {
                    self.open.push((node, command, come));
                }
            }
        }
    }

    /// Brings home what has been answered.
    pub(super) fn collect(&mut self, course: &mut Course) {
        let mut refused = None;
        self.open.retain_mut(|(node, command, come)| match come.try_recv() {
            Ok(Answer::Output { rc, lines, .. }) => {
                let spoken = Spoken { exit: rc, text: lines.join("\n") };
                course.hear(node.clone(), command.clone(), spoken);
                false
            }
            Ok(Answer::Config(_) | Answer::Files(_)) => false,
            Ok(Answer::Refused(why)) => {
                refused = Some(format!("`{command}` on {node}: {why}"));
                false
            }
            Err(oneshot::error::TryRecvError::Empty) => true,
            Err(oneshot::error::TryRecvError::Closed) => false,
        });
        self.refused = refused.or(self.refused.take());
    }
}
