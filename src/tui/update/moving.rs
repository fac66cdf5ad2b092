//! Getting about.

use crate::ids::NodeName;
use crate::tui::action::Action;
use crate::tui::model::{Focus, Model};
use crate::tui::rack::RowId;

pub(super) fn go(model: &mut Model, action: Action) {
    let page = isize::try_from(model.size.height.saturating_sub(6)).unwrap_or(1).max(1);
    match action {
        Action::Up => by(model, -1),
        Action::Down => by(model, 1),
        Action::PageUp => by(model, -page),
        Action::PageDown => by(model, page),
        Action::HalfUp => by(model, -page / 2),
        Action::HalfDown => by(model, page / 2),
        Action::Top => by(model, isize::MIN),
        Action::Bottom => by(model, isize::MAX),
        Action::Left => across(model, -1),
        Action::Right => across(model, 1),
        Action::Open => open(model),
        Action::FoldAll => model.rack.fold_all(&model.run),
        Action::Matrix => model.rack.toggle_matrix(&model.run),
        Action::NextPane => turn(model, true),
        Action::PreviousPane => turn(model, false),
        Action::Zoom => {
            model.zoomed = !model.zoomed;
            if model.panes.is_zoomed() || model.focus == Focus::Log {
                model.panes.zoom();
            }
        }
        Action::Wider => model.rack_width = (model.rack_width + 4).min(60),
        Action::Narrower => model.rack_width = (model.rack_width - 4).max(-60),
        Action::Node(number) => {
            model.rack.go_to_node(&model.run, usize::from(number));
        }
        Action::NextFailure => {
            model.rack.next_failure(&model.run);
        }
        Action::NextWaiting => {
            if !model.rack.next_waiting(&model.run) {
                model.say("nothing waits for anything but its turn");
            }
        }
        _ => model.say("not there yet"),
    }
}

/// The node under the cursor.
pub(super) fn node(model: &Model) -> Option<NodeName> {
    model.rack.selected().map(|row| row.id.node().clone())
}

/// Puts the cursor on a row, and opens what hides it.
pub(super) fn reveal(model: &mut Model, row: &RowId) {
    model.focus = Focus::Rack;
    if let Some(step) = row.step() {
        model.rack.go_to(&model.run, step.clone());
    } else if let Some(place) = model.run.nodes().position(|node| node.name == *row.node()) {
        model.rack.go_to_node(&model.run, place + 1);
    }
}

fn by(model: &mut Model, rows: isize) {
    model.rack.touched = true;
    if model.rack.matrix {
        model.rack.step_cell(&model.run, 0, rows);
    } else {
        model.rack.step_by(rows);
    }
}

fn across(model: &mut Model, by: isize) {
    if model.rack.matrix {
        model.rack.step_cell(&model.run, by, 0);
    } else if by < 0 {
        model.rack.fold(&model.run);
    } else {
        model.rack.unfold(&model.run);
    }
}

/// Folds or unfolds; of a step, its output.
pub(super) fn open(model: &mut Model) {
    let opened = if model.rack.matrix { model.rack.toggle_line() } else { model.rack.toggle(&model.run) };
    if !opened {
        model.focus = Focus::Log;
    }
}

/// From the rack to the first pane, through all of them, to the lesson, and back.
fn turn(model: &mut Model, forward: bool) {
    let lesson = model.lesson.as_ref().is_some_and(|class| class.open);
    let to_panes = match model.focus {
        Focus::Rack => forward || !lesson,
        Focus::Lesson => !forward,
        Focus::Log => false,
    };
    if to_panes {
        model.focus = Focus::Log;
        model.panes.focus(if forward { 0 } else { model.panes.iter().len().saturating_sub(1) });
    } else if model.focus != Focus::Log {
        model.focus = if model.focus == Focus::Rack { Focus::Lesson } else { Focus::Rack };
    } else if !model.panes.turn(forward) {
        model.focus = if forward && lesson { Focus::Lesson } else { Focus::Rack };
    }
}
