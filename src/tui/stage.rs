//! The console without a terminal: events in, keys in, pictures out. For stills, recordings and tests.

use std::sync::Arc;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;

use super::action::{InvalidKey, Key, Keymap};
use super::effect::Effect;
use super::feed::Batch;
use super::message::Message;
use super::model::Model;
use super::theme::{Role, Theme};
use super::update::update;
use super::view::view;
use super::{cast, svg};
use crate::event::Envelope;
use crate::inventory::model::Inventory;
use crate::state::RunState;

/// A console of a fixed size that nobody sits at.
#[derive(Debug)]
pub struct Stage {
    model: Model,
    size: Size,
}

impl Stage {
    /// An empty one, `width` columns by `height` rows.
    pub fn new(width: u16, height: u16, theme: Theme) -> Self {
        let size = Size { width, height };
        Self { model: Model::new(theme, Keymap::default(), size), size }
    }

    /// With an inventory, so that configurations can be shown.
    #[must_use]
    pub fn with_inventory(mut self, inventory: Inventory) -> Self {
        self.model.inventory = Some(Arc::new(inventory));
        self
    }

    /// The run as it is seen now.
    pub const fn run(&self) -> &RunState {
        &self.model.run
    }

    /// Takes in events of a run.
    pub fn play(&mut self, events: impl IntoIterator<Item = Envelope>) {
        let batch = Batch { events: events.into_iter().collect(), ..Batch::default() };
        update(&mut self.model, Message::Events(batch));
    }

    /// Lets the run's time be `now`.
    pub fn tick(&mut self, now: Duration) {
        update(&mut self.model, Message::Tick(now));
    }

    /// Presses keys one after the other: `s`, `C-u`, `enter` …; what they want done outside is left undone.
    pub fn press(&mut self, keys: &str) -> Result<Vec<Effect>, InvalidKey> {
        let mut effects = Vec::new();
        for key in keys.split_whitespace() {
            let key: Key = key.parse()?;
            effects.extend(update(&mut self.model, Message::Key(key.event())));
        }
        Ok(effects)
    }

    /// Whether something changed since the last picture.
    pub const fn is_stale(&self) -> bool {
        self.model.dirty
    }

    /// The screen.
    pub fn picture(&mut self) -> Buffer {
        self.model.dirty = false;
        let backend = TestBackend::new(self.size.width, self.size.height);
        // A backend in memory can't fail.
        let Ok(mut terminal) = Terminal::new(backend);
        let Ok(frame) = terminal.draw(|frame| view(&self.model, frame));
        frame.buffer.clone()
    }

    /// The screen as text, without colours.
    pub fn text(&mut self) -> String {
        let picture = self.picture();
        let rows = picture.content.chunks(usize::from(picture.area.width).max(1));
        let row = |cells: &[ratatui::buffer::Cell]| {
            cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned() + "\n"
        };
        rows.map(row).collect()
    }

    /// The screen as a vector graphic.
    pub fn svg(&mut self, title: &str) -> String {
        let base = self.model.theme.style(Role::Text);
        svg::svg(&self.picture(), base, title)
    }

    /// What a terminal has to be sent to show the screen, coming from `former`.
    pub fn repaint(&mut self, former: Option<&Buffer>) -> (Buffer, String) {
        let picture = self.picture();
        let bytes = cast::paint(former, &picture);
        (picture, bytes)
    }
}
