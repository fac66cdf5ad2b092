//! Programs outside that work on what is selected.

use crate::tui::action::Action;
use crate::tui::drawer::Drawer;
use crate::tui::effect::Effect;
use crate::tui::model::Model;

/// A shell on the selected node, the selected step's output in the pager, the inventory in the editor, the drawer.
pub(super) fn run(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Edit => return vec![Effect::Edit],
        Action::Drawer => model.lay(Drawer::default()),
        Action::Shell => match model.rack.selected() {
            Some(row) => return vec![Effect::Shell(row.id.node().clone())],
            None => model.say("no node is selected"),
        },
        _ => {
            let step = model.selected_step().and_then(|id| model.run.step(id));
            match step.map(|step| (step.id().clone(), step.last_attempt().map(|attempt| attempt.number))) {
                Some((step, Some(last))) => {
                    let attempt = model.pane.attempt.unwrap_or(last);
                    return vec![Effect::Page { step, attempt }];
                }
                Some((step, None)) => model.say(format!("{step} has not run yet")),
                None => model.say("no step is selected"),
            }
        }
    }
    Vec::new()
}
