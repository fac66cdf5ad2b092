//! What the console knows.

use std::time::Duration;

use ratatui::layout::Size;

use super::action::{Action, Keymap};
use super::logs::{Logs, Pane};
use super::overlay::Overlay;
use super::rack::Rack;
use super::theme::Theme;
use crate::ids::StepId;
use crate::state::RunState;

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The tree or the matrix.
    #[default]
    Rack,
    /// The output.
    Log,
}

/// What the console knows.
#[derive(Debug)]
pub struct Model {
    /// The run, folded from its events.
    pub run: RunState,
    /// The run's time.
    pub now: Duration,
    /// The driver has ended: nothing more happens.
    pub over: bool,
    /// The screen's size.
    pub size: Size,
    /// The tree.
    pub rack: Rack,
    /// All output.
    pub logs: Logs,
    /// What is shown of it.
    pub pane: Pane,
    /// Where keys go.
    pub focus: Focus,
    /// What lies over the screen, the topmost last.
    pub overlays: Vec<Box<dyn Overlay>>,
    /// Colours and glyphs.
    pub theme: Theme,
    /// Keys.
    pub keys: Keymap,
    /// The last word to the operator, and when.
    pub word: Option<(Duration, String)>,
    /// The last actions, the latest first.
    pub recent: Vec<Action>,
    /// The status bar has two lines.
    pub more: bool,
    /// The mouse is ours.
    pub mouse: bool,
    /// Whether the screen is out of date.
    pub dirty: bool,
}

impl Model {
    /// A console before anything happened.
    pub fn new(theme: Theme, keys: Keymap, size: Size) -> Self {
        Self {
            run: RunState::default(),
            now: Duration::ZERO,
            over: false,
            size,
            rack: Rack::default(),
            logs: Logs::default(),
            pane: Pane::default(),
            focus: Focus::default(),
            overlays: Vec::new(),
            theme,
            keys,
            word: None,
            recent: Vec::new(),
            more: false,
            mouse: true,
            dirty: true,
        }
    }

    /// The step under the cursor.
    pub fn selected_step(&self) -> Option<&StepId> {
        self.rack.selected()?.id.step()
    }

    /// Says a word to the operator.
    pub fn say(&mut self, text: impl Into<String>) {
        self.word = Some((self.now, text.into()));
        self.dirty = true;
    }

    /// Lays `overlay` over the screen.
    pub fn lay(&mut self, overlay: impl Overlay + 'static) {
        self.overlays.push(Box::new(overlay));
        self.dirty = true;
    }
}
