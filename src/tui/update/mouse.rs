//! Clicks and the wheel: what is under the pointer.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Margin, Position, Rect};

use super::{act, moving, replied, travel};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::{Focus, Model};
use crate::tui::rack::Cell;
use crate::tui::view::{Areas, action_at, cell_at, time_at};

/// Lines that one notch of the wheel moves.
const NOTCH: isize = 3;

pub(super) fn on_mouse(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            model.dirty = true;
            model.word = None;
            click(model, at)
        }
        MouseEventKind::Drag(MouseButton::Left) if model.overlays.is_empty() => {
            model.dirty = true;
            let area = Areas::of(model, screen(model)).time;
            if let Some(time) = time_at(model, area, at) {
                return travel::go_to(model, time);
            }
            super::log::drag(model, at);
            Vec::new()
        }
        MouseEventKind::ScrollUp => wheel(model, at, -NOTCH),
        MouseEventKind::ScrollDown => wheel(model, at, NOTCH),
        _ => Vec::new(),
    }
}

fn screen(model: &Model) -> Rect {
    Rect::from((Position::ORIGIN, model.size))
}

fn click(model: &mut Model, at: Position) -> Vec<Effect> {
    let screen = screen(model);
    if let Some(mut overlay) = model.overlays.pop() {
        let reply = overlay.click(at, screen, model);
        return replied(model, overlay, reply);
    }
    let areas = Areas::of(model, screen);
    if areas.bar.contains(at) {
        return action_at(model, areas.bar, at).map_or_else(Vec::new, |action| act(model, action));
    }
    if let Some(time) = time_at(model, areas.time, at) {
        return travel::go_to(model, time);
    }
    if areas.lesson.contains(at) {
        model.focus = Focus::Lesson;
    } else if areas.log.contains(at) {
        model.focus = Focus::Log;
        super::log::click(model, at);
    } else if areas.rack.contains(at) {
        model.focus = Focus::Rack;
        let inner = areas.rack.inner(Margin::new(1, 1));
        if model.rack.matrix {
            if let Some(cell) = cell_at(model, areas.rack, at) {
                cell_clicked(model, cell);
            }
        } else if inner.contains(at) {
            row(model, model.rack.top + usize::from(at.y - inner.y));
        }
    }
    Vec::new()
}

/// A click selects a row; a click on the selected one folds or unfolds it.
fn row(model: &mut Model, at: usize) {
    if at >= model.rack.rows.len() {
        return;
    }
    if model.rack.at == at {
        moving::open(model);
    } else {
        model.rack.touched = true;
        model.rack.select(at);
    }
}

/// The same of the matrix: a click on the selected cell of a group gives its phases lines of their own.
fn cell_clicked(model: &mut Model, cell: Cell) {
    if model.rack.grid.at == cell {
        model.rack.toggle_line();
    } else {
        model.rack.select_cell(&model.run, cell);
    }
}

fn wheel(model: &mut Model, at: Position, by: isize) -> Vec<Effect> {
    model.dirty = true;
    if let Some(mut overlay) = model.overlays.pop() {
        let reply = overlay.wheel(by, model);
        return replied(model, overlay, reply);
    }
    let areas = Areas::of(model, screen(model));
    let under = if areas.lesson.contains(at) {
        Focus::Lesson
    } else if areas.log.contains(at) {
        Focus::Log
    } else if areas.rack.contains(at) {
        Focus::Rack
    } else {
        return Vec::new();
    };
    let focus = std::mem::replace(&mut model.focus, under);
    let action = if by < 0 { Action::Up } else { Action::Down };
    let effects = (0..by.unsigned_abs()).flat_map(|_| act(model, action)).collect();
    model.focus = focus;
    effects
}
