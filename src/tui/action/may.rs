//! What can be done now, and why the rest can't.

use super::intent::intent;
use super::{Action, Scope};
use crate::state::Status;
use crate::tui::model::{Focus, Model};

/// Whether `action` can be done as things stand, and the reason if not.
pub fn may(model: &Model, action: Action) -> Result<(), String> {
    let need = |there: bool, reason: &str| if there { Ok(()) } else { Err(reason.to_owned()) };
    let selected = || model.selected_step().and_then(|step| model.run.step(step));
    match action {
        Action::Mark => need(model.rack.selected().is_some(), "there are no nodes yet"),
        Action::Unmark => need(!model.rack.marked.is_empty(), "nothing is marked"),
        Action::Node(number) => {
            let choices = model.lesson.as_ref().map_or(0, crate::tui::Class::choices);
            if model.focus == Focus::Lesson && choices > 0 {
                return need(usize::from(number) <= choices, &format!("there are {choices} answers"));
            }
            let count = model.run.nodes().len();
            need(usize::from(number) <= count, &format!("there are {count} nodes"))
        }
        Action::NextFailure => need(model.run.failed().next().is_some(), "nothing has failed"),
        // Of a node or group its card picks the step that tells most.
        Action::Diagnosis => {
            let failed = selected().map(|step| step.status == Status::Failed);
            need(failed.unwrap_or_else(|| model.run.failed().next().is_some()), "it has not failed")
        }
        _ if action.entry().is_some_and(|entry| entry.scope == Scope::Lesson) => {
            need(model.lesson.is_some(), "there is no lesson here; `kubestep lesson` lists some")
        }
        Action::Shell | Action::Edit if model.only_looks().is_some() => {
            Err(model.only_looks().unwrap_or_default())
        }
        Action::TimeBar => need(
            model.travel.as_ref().is_none_or(|travel| travel.replays.is_none()),
            "a replay has no other time",
        ),
        Action::Still if model.only_looks().is_some() => Err(model.only_looks().unwrap_or_default()),
        Action::Slower | Action::Faster | Action::Still => {
            let passes = model.travel.is_some() || model.world.is_some();
            need(passes, "on real machines time passes at its own pace")
        }
        _ if action.is_of_time_bar() => {
            let opens = format!("{} opens the time bar first", model.keys.shown(Action::TimeBar));
            need(model.travel.is_some(), &opens)
        }
        Action::Shell => need(model.rack.selected().is_some(), "there are no nodes yet"),
        _ if action.entry().is_some_and(|entry| entry.scope == Scope::Run) => intent(model, action).map(drop),
        _ => Ok(()),
    }
}
