//! Events of the run.

use std::time::Duration;

use super::travel;
use crate::event::EventKind;
use crate::ids::StepId;
use crate::inventory::model::Inventory;
use crate::plan::step::Work;
use crate::state::RunState;
use crate::tui::card::{Configs, rendered};
use crate::tui::effect::Effect;
use crate::tui::feed::Batch;
use crate::tui::logs::Logs;
use crate::tui::model::Model;

pub(super) fn take_in(model: &mut Model, batch: Batch) -> Vec<Effect> {
    let Some(batch) = travel::meanwhile(model, batch) else { return Vec::new() };
    for envelope in &batch.events {
        model.rack.hear(envelope);
    }
    let (inventory, configs) = (model.inventory.as_deref(), &mut model.configs);
    fold(&mut model.run, &mut model.logs, &mut model.now, batch, |run, step| {
        remember_config(run, inventory, configs, step);
    });
    model.rack.catch_up(&model.run);
    model.rack.follow(&model.run);
    super::log::settle(model);
    model.dirty = true;
    super::lesson::go_on(model)
}

/// Takes a batch into a run, its output and its time; `started` is told of every step that starts.
pub(super) fn fold(
    run: &mut RunState,
    logs: &mut Logs,
    now: &mut Duration,
    batch: Batch,
    mut started: impl FnMut(&RunState, &StepId),
) {
    for ((step, attempt), count) in batch.dropped {
        logs.pass_over(step, attempt, count);
    }
    for envelope in batch.events {
        run.apply(&envelope);
        logs.apply(&envelope);
        *now = (*now).max(envelope.elapsed);
        if let EventKind::StepStarted { node, phase, .. } = envelope.kind {
            started(run, &StepId { node, phase });
        }
    }
}

/// What a step that has just started writes is kept, to be compared with later.
pub(super) fn remember_config(
    run: &RunState,
    inventory: Option<&Inventory>,
    configs: &mut Configs,
    step: &StepId,
) {
    let writes = run.step(step).is_some_and(|step| step.plan.work == Work::WriteConfig);
    if !writes {
        return;
    }
    if let Some(config) = inventory.and_then(|inventory| rendered(run, inventory, &step.node)) {
        configs.written(&step.node, config);
    }
}
