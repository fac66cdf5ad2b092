//! What lies over the screen and takes the keys while it does: help, questions, cards.

mod check;
mod confirm;
mod contents;
mod help;
mod input;
mod line;
mod palette;
mod question;
mod theme_list;
mod written;

use std::fmt::Debug;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::action::Action;
use super::effect::Effect;
use super::model::Model;
use super::rack::RowId;

pub use check::Checks;
pub use confirm::Confirm;
pub use contents::Contents;
pub use help::Help;
pub use line::{Purpose, Typing};
pub use palette::Palette;
pub use question::question;
pub use theme_list::ThemeList;

/// Something over the screen.
pub trait Overlay: Debug {
    /// Takes a key.
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply;

    /// Takes the key that ends the run.
    fn interrupt(&self) -> Reply {
        Reply::Close
    }

    /// Takes pasted text.
    fn paste(&mut self, _text: &str) {}

    /// Takes a click somewhere in `area`, the whole screen.
    fn click(&mut self, _at: Position, _area: Rect, _model: &Model) -> Reply {
        Reply::Stay
    }

    /// Takes turns of the wheel, upwards if negative: as so many presses of an arrow key.
    fn wheel(&mut self, by: isize, model: &Model) -> Reply {
        let code = if by < 0 { KeyCode::Up } else { KeyCode::Down };
        for _ in 0..by.unsigned_abs() {
            match self.key(KeyEvent::from(code), model) {
                Reply::Stay => {}
                other => return other,
            }
        }
        Reply::Stay
    }

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
    /// It stays, and this is to be done: what comes of it lies over it.
    Beside(Effect),
    /// It goes, and this action is taken as if its key had been pressed.
    Act(Action),
    /// It goes, and the cursor goes to this row of the rack.
    Go(RowId),
    /// It goes, the cursor goes to this row of the rack, and this action is taken there.
    On(Action, RowId),
    /// The console takes this theme on; the overlay stays, or goes.
    Wear {
        /// As in its file.
        theme: String,
        /// Whether it stays.
        stay: bool,
    },
    /// It goes, and the lesson turns to this page, from 0.
    Turn(usize),
    /// It goes, and this line was typed in it.
    Typed(Purpose, String),
}
