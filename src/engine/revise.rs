//! A run under way that goes by a changed inventory.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diag::Severity;
use crate::event::EventKind;
use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::plan::step::Work;
use crate::state::Refusal;

use super::input::Revised;
use super::{Effect, Engine, Status};

impl Engine {
    /// Asks what becomes of the plan.
    pub(super) fn revise(&mut self, inventory: Arc<Inventory>) -> Result<(), Refusal> {
        if let Some(step) = self.removing_secrets() {
            return Err(Refusal::Busy(step));
        }
        if self.active.iter().any(|&at| self.slots[at].step.work.is_survey()) {
            return Err(Refusal::Checking);
        }
        self.revising = true;
        self.effects.push(Effect::Revise(inventory));
        Ok(())
    }

    /// The last step of a run must not end before one that comes to the plan.
    fn removing_secrets(&self) -> Option<crate::ids::StepId> {
        let slots = self.active.iter().map(|&at| &self.slots[at]);
        slots.filter(|slot| slot.step.work == Work::CleanUp).map(|slot| slot.step.id.clone()).min()
    }

    /// Takes the new plan, or says why there is none.
    pub(super) fn revised(&mut self, revised: Result<Box<Revised>, String>) {
        if !std::mem::take(&mut self.revising) {
            return;
        }
        let revised = match revised {
            Ok(revised) => *revised,
            Err(why) => {
                let text = format!("the inventory stays as it was: {why}");
                self.emit(EventKind::Notice { severity: Severity::Warning, text });
                return;
            }
        };
        self.policy.roles = revised.roles();
        self.policy.nodes_at_once = revised.nodes_at_once;
        self.policy.joins_at_once = revised.joins_at_once;
        self.policy.workers_continue = revised.workers_continue;
        self.policy.worker_allowance = revised.worker_allowance;
        self.obstacle = None;
        let Revised { nodes, steps, complete, again, changes, kept, nodes_at_once, joins_at_once, .. } =
            revised;
        let known: BTreeSet<NodeName> = nodes.iter().map(|node| node.name.clone()).collect();
        self.emit(EventKind::InventoryChanged {
            nodes,
            nodes_at_once,
            joins_at_once,
            changes,
            again: again.clone(),
        });
        if !kept.is_empty() {
            let text = format!("of the inventory, this stays as it was: {}", kept.join("; "));
            self.emit(EventKind::Notice { severity: Severity::Warning, text });
        }
        for step in &again {
            if let Some(&at) = self.index.get(step) {
                self.slots[at].epoch += 1;
                self.set_status(at, Status::Waiting);
            }
        }
        self.forget(&known);
        self.replace(steps, complete);
    }

    /// Drops the steps of nodes that are not `known`; [`Engine::replace`] follows, which finds all places anew.
    fn forget(&mut self, known: &BTreeSet<NodeName>) {
        let target = self.target.as_ref().map(|target| self.slots[target.at].step.id.clone());
        if target.is_some_and(|target| !known.contains(&target.node)) {
            self.drop_target();
        }
        let target = self.target.as_ref().map(|target| self.slots[target.at].step.id.clone());
        self.slots.retain(|slot| known.contains(&slot.step.id.node));
        if let (Some(target), Some(id)) = (&mut self.target, target) {
            target.at = self.slots.iter().position(|slot| slot.step.id == id).unwrap_or_default();
        }
    }
}
