//! What lies over the screen and takes the keys while it does: help, questions, cards.

mod check;
mod confirm;

use std::fmt::Debug;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::action::Action;
use super::effect::Effect;
use super::model::Model;

pub use check::Checks;
pub use confirm::Confirm;

/// Something over the screen.
pub trait Overlay: Debug {
    /// Takes a key.
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply;

    /// Takes pasted text.
    fn paste(&mut self, _text: &str) {}

    /// Draws itself somewhere in `area`, the whole screen.
    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model);
}

/// What becomes of an overlay after a key.
#[derive(Debug)]
pub enum Reply {
    /// It stays.
    Stay,
    /// It goes.
    Close,
    /// It goes, and this is to be done.
    Do(Vec<Effect>),
    /// It goes, and this action is taken as if its key had been pressed.
    Act(Action),
    /// Another lies over it.
    Open(Box<dyn Overlay>),
}

/// Looks at one node anew.
pub(super) fn recheck(node: crate::ids::NodeName) -> Vec<Effect> {
    let _ = node;
    Vec::new()
}
