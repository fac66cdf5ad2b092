//! The scenarios of `kubestep demo`: listed, chosen by name, file or chance, and told.

use std::io::{self, Write};

use color_eyre::eyre::{Context as _, Result, bail};

use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::report::layout::wrap;
use crate::sim::{self, Deed, RackSpec, Scenario};
use crate::version::Version;

/// What leaves the choice to chance.
const RANDOM: &str = "random";
const WIDTH: usize = 78;

/// A line each.
pub(super) fn list(out: &mut dyn Write) -> io::Result<()> {
    for (name, about) in sim::list() {
        writeln!(out, "{name:<18} {about}")?;
    }
    Ok(())
}

/// Whether `name` leaves the choice to chance.
pub(super) fn is_random(name: &str) -> bool {
    name == RANDOM
}

/// One that ships with kubestep, a file's, or one that `seed` picks.
pub(super) fn choose(name: &str, seed: u64) -> Result<Scenario> {
    if is_random(name) {
        return Ok(Scenario::random(seed)?);
    }
    let is_path = name.contains('/') || [".yaml", ".yml"].iter().any(|end| name.ends_with(end));
    if !is_path {
        return Ok(Scenario::named(name)?);
    }
    let text = std::fs::read_to_string(name).wrap_err_with(|| format!("can't read the scenario {name}"))?;
    Ok(Scenario::parse(name, &text)?)
}

/// Its story and what mends it on the rack of `inventory`.
pub(super) fn tell(out: &mut dyn Write, name: &str, inventory: &Inventory) -> Result<()> {
    if is_random(name) {
        bail!("what chance picks is told when the run is over; a hint needs the scenario's name");
    }
    let scenario = choose(name, 1)?;
    let rack = RackSpec::from_inventory(inventory, Version::new(1, 29, 6));
    writeln!(out, "{}: {}", scenario.name, scenario.about)?;
    if !scenario.story.is_empty() {
        writeln!(out)?;
        for line in wrap(&scenario.story, WIDTH) {
            writeln!(out, "{line}")?;
        }
    }
    if !scenario.repair.is_empty() {
        writeln!(out, "\nWhat mends it:")?;
    }
    let found = scenario.trouble.first().is_some_and(|trouble| trouble.at == "check");
    for deed in &scenario.repair {
        let on = rack.called(&deed.on).map_or(deed.on.as_str(), NodeName::as_str);
        let or = if found && deed.retry.is_some() { "check again; or, where it was gone past, " } else { "" };
        writeln!(out, "  {on:<12} {or}{}", step(deed))?;
    }
    Ok(())
}

/// One thing to do, as a line.
fn step(deed: &Deed) -> String {
    match (&deed.run, &deed.retry) {
        (Some(line), _) => format!("$ {line}"),
        (None, Some(step)) if deed.undo => format!("retry {step}, with its clean-up"),
        (None, Some(step)) => format!("retry {step}"),
        (None, None) => "reset the node".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rack() -> Inventory {
        let text = include_str!("../../inventory/goldentooth.yaml").to_owned();
        crate::inventory::parse(std::path::Path::new("rack.yaml"), text, &crate::inventory::ThisMachine)
            .unwrap()
            .0
    }

    fn told(name: &str) -> String {
        let mut out = Vec::new();
        tell(&mut out, name, &rack()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_hint_tells_the_story_and_the_way_out() {
        let text = told("stale-etcd-member");
        assert!(text.contains("  bettley      $ etcdctl member remove"), "{text}");
        assert!(
            text.contains("  fenn         retry join/control-plane-join/etcd, with its clean-up"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.len() <= 120), "{text}");
        assert!(
            told("cri-disabled")
                .contains("  cargyll      check again; or, where it was gone past, retry join/preflight")
        );
        assert_eq!(told("goldentooth").lines().count(), 1);
    }

    #[test]
    fn what_chance_picks_is_not_told() {
        assert!(tell(&mut Vec::new(), RANDOM, &rack()).unwrap_err().to_string().contains("over"));
        assert_eq!(choose(RANDOM, 4).unwrap().name, choose(RANDOM, 4).unwrap().name);
    }
}
