//! `kubestep demo`: the same run on a rack that exists only here.

use std::io::Write as _;

use color_eyre::eyre::{Context as _, Result};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::inventory::model::Inventory;
use crate::journal::StateDir;
use crate::sim::{self, RackSpec};
use crate::version::Version;

use super::args::{Colour, DemoArgs, SimulateArgs};
use super::exit::Exit;
use super::run::{policy, wish};
use super::seat::{self, Seat};
use super::signals::{self, Wishes};
use super::stage::{Set, Stage};
use super::topology::Topology;
use super::watch::{ASKS, Reach};
use super::{scenario, session};

/// The rack of the demo, where no other is named.
const GOLDENTOOTH: &str = include_str!("../../inventory/goldentooth.yaml");

pub(super) fn demo(args: &DemoArgs, colour: Colour) -> Result<Exit> {
    if args.list_scenarios {
        scenario::list(&mut std::io::stdout())?;
        return Ok(Exit::Done);
    }
    let Some(inventory) = rack(args, colour)? else { return Ok(Exit::Usage) };
    if args.hint {
        scenario::tell(&mut std::io::stdout(), &args.scenario, &inventory)?;
        return Ok(Exit::Done);
    }
    let seed = args.seed.unwrap_or_else(|| seed(&args.scenario));
    session::known(&inventory, &args.policy.only)?;
    let scenario = scenario::choose(&args.scenario, seed)?;
    let played = scenario.name.clone();
    let wanted = args.kubernetes.clone().or_else(|| inventory.kubernetes.version.clone());
    let kubeadm = wanted.unwrap_or_else(default_version);
    let seat = Seat::choose(args.auto, &args.face, &args.console)?;
    let mut inventory = inventory;
    inventory.kubernetes.version = Some(kubeadm.clone());
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all();
    // Where nobody watches and no speed is asked for, time jumps from one event to the next.
    builder.start_paused(args.speed.is_none() && seat == Seat::Lines);
    let exit = builder.build()?.block_on(async {
        let clock = Clock::simulated(Timestamp::now(), args.speed.unwrap_or(1.0));
        let dir = StateDir::find(|name| std::env::var_os(name))?;
        let policy = policy(&inventory, &args.policy, seat);
        let stage = Stage::new(Set { inventory, kubeadm, scenario, seed }, &dir, clock.clone())?;
        let journal = Some(stage.journal());
        let (faces, watch) = seat::faces(seat, &args.face, &args.console, colour, journal, None)?;
        let Wishes { to_run, commands, asked } = signals::listen()?;
        let (to_ask, asks) = mpsc::channel(ASKS);
        let shells = stage.shells();
        let (run, started) = stage.run("demo", policy, wish(&args.policy), faces, (commands, asks));
        let reach = Reach { clock, commands: to_run, asks: to_ask, asked, shells };
        let ending = watch.conduct(run, started, reach).await?;
        Ok::<_, color_eyre::Report>(Exit::of(ending.exit_code))
    })?;
    if scenario::is_random(&args.scenario) {
        writeln!(
            std::io::stderr(),
            "That was {played} (--seed {seed}); `kubestep demo --scenario {played} --hint` tells its story."
        )?;
    }
    Ok(exit)
}

/// The same run each time, unless chance is asked for.
fn seed(scenario: &str) -> u64 {
    if !scenario::is_random(scenario) {
        return 1;
    }
    u64::try_from(Timestamp::now().as_nanosecond() / 1_000).unwrap_or(1) % 100_000
}

fn rack(args: &DemoArgs, colour: Colour) -> Result<Option<Inventory>> {
    if let Some(path) = &args.inventory {
        return session::inventory(path, colour);
    }
    if args.control_planes.is_none() && args.workers.is_none() {
        return session::embedded("goldentooth.yaml", GOLDENTOOTH, colour);
    }
    let usual = Topology::default();
    let topology = Topology {
        control_planes: args.control_planes.map_or(usual.control_planes, usize::from),
        workers: args.workers.map_or(usual.workers, usize::from),
    };
    session::embedded("rack.yaml", &topology.inventory(), colour)
}

/// A folder with simulated machines, one call of the simulated kubeadm there, or both.
pub(super) fn simulate(args: &SimulateArgs, colour: Colour) -> Result<Exit> {
    if let Some(path) = &args.rack {
        let Some(inventory) = session::inventory(path, colour)? else { return Ok(Exit::Usage) };
        let kubeadm = inventory.kubernetes.version.clone().unwrap_or_else(default_version);
        let spec = RackSpec::from_inventory(&inventory, kubeadm);
        sim::init_folder(&args.root, &spec, 1)
            .wrap_err_with(|| format!("can't make a simulated rack in {}", args.root.display()))?;
    }
    let Some(node) = &args.node else { return Ok(Exit::Done) };
    let words = match args.command.split_first() {
        Some((program, rest)) if program == "kubeadm" => rest,
        _ => &args.command[..],
    };
    let rc = sim::kubeadm_main(words, &args.root, node, std::io::stdout(), std::io::stderr());
    std::process::exit(rc)
}

/// The simulated kubeadm's, where nothing else is said.
fn default_version() -> Version {
    Version::new(1, 29, 6)
}
