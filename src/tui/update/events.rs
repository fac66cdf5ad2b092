//! Events of the run.

use super::calls;
use crate::event::{EventKind, Pace};
use crate::ids::NodeName;
use crate::plan::step::Step;
use crate::tui::action::Action;
use crate::tui::card::rendered;
use crate::tui::effect::Effect;
use crate::tui::feed::Batch;
use crate::tui::model::Model;

pub(super) fn take_in(model: &mut Model, batch: Batch) -> Vec<Effect> {
    for ((step, attempt), count) in batch.dropped {
        model.logs.pass_over(step, attempt, count);
    }
    let before = calls::waits_with(&model.run);
    // What the operator has just done himself calls nobody.
    let (mut news, mut leaving) = (false, None);
    for envelope in batch.events {
        news |= matches!(
            envelope.kind,
            EventKind::StepFinished { .. } | EventKind::GateReached { .. } | EventKind::RunFinished { .. }
        );
        match &envelope.kind {
            EventKind::NodeReset { node } => leaving = Some(node.clone()),
            EventKind::PlanReplaced { steps, .. } => {
                if let Some(node) = leaving.take() {
                    hear_of_reset(model, &node, steps);
                }
            }
            _ => {}
        }
        model.run.apply(&envelope);
        model.logs.apply(&envelope);
        model.rack.hear(&envelope);
        model.now = model.now.max(envelope.elapsed);
        if let EventKind::StepStarted { node, phase, .. } = &envelope.kind {
            remember_config(model, &crate::ids::StepId::new(node.clone(), phase.clone()));
        }
    }
    model.rack.catch_up(&model.run);
    model.rack.follow(&model.run);
    if let Some(step) = model.goes_to.take() {
        model.rack.go_to(&model.run, step);
    }
    super::log::settle(model);
    model.dirty = true;
    let now = calls::waits_with(&model.run).filter(|now| news && before.as_ref() != Some(now));
    now.map(Effect::Call).into_iter().collect()
}

/// In a paused run a reset is only planned: where it begins, and what starts it.
fn hear_of_reset(model: &mut Model, node: &NodeName, steps: &[Step]) {
    let first = steps.iter().find(|step| step.takes_out() && step.id.node == *node);
    let Some(first) = first.filter(|_| model.run.pace == Pace::Paused && model.run.target.is_none()) else {
        return;
    };
    let key = |action| model.keys.shown(action);
    let word = format!(
        "{} is planned, and the run is paused: {} runs it, {} goes on with everything",
        first.id,
        key(Action::Step),
        key(Action::Continue)
    );
    model.goes_to = Some(first.id.clone());
    model.say(word);
}

/// What a step that has just started writes is kept, to be compared with later.
fn remember_config(model: &mut Model, step: &crate::ids::StepId) {
    let writes =
        model.run.step(step).is_some_and(|step| step.plan.work == crate::plan::step::Work::WriteConfig);
    if !writes {
        return;
    }
    let config = model.inventory.as_ref().and_then(|inventory| rendered(&model.run, inventory, &step.node));
    if let Some(config) = config {
        model.configs.written(&step.node, config);
    }
}
