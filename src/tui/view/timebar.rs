//! The time bar: where in the run one looks, and what went wrong in it.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::fit::fit;
use super::time::clock;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::travel::{Travel, told};

/// Columns of the track at most, and at least.
const TRACK: (u16, u16) = (12, 120);

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let Some(travel) = model.travel.as_ref().filter(|_| !area.is_empty()) else { return };
    let theme = &model.theme;
    frame.buffer_mut().set_style(area, theme.style(Role::Text));
    let [left, track, right] = parts(travel, area);
    frame.render_widget(Line::styled(before(travel, model), theme.style(Role::Operator)), left);
    frame.render_widget(line(travel, model, usize::from(track.width)), track);
    let words = if travel.landed {
        travel.last.as_ref().map(told).unwrap_or_default()
    } else {
        format!("reading the journal{}", theme.glyphs.pick("…", "..."))
    };
    let after = format!(" {}", clock(travel.length()));
    let room = usize::from(right.width).saturating_sub(after.width() + 3);
    let words = Span::styled(format!("  {}", fit(&words, room, theme.glyphs)), theme.style(Role::Text));
    frame.render_widget(Line::from(vec![Span::styled(after, theme.style(Role::Dim)), words]), right);
}

/// The time of a place on the track; none beside it.
pub fn time_at(model: &Model, area: Rect, at: Position) -> Option<Duration> {
    let travel = model.travel.as_ref()?;
    let [_, track, _] = parts(travel, area);
    if !track.contains(at) {
        return None;
    }
    let last = u32::from(track.width.saturating_sub(1)).max(1);
    Some(travel.length() * u32::from(at.x - track.x) / last)
}

/// What stands before the track, the track, and what stands after it.
fn parts(travel: &Travel, area: Rect) -> [Rect; 3] {
    let left = u16::try_from(3 + speed(travel).width() + 2 + clock(travel.length()).width()).unwrap_or(16);
    let track = (area.width.saturating_sub(left) / 2).clamp(TRACK.0, TRACK.1);
    Layout::horizontal([Constraint::Length(left), Constraint::Length(track), Constraint::Fill(1)]).areas(area)
}

/// Whether time passes, how fast, and what time it is.
fn before(travel: &Travel, model: &Model) -> String {
    let glyphs = model.theme.glyphs;
    let state = if travel.is_playing() { glyphs.pick("▶", ">") } else { glyphs.pick("‖", "=") };
    let width = clock(travel.length()).width();
    format!(" {state} {} {:>width$} ", speed(travel), clock(travel.time))
}

/// `x4`, always in the same columns.
fn speed(travel: &Travel) -> String {
    format!("{:<5}", format!("x{}", travel.speed))
}

/// The track: what lies behind, where one is, what is to come, and troubles.
fn line(travel: &Travel, model: &Model, width: usize) -> Line<'static> {
    let (theme, glyphs) = (&model.theme, model.theme.glyphs);
    let length = travel.length().as_millis().max(1);
    let last = width.saturating_sub(1);
    let column = |time: Duration| {
        let place = time.as_millis().min(length) * last as u128 / length;
        usize::try_from(place).unwrap_or(last)
    };
    let here = column(travel.time);
    let mut cells: Vec<(&str, Role)> = (0..width)
        .map(|at| {
            if at < here {
                (glyphs.pick("━", "="), Role::Done)
            } else {
                (glyphs.pick("─", "-"), Role::Dim)
            }
        })
        .collect();
    for note in travel.chart.notes.iter().filter(|note| note.kind.is_trouble() && note.at <= travel.length())
    {
        if let Some(cell) = cells.get_mut(column(note.at)) {
            *cell = (glyphs.pick("╳", "x"), Role::Failed);
        }
    }
    if let Some(cell) = cells.get_mut(here) {
        *cell = (glyphs.pick("●", "O"), Role::Operator);
    }
    cells.into_iter().map(|(text, role)| Span::styled(text, theme.style(role))).collect()
}
