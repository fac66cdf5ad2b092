//! Events of the run.

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
    }
    model.rack.catch_up(&model.run);
    model.rack.follow(&model.run);
    model.dirty = true;
    Vec::new()
}
