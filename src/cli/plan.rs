//! `kubestep plan`: what `run` would do, from the same list.

use std::collections::BTreeMap;
use std::io::Write as _;

use color_eyre::eyre::{Result, bail};

use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::plan::{self, Ground};
use crate::report::{Faces, outline};
use crate::runner::{Goal, INIT_CONFIG, JOIN_CONFIG, Planner, shown_configs};
use crate::state::{NodeState, RunState};
use crate::survey::facts::Facts;

use super::args::{Colour, PlanArgs, PlanOutput};
use super::exit::Exit;
use super::{check, run, session};

pub(super) fn plan(args: &PlanArgs, colour: Colour) -> Result<Exit> {
    let Some(inventory) = session::inventory(&args.inventory, colour)? else { return Ok(Exit::Usage) };
    session::known(&inventory, &args.policy.only)?;
    let mut wish = run::wish(&args.policy);
    wish.kubeconfig = true;
    let (facts, state) = if args.offline {
        (bare(&inventory)?, RunState::default())
    } else {
        let (ending, state) = check::look(inventory.clone(), &args.ssh, Faces::default(), wish.clone())?;
        for step in state.failed() {
            let why = step.end.as_ref().and_then(|end| end.reason.as_deref()).unwrap_or_default();
            writeln!(std::io::stderr(), "kubestep: {}: {why}", step.id())?;
        }
        if ending.exit_code != 0 && state.nodes().all(|node| node.facts.is_none()) {
            return Ok(Exit::of(ending.exit_code));
        }
        let said = |node: &NodeState| Some((node.name.clone(), node.facts.as_deref()?.clone()));
        (state.nodes().filter_map(said).collect(), state)
    };
    let Some(leader) = plan::leader(&inventory, &facts) else { bail!("the inventory has no control plane") };
    let version = inventory
        .kubernetes
        .version
        .clone()
        .or_else(|| facts.get(&leader).and_then(|facts| facts.kubeadm.clone()));
    let Some(version) = version else {
        bail!(
            "the version is not known: name it in the inventory (spec.kubernetes.version), or install kubeadm on {leader}"
        )
    };
    let ground = Ground {
        inventory: &inventory,
        facts: &facts,
        version: &version,
        leader: &leader,
        resuming: false,
        init_config: INIT_CONFIG,
        join_config: JOIN_CONFIG,
    };
    let mut steps = plan::survey(&inventory, &wish);
    steps.extend(plan::run(&ground, &wish));
    let configs = shown_configs(&inventory, &facts, &version, &leader, &steps);
    let heading = format!("{}: Kubernetes {version}, first control plane {leader}", inventory.cluster);
    let text = match args.output {
        PlanOutput::Text => outline::text(&heading, &steps, &configs, session::style(colour)),
        PlanOutput::Json => outline::json(&steps, &configs)?,
        PlanOutput::Mermaid => outline::mermaid(&steps),
    };
    write!(std::io::stdout(), "{text}")?;
    let planner = Planner { goal: Goal::Cluster, wish, former: None };
    if let Some(why) = planner.refusal(&inventory, &state, &leader, &facts) {
        writeln!(std::io::stderr(), "kubestep: `run` would stop before all that: {why}")?;
    }
    Ok(Exit::Done)
}

/// Every host as if nothing had ever run there, with the inventory's version.
fn bare(inventory: &Inventory) -> Result<BTreeMap<NodeName, Facts>> {
    let Some(version) = &inventory.kubernetes.version else {
        bail!("--offline needs spec.kubernetes.version in the inventory")
    };
    let facts = Facts { kubeadm: Some(version.clone()), ..Facts::default() };
    Ok(inventory.hosts.iter().map(|host| (host.name.clone(), facts.clone())).collect())
}
