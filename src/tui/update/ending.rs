//! Leaving the console, and ending the run.

use super::{run, travel};
use crate::event::CancelStage;
use crate::state::Command;
use crate::tui::Leaving;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::Confirm;

/// Asks what becomes of a run that goes on.
pub(super) fn quit(model: &mut Model) -> Vec<Effect> {
    travel::come_back(model);
    if model.over {
        return vec![Effect::Leave(Leaving::Over)];
    }
    if let Some(class) = &model.lesson {
        let page = class.course.at() + 1;
        let says = vec![format!("Page {page} is kept: the next time begins there.")];
        let leave = vec![Effect::Leave(Leaving::Detached)];
        model.lay(Confirm::new("Leave the lesson?", says).choice('y', "leave", leave).insist());
        return Vec::new();
    }
    let (title, says, leave) = if model.world.is_some() {
        ("Leave the demo?", "Its rack is simulated: it is gone with the console.", "leave the console")
    } else {
        (
            "The run goes on",
            "What shall become of it?",
            "leave the console; what runs on the nodes goes on, --resume comes back to it",
        )
    };
    let detach = vec![Effect::Leave(Leaving::Detached)];
    let mut confirm = Confirm::new(title, vec![says.to_owned()]).choice('d', leave, detach);
    if model.run.cancel.is_none() {
        confirm = confirm.choice(
            'e',
            "let running phases end, then end the run",
            vec![cancel_with(CancelStage::Drain, "ended by the operator")],
        );
    }
    model.lay(
        confirm
            .choice(
                'K',
                "stop what runs on the nodes, then end the run",
                vec![cancel_with(CancelStage::Stop, "stopped by the operator")],
            )
            .insist(),
    );
    Vec::new()
}

/// Asks how to end the run; a second time, over that question, stops what runs.
pub(super) fn cancel(model: &mut Model) -> Vec<Effect> {
    travel::come_back(model);
    if model.over {
        return vec![Effect::Leave(Leaving::Over)];
    }
    run::conduct(model, Action::Abort)
}

fn cancel_with(stage: CancelStage, reason: &str) -> Effect {
    Effect::Command(Command::Cancel { stage, reason: reason.to_owned() })
}
