//! `kubestep reset`: nodes out of the cluster, and bare again.

use color_eyre::eyre::{Result, bail};

use crate::ids::NodeName;
use crate::plan::Wish;
use crate::runner::Goal;

use super::args::{Colour, ConsoleArgs, PolicyArgs, ResetArgs};
use super::exit::Exit;
use super::former::Former;
use super::prompt;
use super::run::{Journey, policy};
use super::seat::Seat;
use super::session;

pub(super) fn reset(args: &ResetArgs, colour: Colour) -> Result<Exit> {
    let Some(inventory) = session::inventory(&args.inventory, colour)? else { return Ok(Exit::Usage) };
    session::known(&inventory, &args.nodes)?;
    if !args.yes && !confirmed(&inventory.cluster, &args.nodes)? {
        return Ok(Exit::Cancelled);
    }
    let journey = Journey {
        command: "reset",
        goal: Goal::Reset(args.nodes.clone()),
        policy: policy(&inventory, &PolicyArgs::default(), Seat::Lines),
        wish: Wish::default(),
        former: Former::Fresh,
        kubeconfig: None,
        inventory,
    };
    journey.go(Seat::Lines, &args.face, &ConsoleArgs::default(), &args.ssh, colour)
}

/// Asks, naming what goes; without a terminal, --yes is the only way.
fn confirmed(cluster: &str, nodes: &[NodeName]) -> Result<bool> {
    if !prompt::possible() {
        bail!(
            "reset destroys what is on the nodes, and there is no terminal to ask at: say --yes if this is meant"
        );
    }
    let (what, word) = match nodes {
        [] => (
            format!("This resets EVERY node of {cluster}: the cluster and its data are gone."),
            cluster.to_owned(),
        ),
        [node] => (
            format!("This takes {node} out of {cluster} and runs `kubeadm reset --force` there."),
            node.to_string(),
        ),
        several => {
            let names: Vec<&str> = several.iter().map(NodeName::as_str).collect();
            (
                format!(
                    "This takes {} out of {cluster} and runs `kubeadm reset --force` there.",
                    names.join(", ")
                ),
                cluster.to_owned(),
            )
        }
    };
    prompt::confirm(&what, &word)
}
