//! What each action does.

use super::{cards, ending, lesson, log, moving, run, travel};
use crate::tui::action::{Action, Scope, may};
use crate::tui::drawer::Drawer;
use crate::tui::effect::Effect;
use crate::tui::logs::LogAction;
use crate::tui::model::{Focus, Model};
use crate::tui::overlay::{Help, Palette, ThemeList};

/// Actions remembered for the palette.
const RECENT: usize = 6;

/// Takes an action; one that can't be done now only says why.
pub(in crate::tui) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let entry = action.entry();
    if let Err(why) = may(model, action) {
        model.say(format!("{}: {why}", entry.map_or("", |entry| entry.short)));
        return Vec::new();
    }
    if entry.is_some_and(|entry| entry.scope != Scope::Move) && action != Action::Palette {
        model.recent.retain(|other| *other != action);
        model.recent.insert(0, action);
        model.recent.truncate(RECENT);
    }
    if let Some(effects) = lesson::act(model, action) {
        return effects;
    }
    if model.focus == Focus::Log
        && let Some(movement) = log::movement(action)
    {
        log::on_pane(model, movement);
        return Vec::new();
    }
    if let Some(effects) = log::act(model, action) {
        return effects;
    }
    match entry.map(|entry| entry.scope) {
        Some(Scope::Run) => run::conduct(model, action),
        Some(Scope::Time) => in_time(model, action),
        Some(Scope::Move) => {
            moving::go(model, action);
            Vec::new()
        }
        _ => other(model, action),
    }
}

fn in_time(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::TimeBar => travel::toggle(model),
        Action::Still => travel::still(model),
        Action::Slower | Action::Faster => travel::hurry(model, action == Action::Faster),
        _ => travel::act(model, action),
    }
}

fn other(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Explain
        | Action::Why
        | Action::Diagnosis
        | Action::Preview
        | Action::Config
        | Action::Files
        | Action::Pki
        | Action::Check => return cards::open(model, action),
        Action::Shell => return moving::node(model).map(Effect::Shell).into_iter().collect(),
        Action::Edit => return vec![Effect::Edit],
        Action::Palette => model.lay(Palette::default()),
        Action::Help => model.lay(Help::default()),
        Action::Theme => match ThemeList::of(model) {
            Some(list) => model.lay(list),
            None => model.say("there are no themes to choose from"),
        },
        Action::Drawer => model.lay(Drawer::default()),
        Action::More => model.more ^= true,
        Action::Mouse => {
            model.mouse ^= true;
            model.say(if model.mouse { "the mouse is used" } else { "the mouse is left to the terminal" });
            return vec![Effect::UseMouse(model.mouse)];
        }
        Action::Close if model.travel.as_ref().is_some_and(|travel| travel.replays.is_none()) => {
            travel::come_back(model);
        }
        Action::Close if model.focus == Focus::Rack && !model.rack.marked.is_empty() => {
            model.rack.marked.clear();
        }
        Action::Close => log::on_pane(model, LogAction::Clear),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Quit => return ending::quit(model),
        Action::Cancel => return ending::cancel(model),
        _ => model.say("not there yet"),
    }
    Vec::new()
}
