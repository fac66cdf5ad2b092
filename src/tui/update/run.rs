//! Conducting the run.

use crate::tui::action::{Action, Intent, intent};
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::question;

pub(super) fn conduct(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Mark => mark(model),
        Action::Unmark => model.rack.marked.clear(),
        _ => match intent(model, action) {
            Err(why) => model.say(why),
            Ok(Intent::Tell(commands, word)) => {
                if let Some(word) = word {
                    model.say(word);
                }
                return commands.into_iter().map(Effect::Command).collect();
            }
            Ok(Intent::Ask(asked)) => {
                let overlay = question(model, asked);
                model.overlays.push(overlay);
            }
        },
    }
    Vec::new()
}

fn mark(model: &mut Model) {
    model.rack.toggle_mark();
    let count = model.rack.marked.len();
    match count {
        0 => model.say("nothing is marked"),
        1 => model.say("1 node is marked; what conducts the run acts on it alone"),
        _ => model.say(format!("{count} nodes are marked; what conducts the run acts on all of them")),
    }
}
