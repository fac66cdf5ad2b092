//! What each action does.

use super::log;
use crate::engine::Command;
use crate::event::{CancelStage, Pace};
use crate::tui::Leaving;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::logs::LogAction;
use crate::tui::model::{Focus, Model};
use crate::tui::overlay::Confirm;

/// Takes an action.
pub(in crate::tui) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if model.focus == Focus::Log
        && let Some(movement) = log::movement(action)
    {
        log::on_pane(model, movement);
        return Vec::new();
    }
    if let Some(effects) = log::act(model, action) {
        return effects;
    }
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
        Action::Left => across(model, -1),
        Action::Right => across(model, 1),
        Action::Open => open(model),
        Action::FoldAll => model.rack.fold_all(&model.run),
        Action::Matrix => model.rack.toggle_matrix(&model.run),
        Action::Mark => model.rack.toggle_mark(),
        Action::Unmark => model.rack.marked.clear(),
        Action::NextFailure => {
            if !model.rack.next_failure(&model.run) {
                model.say("nothing has failed");
            }
        }
        Action::NextWaiting => {
            if !model.rack.next_waiting(&model.run) {
                model.say("nothing waits for anything but its turn");
            }
        }
        Action::NextPane => turn(model, true),
        Action::PreviousPane => turn(model, false),
        Action::Zoom => model.zoomed = !model.zoomed,
        Action::Wider => model.rack_width = (model.rack_width + 4).min(60),
        Action::Narrower => model.rack_width = (model.rack_width - 4).max(-60),
        Action::Close => log::on_pane(model, LogAction::Clear),
        Action::Node(number) => {
            model.rack.to_node(&model.run, usize::from(number));
        }
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
    if model.rack.matrix {
        model.rack.step_cell(&model.run, 0, by);
    } else {
        model.rack.step_by(by);
    }
}

/// From the rack to the first pane, through all of them, and back.
fn turn(model: &mut Model, forward: bool) {
    if model.focus == Focus::Rack {
        model.focus = Focus::Log;
        model.panes.focus(if forward { 0 } else { model.panes.iter().len().saturating_sub(1) });
    } else if !model.panes.turn(forward) {
        model.focus = Focus::Rack;
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

fn open(model: &mut Model) {
    let opened = if model.rack.matrix { model.rack.toggle_line() } else { model.rack.toggle(&model.run) };
    if !opened {
        model.focus = Focus::Log;
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
