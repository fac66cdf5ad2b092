//! Who gets how much of the screen.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::tui::model::{Focus, Model};

/// Narrower than this, the rack and the output take turns.
const TWO_PANES: u16 = 72;

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    pub header: Rect,
    pub rack: Rect,
    pub log: Rect,
    pub time: Rect,
    pub waiting: Rect,
    pub bar: Rect,
}

impl Areas {
    /// For a screen of that size.
    pub fn of(model: &Model, area: Rect) -> Self {
        let [header, body, time, waiting, bar] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(u16::from(model.travel.is_some())),
            Constraint::Length(1),
            Constraint::Length(if model.more { 2 } else { 1 }),
        ])
        .areas(area);
        let [rack, log] = if model.zoomed || area.width < TWO_PANES {
            match model.focus {
                Focus::Rack => [body, Rect { width: 0, ..body }],
                Focus::Log => [Rect { width: 0, ..body }, body],
            }
        } else {
            let rack = (area.width * 2 / 5).clamp(34, 56).saturating_add_signed(model.rack_width);
            let rack = rack.clamp(24, area.width.saturating_sub(24).max(24));
            Layout::horizontal([Constraint::Length(rack), Constraint::Fill(1)]).areas(body)
        };
        Self { header, rack, log, time, waiting, bar }
    }

    /// Rows of the rack inside its frame.
    pub const fn rack_rows(&self) -> usize {
        self.rack.height.saturating_sub(2) as usize
    }
}
