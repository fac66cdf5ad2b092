//! Events of the run.

use crate::event::EventKind;
use crate::tui::card::rendered;
use crate::tui::effect::Effect;
use crate::tui::feed::Batch;
use crate::tui::model::Model;

pub(super) fn take_in(model: &mut Model, batch: Batch) -> Vec<Effect> {
    for ((step, attempt), count) in batch.dropped {
        model.logs.pass_over(step, attempt, count);
    }
    for envelope in batch.events {
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
    super::log::settle(model);
    model.dirty = true;
    super::lesson::go_on(model)
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
