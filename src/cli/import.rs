//! `kubestep import`: an Ansible inventory as ours.

use std::io::Write as _;
use std::path::Path;

use color_eyre::eyre::Result;

use crate::diag::Severity;
use crate::inventory::import::import as convert;
use crate::inventory::{self, ThisMachine};

use super::args::{Colour, ImportArgs};
use super::exit::Exit;
use super::session;

pub(super) fn import(args: &ImportArgs, colour: Colour) -> Result<Exit> {
    let name = args.name.as_ref().map(crate::ids::NodeName::as_str);
    let made = match convert(&args.file, name, &ThisMachine) {
        Ok(made) => made,
        Err(problem) => {
            session::show(&[*problem], colour)?;
            return Ok(Exit::Usage);
        }
    };
    std::io::stdout().write_all(made.yaml.as_bytes())?;
    let mut err = std::io::stderr();
    if !made.left.is_empty() {
        writeln!(err, "not carried over:")?;
        for left in &made.left {
            writeln!(err, "  {left}")?;
        }
    }
    // What is still to be done about it by hand.
    let path = Path::new("the new inventory");
    let problems = match inventory::parse(path, made.yaml, &ThisMachine) {
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    };
    session::show(&problems, colour)?;
    let sound = problems.iter().all(|problem| problem.severity != Severity::Error);
    Ok(if sound && (made.left.is_empty() || !args.check) { Exit::Done } else { Exit::Usage })
}
