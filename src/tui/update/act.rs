//! What each action does.

use super::{ending, moving, run};
use crate::tui::action::{Action, Scope, may};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::{Help, Palette};

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
    match entry.map(|entry| entry.scope) {
        Some(Scope::Run) => run::conduct(model, action),
        Some(Scope::Move) => moving::go(model, action),
        _ => other(model, action),
    }
}

fn other(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Palette => model.lay(Palette::default()),
        Action::Help => model.lay(Help::default()),
        Action::More => model.more ^= true,
        Action::Mouse => {
            model.mouse ^= true;
            model.say(if model.mouse { "the mouse is used" } else { "the mouse is left to the terminal" });
            return vec![Effect::UseMouse(model.mouse)];
        }
        Action::Why => {
            if let Some(step) = model.selected_step().cloned() {
                let why = model.run.why(&step);
                model.say(format!("{step}: {why}"));
            }
        }
        Action::Shell => return moving::node(model).map(Effect::Shell).into_iter().collect(),
        Action::Pager => {
            let attempt = model.selected_step().and_then(|step| model.run.step(step)).and_then(|step| {
                Some(Effect::Page { step: step.id().clone(), attempt: step.last_attempt()?.number })
            });
            return attempt.into_iter().collect();
        }
        Action::Close => model.rack.marked.clear(),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Quit => return ending::quit(model),
        Action::Cancel => return ending::cancel(model),
        _ => model.say("not there yet"),
    }
    Vec::new()
}
