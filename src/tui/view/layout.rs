//! Who gets how much of the screen.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::tui::lesson;
use crate::tui::model::{Focus, Model};

/// Narrower than this, the rack and the output take turns.
const TWO_PANES: u16 = 72;

/// Where the screen is this wide, the lesson stands beside the rest.
const BESIDE: u16 = 150;
/// Rows that the rack and the output keep.
const KEPT: u16 = 7;

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    pub header: Rect,
    pub rack: Rect,
    pub log: Rect,
    pub lesson: Rect,
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
        let (body, lesson) = with_lesson(model, body);
        let [rack, log] = if model.zoomed || area.width < TWO_PANES {
            match model.focus {
                Focus::Rack | Focus::Lesson => [body, Rect { width: 0, ..body }],
                Focus::Log => [Rect { width: 0, ..body }, body],
            }
        } else {
            let rack = (area.width * 2 / 5).clamp(34, 56).saturating_add_signed(model.rack_width);
            let rack = rack.clamp(24, area.width.saturating_sub(24).max(24));
            Layout::horizontal([Constraint::Length(rack), Constraint::Fill(1)]).areas(body)
        };
        Self { header, rack, log, lesson, time, waiting, bar }
    }

    /// Rows of the rack inside its frame.
    pub const fn rack_rows(&self) -> usize {
        self.rack.height.saturating_sub(2) as usize
    }
}

/// What the lesson leaves of the body, and its own part: beside the rest where the screen is wide, else below it.
fn with_lesson(model: &Model, body: Rect) -> (Rect, Rect) {
    let none = Rect { width: 0, height: 0, ..body };
    let Some(class) = model.lesson.as_ref().filter(|class| class.open) else { return (body, none) };
    let alone = model.zoomed || body.height < KEPT + 6;
    if alone {
        return if model.focus == Focus::Lesson { (none, body) } else { (body, none) };
    }
    if body.width >= BESIDE {
        let wide = if class.present { body.width * 2 / 5 } else { body.width / 3 };
        let [rest, lesson] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(wide.clamp(50, 90))]).areas(body);
        return (rest, lesson);
    }
    let usual = if class.present { body.height * 3 / 5 } else { body.height * 11 / 20 };
    let high = usual.max(lesson::rows_for(model, body.width)).clamp(6, body.height - KEPT);
    let [rest, lesson] = Layout::vertical([Constraint::Fill(1), Constraint::Length(high)]).areas(body);
    (rest, lesson)
}
