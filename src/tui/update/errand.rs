//! Programs outside that work on what is selected.

use crate::tui::action::Action;
use crate::tui::drawer::Drawer;
use crate::tui::effect::Effect;
use crate::tui::model::Model;

/// A shell on the selected node, the inventory in the editor, the drawer.
pub(super) fn run(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Edit => return vec![Effect::Edit],
        Action::Drawer => model.lay(Drawer::default()),
        _ => match model.rack.selected() {
            Some(row) => return vec![Effect::Shell(row.id.node().clone())],
            None => model.say("no node is selected"),
        },
    }
    Vec::new()
}
