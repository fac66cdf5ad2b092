//! What each action does.

use crate::engine::Command;
use crate::event::{CancelStage, Pace};
use crate::tui::Leaving;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::{Focus, Model};
use crate::tui::overlay::Confirm;
use crate::tui::rack::RowId;

/// Takes an action.
pub(in crate::tui) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let page = usize::from(model.size.height.saturating_sub(6)).max(1);
    let rows = |count: usize| isize::try_from(count).unwrap_or(isize::MAX);
    match action {
        Action::Up => go(model, -1),
        Action::Down => go(model, 1),
        Action::PageUp => go(model, -rows(page)),
        Action::PageDown => go(model, rows(page)),
        Action::HalfUp => go(model, -rows(page / 2)),
        Action::HalfDown => go(model, rows(page / 2)),
        Action::Top => go(model, isize::MIN),
        Action::Bottom => go(model, isize::MAX),
        Action::Left => fold(model, Some(false)),
        Action::Right => fold(model, Some(true)),
        Action::Open => fold(model, None),
        Action::NextPane | Action::PreviousPane => {
            model.focus = if model.focus == Focus::Rack { Focus::Log } else { Focus::Rack };
        }
        Action::Node(number) => node(model, number),
        Action::Step => return vec![Effect::Command(Command::Step(None))],
        Action::Continue => return vec![Effect::Command(Command::Continue)],
        Action::Pause => {
            let command = if model.run.pace == Pace::Paused { Command::Continue } else { Command::Pause };
            return vec![Effect::Command(command)];
        }
        Action::Explain
        | Action::Why
        | Action::Diagnosis
        | Action::Preview
        | Action::Config
        | Action::Check => {
            return super::cards::open(model, action);
        }
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Quit | Action::Cancel => return quit(model),
        _ => model.say("not there yet"),
    }
    Vec::new()
}

fn go(model: &mut Model, by: isize) {
    model.rack.touched = true;
    model.rack.step_by(by);
}

fn fold(model: &mut Model, open: Option<bool>) {
    model.rack.touched = true;
    let Some(row) = model.rack.selected() else { return };
    let Some(is_open) = row.open else { return };
    model.rack.folds.insert(row.id.clone(), open.unwrap_or(!is_open));
    model.rack.refresh(&model.run);
}

fn node(model: &mut Model, number: u8) {
    let of_nodes = |row: &crate::tui::rack::Row| matches!(row.id, RowId::Node(_));
    let place =
        (0..model.rack.rows.len()).filter(|&at| of_nodes(&model.rack.rows[at])).nth(usize::from(number) - 1);
    if let Some(at) = place {
        model.rack.touched = true;
        model.rack.select(at);
    }
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if model.over {
        return vec![Effect::Leave(Leaving::Over)];
    }
    let cancel = |stage, reason: &str| Effect::Command(Command::Cancel { stage, reason: reason.to_owned() });
    model.lay(
        Confirm::new("The run goes on", vec!["What shall become of it?".to_owned()])
            .choice(
                'd',
                "leave the console; what runs on the nodes goes on, --resume comes back to it",
                vec![Effect::Leave(Leaving::Detached)],
            )
            .choice(
                'e',
                "let running phases end, then end the run",
                vec![cancel(CancelStage::Drain, "ended by the operator")],
            )
            .choice(
                'K',
                "stop what runs on the nodes, then end the run",
                vec![cancel(CancelStage::Stop, "stopped by the operator")],
            ),
    );
    Vec::new()
}
