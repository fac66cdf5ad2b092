//! Everything that can happen to the console.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

use super::feed::Batch;
use super::travel::Past;
use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::runner::{Answer, Question};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this size now.
    Resized(Size),
    /// The terminal's window has the focus, or lost it.
    Focused(bool),
    /// The run went on.
    Events(Batch),
    /// The run goes by this inventory from now on.
    Inventory(Arc<Inventory>),
    /// Time has passed: it is this late, by the run's time.
    Tick(Duration),
    /// The time for another picture of what is played, by the clock on the wall, from the console's beginning.
    Frame(Duration),
    /// The journal tells how the run was, or why it can't.
    Past(Result<Past, String>),
    /// The run's driver has ended; nothing more comes.
    Over,
    /// What was typed on a node for the lesson has an answer.
    Typed {
        /// Which.
        node: NodeName,
        /// What was typed.
        command: String,
        /// What that said.
        answer: Answer,
    },
    /// A node was asked, and has answered.
    Answered {
        /// Which.
        node: NodeName,
        /// What was asked.
        what: Question,
        /// What that said.
        answer: Answer,
    },
}
