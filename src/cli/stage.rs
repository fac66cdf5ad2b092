//! A simulated rack with a journal for what happens on it: where demos and lessons are played.

use std::path::PathBuf;

use color_eyre::eyre::Result;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::engine::{Command, Engine, Policy};
use crate::event::EventKind;
use crate::ids::RunId;
use crate::inventory::model::Inventory;
use crate::journal::{Durability, StateDir, Writer};
use crate::plan::Wish;
use crate::report::Faces;
use crate::runner::{Ask, Context, Goal, Hands, Planner, Recorder, Run};
use crate::secret::Redactor;
use crate::sim::{Rack, RackSpec, Scenario};
use crate::transport::LinkEvent;
use crate::tui::{Shells, Simulated};
use crate::version::Version;

use super::run::{new_run, started_event};

/// Link events waiting for the loop.
const LINKS: usize = 64;

/// What is to stand there.
pub(super) struct Set {
    pub(super) inventory: Inventory,
    pub(super) kubeadm: Version,
    pub(super) scenario: Scenario,
    pub(super) seed: u64,
}

/// The rack, before its run begins.
pub(super) struct Stage {
    clock: Clock,
    id: RunId,
    inventory: Inventory,
    seed: u64,
    writer: Writer,
    rack: Rack,
    redactor: Redactor,
    links: mpsc::Receiver<LinkEvent>,
}

impl Stage {
    pub(super) fn new(set: Set, dir: &StateDir, clock: Clock) -> Result<Self> {
        let Set { inventory, kubeadm, scenario, seed } = set;
        let id = new_run();
        let writer = Writer::create(dir, &id, Durability::Buffered)?;
        let (to, links) = mpsc::channel(LINKS);
        let spec = RackSpec::from_inventory(&inventory, kubeadm).with_scenario(scenario);
        let rack = Rack::new(spec, clock.clone(), seed);
        rack.report_links(to);
        Ok(Self { clock, id, inventory, seed, writer, rack, redactor: Redactor::default(), links })
    }

    /// Where its journal is.
    pub(super) fn journal(&self) -> PathBuf {
        self.writer.path().to_path_buf()
    }

    /// Shells on its nodes.
    pub(super) fn shells(&self) -> Shells {
        Shells::Simulated(Simulated { rack: self.rack.clone(), redactor: self.redactor.clone() })
    }

    /// The run of `command` that goes on there, and its first event.
    pub(super) fn run(
        self,
        command: &str,
        policy: Policy,
        mut wish: Wish,
        faces: Faces,
        (commands, asks): (mpsc::Receiver<Command>, mpsc::Receiver<Ask>),
    ) -> (Run, EventKind) {
        let Self { clock, id, inventory, seed, writer, rack, redactor, links } = self;
        let started = started_event(&id, command, &inventory, false);
        // Every leaf is shown; in virtual time that costs nothing.
        wish.leaves = true;
        // The simulator's small variations follow the names of what runs: the same seed, the same names.
        let root = RunId::new(&format!("{command}-{seed}"));
        let context = Context::new(Hands::Sim(rack), clock.clone(), inventory, redactor, root);
        let recorder = Recorder::new(clock, Some(writer), faces);
        let planner = Planner { goal: Goal::Cluster, wish, former: None };
        (Run { context, engine: Engine::new(policy), recorder, planner, commands, asks, links }, started)
    }
}
