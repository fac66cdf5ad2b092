//! Getting about.

use crate::ids::{NodeName, StepId};
use crate::state::{Status, Why};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::{Focus, Model};
use crate::tui::rack::RowId;

pub(super) fn go(model: &mut Model, action: Action) -> Vec<Effect> {
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
        Action::Left => fold(model, Some(false)),
        Action::Right => fold(model, Some(true)),
        Action::Open => fold(model, None),
        Action::NextPane | Action::PreviousPane => {
            model.focus = if model.focus == Focus::Rack { Focus::Log } else { Focus::Rack };
        }
        Action::Node(number) => {
            let name = model.run.nodes().nth(usize::from(number) - 1).map(|node| node.name.clone());
            if let Some(name) = name {
                reveal(model, &RowId::Node(name));
            }
        }
        Action::NextFailure => next(model, "failed", |_, status, _| status == Status::Failed),
        Action::NextWaiting => next(model, "waiting", |model, status, step| match status {
            Status::Running { .. } => model.run.step(step).is_some_and(|step| step.wait.is_some()),
            Status::Waiting => matches!(model.run.why(step), Why::AtBreakpoint | Why::Paused),
            status => status == Status::Failed,
        }),
        _ => model.say("not there yet"),
    }
    Vec::new()
}

/// The node under the cursor.
pub(super) fn node(model: &Model) -> Option<NodeName> {
    model.rack.selected().map(|row| row.id.node().clone())
}

fn by(model: &mut Model, rows: isize) {
    model.rack.touched = true;
    model.rack.step_by(rows);
}

pub(super) fn fold(model: &mut Model, open: Option<bool>) {
    model.rack.touched = true;
    let Some(row) = model.rack.selected() else { return };
    let Some(is_open) = row.open else { return };
    model.rack.folds.insert(row.id.clone(), open.unwrap_or(!is_open));
    model.rack.refresh(&model.run);
}

/// Puts the cursor on a row, and unfolds what hides it.
pub(super) fn reveal(model: &mut Model, row: &RowId) {
    let node = row.node().clone();
    if let Some(step) = row.step() {
        let mut group = step.phase.parent();
        while let Some(path) = group {
            group = path.parent();
            model.rack.folds.insert(RowId::Group(node.clone(), path), true);
        }
        model.rack.folds.insert(RowId::Node(node), true);
        model.rack.refresh(&model.run);
    }
    if let Some(at) = model.rack.rows.iter().position(|other| other.id == *row) {
        model.rack.touched = true;
        model.rack.select(at);
        model.focus = Focus::Rack;
    }
}

/// The next step of that kind after the selected one, in the order of the rack, and then from its beginning.
fn next(model: &mut Model, kind: &str, is: impl Fn(&Model, Status, &StepId) -> bool) {
    let order: Vec<StepId> = model
        .run
        .nodes()
        .flat_map(|node| model.run.steps_of(&node.name))
        .map(|step| step.id().clone())
        .collect();
    let here = model.rack.selected().map(|row| row.id.clone());
    let after = match &here {
        Some(RowId::Step(step) | RowId::Leaf(step, _)) => {
            order.iter().position(|id| id == step).map(|at| at + 1)
        }
        Some(row) => order.iter().position(|id| id.node == *row.node()),
        None => None,
    };
    let (before, rest) = order.split_at(after.unwrap_or(0));
    let found =
        rest.iter().chain(before).find(|id| model.run.step(id).is_some_and(|s| is(model, s.status, id)));
    match found.cloned() {
        Some(step) => reveal(model, &RowId::Step(step)),
        None => model.say(format!("nothing is {kind}")),
    }
}
