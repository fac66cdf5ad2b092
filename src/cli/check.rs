//! `kubestep check`: a look at every node, and at the rack.

use std::io::Write as _;

use color_eyre::eyre::Result;

use crate::clock::Clock;
use crate::diag::Severity;
use crate::engine::{Engine, Policy};
use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::plan::Wish;
use crate::report::{Faces, Json, Style};
use crate::runner::{Context, Ending, Goal, Hands, Planner, Recorder, Run};
use crate::secret::Redactor;
use crate::state::RunState;
use crate::survey::check;
use crate::survey::finding::Finding;

use super::args::{CheckArgs, CheckOutput, Colour, SshArgs};
use super::exit::Exit;
use super::fleet::{self, Reached};
use super::run::{new_run, started_event};
use super::{runtime, session, signals};

pub(super) fn check(args: &CheckArgs, colour: Colour) -> Result<Exit> {
    let Some(inventory) = session::inventory(&args.inventory, colour)? else { return Ok(Exit::Usage) };
    let mut faces = Faces::default();
    if args.output == CheckOutput::Json {
        faces.add(Box::new(Json::new(Box::new(std::io::stdout()))));
    }
    let (ending, state) = look(inventory, &args.ssh, faces, Wish::default())?;
    if args.output == CheckOutput::Text {
        write!(std::io::stdout(), "{}", told(&state, session::style(colour)))?;
    }
    Ok(Exit::of(ending.exit_code))
}

/// The table, the findings with their fixes, and the verdict.
fn told(state: &RunState, style: Style) -> String {
    let nodes: Vec<NodeName> = state.nodes().map(|node| node.name.clone()).collect();
    let mut findings: Vec<(NodeName, Finding)> = state
        .nodes()
        .flat_map(|node| node.findings.iter().map(|finding| (node.name.clone(), finding.clone())))
        .collect();
    // Whoever could not be asked has no facts to be judged by.
    for step in state.failed().filter(|step| ["connect", "probe"].contains(&step.id().phase.as_str())) {
        let why = step.end.as_ref().and_then(|end| end.reason.clone()).unwrap_or_default();
        let finding =
            Finding { check: "connect".to_owned(), severity: Severity::Error, message: why, fix: None };
        findings.push((step.id().node.clone(), finding));
    }
    let mut parts = vec![check::render(&check::matrix(&nodes, &findings), style.width, !style.unicode)];
    parts.push(check::listing(&findings));
    parts.push(verdict(&nodes, &findings));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn verdict(nodes: &[NodeName], findings: &[(NodeName, Finding)]) -> String {
    let count = |severity: Severity| findings.iter().filter(|(_, found)| found.severity == severity).count();
    let said = |count: usize, what: &str| match count {
        0 => String::new(),
        1 => format!(", 1 {what}"),
        many => format!(", {many} {what}s"),
    };
    let errors = count(Severity::Error);
    let outlook =
        if errors == 0 { "fit for a run" } else { "a run would stop here, before it changes anything" };
    let nodes = said(nodes.len(), "node");
    let counts = format!("{nodes}{}{}", said(errors, "error"), said(count(Severity::Warning), "warning"));
    format!("{}: {outlook}\n", counts.trim_start_matches(", "))
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
        let Reached { fleet, links, .. } = fleet::fleet(&inventory, ssh, &redactor)?;
        let clock = Clock::real();
        let run = new_run();
        let started = started_event(&run, "check", &inventory, false);
        let mut policy = Policy::auto(session::roles(&inventory));
        policy.retries = 0;
        policy.nodes_at_once = inventory.options.concurrency.max(1);
        let context = Context::new(Hands::Ssh(Box::new(fleet)), clock.clone(), inventory, redactor, run);
        let signals::Wishes { to_run: _keep, commands, .. } = signals::listen()?;
        let planner = Planner { goal: Goal::Look, wish, former: None };
        let recorder = Recorder::new(clock, None, faces);
        let asks = tokio::sync::mpsc::channel(1).1;
        let run = Run { context, engine: Engine::new(policy), recorder, planner, commands, asks, links };
        Ok(run.go(started).await)
    })
}
