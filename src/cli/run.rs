//! `kubestep run`: a cluster from an inventory.

use std::path::PathBuf;

use color_eyre::eyre::Result;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::engine::{Engine, Policy};
use crate::event::{EventKind, FORMAT, NodeInfo};
use crate::ids::RunId;
use crate::inventory::model::Inventory;
use crate::journal::{Durability, StateDir, Writer, lock::ClusterLock};
use crate::plan::Wish;
use crate::runner::{Context, Goal, Hands, Planner, Recorder, Run};
use crate::secret::Redactor;

use super::args::{Colour, ConsoleArgs, FaceArgs, PolicyArgs, RunArgs, SshArgs};
use super::exit::Exit;
use super::fleet::{self, Reached};
use super::former::{self, Former};
use super::seat::{self, Seat};
use super::signals::{self, Wishes};
use super::watch::{ASKS, Reach};
use super::{prompt, runtime, session};

pub(super) fn run(args: &RunArgs, colour: Colour) -> Result<Exit> {
    let Some(inventory) = session::inventory(&args.inventory, colour)? else { return Ok(Exit::Usage) };
    session::known(&inventory, &args.policy.only)?;
    let seat = Seat::choose(args.auto, &args.face, &args.console)?;
    let former = match (args.resume, args.fresh) {
        (true, _) => Former::Resume,
        (_, true) => Former::Fresh,
        _ => Former::Unsaid { ask: !args.auto && prompt::possible(), yes: args.yes },
    };
    let kubeconfig = (!args.no_kubeconfig).then(|| {
        args.kubeconfig.clone().unwrap_or_else(|| PathBuf::from(format!("{}.kubeconfig", inventory.cluster)))
    });
    let mut wish = wish(&args.policy);
    wish.kubeconfig = kubeconfig.is_some();
    // Whoever sits at the console wants to step the leaves.
    wish.leaves |= seat == Seat::Console;
    let plan = Journey {
        command: "run",
        goal: Goal::Cluster,
        policy: policy(&inventory, &args.policy, seat),
        wish,
        former,
        kubeconfig,
        inventory,
    };
    plan.go(seat, &args.face, &args.console, &args.ssh, colour)
}

/// A run over real nodes, with its journal.
pub(super) struct Journey {
    pub(super) command: &'static str,
    pub(super) goal: Goal,
    pub(super) policy: Policy,
    pub(super) wish: Wish,
    pub(super) former: Former,
    pub(super) kubeconfig: Option<PathBuf>,
    pub(super) inventory: Inventory,
}

impl Journey {
    pub(super) fn go(
        self,
        seat: Seat,
        face: &FaceArgs,
        console: &ConsoleArgs,
        ssh: &SshArgs,
        colour: Colour,
    ) -> Result<Exit> {
        let dir = StateDir::find(|name| std::env::var_os(name))?;
        let cluster = self.inventory.cluster.clone();
        let earlier = former::settle(&dir, &cluster, self.command, self.former)?;
        let run = earlier.as_ref().map_or_else(new_run, |run| run.id.clone());
        let _lock = ClusterLock::acquire(&dir, &cluster, &run)?;
        let (writer, former) = if earlier.is_some() {
            let reopened = Writer::reopen(&dir, &run, Durability::Synced)?;
            (reopened.writer, Some(reopened.state))
        } else {
            (Writer::create(&dir, &run, Durability::Synced)?, None)
        };
        let started = former.as_ref().and_then(|state| state.info.as_ref()).map(|info| info.started_at);
        let redactor = Redactor::default();
        let journal = writer.path().to_path_buf();
        let resume_hint = (self.command == "run").then(|| former::again("--resume"));
        let (faces, watch) = seat::faces(seat, face, console, colour, Some(journal), resume_hint)?;
        let ending = runtime()?.block_on(async {
            let Reached { fleet, links, shells, enrol } = fleet::fleet(&self.inventory, ssh, &redactor)?;
            let clock = started.map_or_else(Clock::real, Clock::resumed);
            let started = started_event(&run, self.command, &self.inventory, former.is_some());
            let mut context = Context::new(
                Hands::Ssh(Box::new(fleet)),
                clock.clone(),
                self.inventory,
                redactor,
                run.clone(),
            );
            context.kubeconfig = self.kubeconfig;
            context.resuming = former.is_some();
            context.enrol = enrol;
            let recorder =
                Recorder::resumed(clock.clone(), former.clone().unwrap_or_default(), Some(writer), faces);
            let Wishes { to_run, commands, asked } = signals::listen()?;
            let planner = Planner { goal: self.goal, wish: self.wish, former };
            let (to_ask, asks) = tokio::sync::mpsc::channel(ASKS);
            let engine = Engine::new(self.policy);
            let run = Run { context, engine, recorder, planner, commands, asks, links };
            watch.conduct(run, started, Reach { clock, commands: to_run, asks: to_ask, asked, shells }).await
        })?;
        Ok(Exit::of(ending.exit_code))
    }
}

/// A name for a run that starts now.
pub(super) fn new_run() -> RunId {
    let now = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    RunId::new(&format!("{now}-{:04x}", rand::random::<u16>()))
}

/// A run's first event.
pub(super) fn started_event(run: &RunId, command: &str, inventory: &Inventory, resumed: bool) -> EventKind {
    EventKind::RunStarted {
        format: FORMAT,
        run: run.clone(),
        cluster: inventory.cluster.clone(),
        command: command.to_owned(),
        inventory: inventory.file.display().to_string(),
        resumes: resumed.then(|| run.clone()),
        nodes: inventory
            .hosts
            .iter()
            .map(|host| NodeInfo {
                name: host.name.clone(),
                role: host.role,
                address: host.ssh.address.clone(),
                rack: host.rack.clone(),
            })
            .collect(),
    }
}

/// The shape of the plan from the command line.
pub(super) fn wish(args: &PolicyArgs) -> Wish {
    let split = args.skip.iter().map(|(phase, _)| phase).chain(&args.breaks).cloned().collect();
    Wish {
        only: args.only.clone(),
        from: args.from.clone(),
        until: args.until.clone(),
        leaves: args.leaves,
        split,
        kubeconfig: false,
    }
}

/// How the run is conducted, from the inventory and the command line.
pub(super) fn policy(inventory: &Inventory, args: &PolicyArgs, seat: Seat) -> Policy {
    let mut policy = Policy::auto(session::roles(inventory));
    policy.interactive = seat == Seat::Console;
    policy.gate_after_check = seat == Seat::Console;
    policy.nodes_at_once = inventory.options.concurrency.max(1);
    policy.joins_at_once = inventory.options.joins.max(1);
    policy.workers_continue = inventory.options.workers_continue;
    policy.worker_allowance = inventory.worker_allowance();
    policy.breaks.clone_from(&args.breaks);
    policy.skips.clone_from(&args.skip);
    policy.time_limit = args.timeout;
    policy
}
