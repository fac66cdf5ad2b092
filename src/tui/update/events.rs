//! Events of the run.

use std::collections::VecDeque;
use std::time::Duration;

use super::{calls, travel};
use crate::event::{Envelope, EventKind, Pace};
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Inventory;
use crate::plan::step::Work;
use crate::report::layout::counted;
use crate::state::RunState;
use crate::tui::action::Action;
use crate::tui::card::{Configs, rendered};
use crate::tui::effect::Effect;
use crate::tui::feed::Batch;
use crate::tui::logs::Logs;
use crate::tui::model::Model;

pub(super) fn take_in(model: &mut Model, batch: Batch) -> Vec<Effect> {
    for envelope in &batch.events {
        if let EventKind::StepFiles { node, phase, attempt, found } = &envelope.kind
            && let Some(seen) = model.seen.get_mut(node)
        {
            seen.learn(found, Some((phase, *attempt)));
        }
    }
    // Whoever looks back is called as well.
    let before = calls::waits_with(model.by_now());
    let news = News::of(&batch.events);
    if let Some(batch) = travel::meanwhile(model, batch) {
        happen(model, batch, &news);
    }
    let now = calls::waits_with(model.by_now()).filter(|now| news.ended && before.as_ref() != Some(now));
    let mut effects = super::lesson::go_on(model);
    // A lesson waits for its reader all the time.
    effects.extend(now.filter(|_| model.lesson.is_none()).map(Effect::Call));
    effects
}

/// What happens is seen as it does.
fn happen(model: &mut Model, batch: Batch, news: &News) {
    for envelope in &batch.events {
        model.rack.hear(envelope);
    }
    let (inventory, configs) = (model.inventory.as_deref(), &mut model.configs);
    fold(&mut model.run, &mut model.logs, &mut model.now, batch, |run, step| {
        remember_config(run, inventory, configs, step);
    });
    model.rack.catch_up(&model.run);
    model.rack.follow(&model.run);
    if let Some(node) = &news.reset {
        hear_of_reset(model, node);
    }
    if let Some(changes) = news.changes.filter(|_| !news.noticed) {
        model.say(format!("the inventory is applied: {}", counted(changes, "change")));
    }
    model.dirty = true;
}

/// What of a batch is told besides its rows.
#[derive(Debug, Default)]
struct News {
    /// Something ended or is reached: what the operator has just done himself calls nobody.
    ended: bool,
    /// A node that is reset.
    reset: Option<NodeName>,
    /// The run had a word itself.
    noticed: bool,
    /// Changes of the inventory that apply now.
    changes: Option<usize>,
}

impl News {
    fn of(events: &VecDeque<Envelope>) -> Self {
        let mut news = Self::default();
        for envelope in events {
            match &envelope.kind {
                EventKind::StepFinished { .. }
                | EventKind::GateReached { .. }
                | EventKind::RunFinished { .. } => news.ended = true,
                EventKind::Notice { .. } => news.noticed = true,
                EventKind::NodeReset { node } => news.reset = Some(node.clone()),
                EventKind::InventoryChanged { changes, .. } => news.changes = Some(changes.len()),
                _ => {}
            }
        }
        news
    }
}

/// In a paused run a reset is only planned: where it begins, and what starts it.
fn hear_of_reset(model: &mut Model, node: &NodeName) {
    if model.run.pace != Pace::Paused || model.run.target.is_some() {
        return;
    }
    let first = model.run.steps_of(node).find(|step| step.planned && step.plan.takes_out());
    let Some(first) = first.map(|step| step.id().clone()) else { return };
    let key = |action| model.keys.shown(action);
    let (step, all) = (key(Action::Step), key(Action::Continue));
    let word =
        format!("{first} is planned, and the run is paused: {step} runs it, {all} goes on with everything");
    model.rack.go_to(&model.run, first);
    model.say(word);
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
