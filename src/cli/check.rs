//! `kubestep check`: a look at every node, and at the rack.

use std::io::Write as _;

use color_eyre::eyre::Result;

use crate::clock::Clock;
use crate::engine::{Engine, Policy};
use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::plan::Wish;
use crate::report::{Faces, Json};
use crate::runner::{Context, Ending, Goal, Hands, Planner, Recorder, Run};
use crate::secret::Redactor;
use crate::state::RunState;
use crate::survey::check;
use crate::survey::finding::Finding;

use super::args::{CheckArgs, Colour, Output, SshArgs};
use super::exit::Exit;
use super::run::{new_run, started_event};
use super::{runtime, session, signals};

pub(super) fn check(args: &CheckArgs, colour: Colour) -> Result<Exit> {
    let Some(inventory) = session::inventory(&args.inventory, colour)? else { return Ok(Exit::Usage) };
    let mut faces = Faces::default();
    if args.output == Output::Json {
        faces.add(Box::new(Json::new(Box::new(std::io::stdout()))));
    }
    let (ending, state) = look(inventory, &args.ssh, faces, Wish::default())?;
    if args.output != Output::Json {
        let style = session::style(colour);
        let probed: Vec<NodeName> =
            state.nodes().filter(|node| node.facts.is_some()).map(|node| node.name.clone()).collect();
        let findings: Vec<(NodeName, Finding)> = state
            .nodes()
            .flat_map(|node| node.findings.iter().map(|finding| (node.name.clone(), finding.clone())))
            .collect();
        let matrix = check::matrix(&probed, &findings);
        write!(std::io::stdout(), "{}", check::render(&matrix, style.width, !style.unicode))?;
        write!(std::io::stdout(), "{}", check::listing(&findings))?;
        for step in state.failed().filter(|step| step.id().phase.as_str() != "check") {
            let why = step.end.as_ref().and_then(|end| end.reason.as_deref()).unwrap_or_default();
            writeln!(std::io::stdout(), "{}: {}: {why}", step.id().node, step.id().phase)?;
        }
    }
    Ok(Exit::of(ending.exit_code))
}

/// Connects, probes and checks, without a journal.
pub(super) fn look(
    inventory: Inventory,
    ssh: &SshArgs,
    faces: Faces,
    wish: Wish,
) -> Result<(Ending, RunState)> {
    runtime()?.block_on(async {
        let redactor = Redactor::default();
        let (fleet, links) = session::fleet(&inventory, ssh, &redactor)?;
        let clock = Clock::real();
        let run = new_run();
        let started = started_event(&run, "check", &inventory, false);
        let mut policy = Policy::auto(session::roles(&inventory));
        policy.retries = 0;
        policy.nodes_at_once = inventory.options.concurrency.max(1);
        let context = Context::new(Hands::Ssh(fleet), clock, inventory, redactor, run);
        let (_keep, commands) = signals::listen()?;
        let planner = Planner { goal: Goal::Look, wish, former: None };
        let recorder = Recorder::new(clock, None, faces);
        let run = Run { context, engine: Engine::new(policy), recorder, planner, commands, links };
        Ok(run.go(started).await)
    })
}
