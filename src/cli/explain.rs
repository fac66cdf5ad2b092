//! `kubestep explain`: phases, and the ideas behind them.

use std::io::Write as _;

use color_eyre::eyre::{Result, bail};

use crate::report::explain::{idea, ideas, meant, phase, phases};
use crate::version::Version;

use super::args::{Colour, ExplainArgs, RELEASES};
use super::exit::Exit;
use super::session;

pub(super) fn explain(args: &ExplainArgs, colour: Colour) -> Result<Exit> {
    let (version, style) = (&args.kubernetes, session::style(colour));
    let Some(name) = &args.name else {
        write!(std::io::stdout(), "{}\n{}", ideas(style), phases(version, style))?;
        return Ok(Exit::Done);
    };
    if let Some(text) = idea(name, version, style) {
        write!(std::io::stdout(), "{text}")?;
        return Ok(Exit::Done);
    }
    let found = meant(name, version);
    if found.is_empty() {
        let others: Vec<String> = RELEASES
            .map(|minor| Version::new(1, minor, 0))
            .filter(|other| !meant(name, other).is_empty())
            .map(|other| other.minor_name())
            .collect();
        match (others.first(), others.last()) {
            (Some(first), Some(last)) => bail!(
                "kubeadm {version} has no phase `{name}`, but {first} to {last} have it: add --kubernetes v{last}.0"
            ),
            _ => bail!(
                "no kubeadm has a phase `{name}`, and no idea is called so; `kubestep explain` lists both"
            ),
        }
    }
    let texts: Vec<String> = found.iter().map(|id| phase(id, version, style)).collect();
    write!(std::io::stdout(), "{}", texts.join("\n"))?;
    Ok(Exit::Done)
}
