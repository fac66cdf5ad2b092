//! What flags take, checked where it is read.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use crate::catalog::{Command, tree};
use crate::ids::{InvalidNodeName, NodeName, PhaseId};
use crate::inventory::closest;
use crate::version::Version;

/// The releases whose trees the catalog has, by minor.
pub(in crate::cli) const RELEASES: std::ops::RangeInclusive<u16> = 20..=36;
/// The commands that bring a node into a cluster.
const JOINING: [Command; 2] = [Command::Init, Command::Join];
/// Our own steps, in the order of a run.
const OWN: [&str; 12] = [
    "connect",
    "probe",
    "check",
    "config",
    "wait/kubelet",
    "wait/api-server",
    "wait/endpoint",
    "kubeconfig",
    "cluster-info",
    "label",
    "verify",
    "clean-up",
];
/// Our own steps that are numbered: hooks and manifests.
const NUMBERED: [&str; 2] = ["apply-", "hook-"];

impl FromStr for NodeName {
    type Err = InvalidNodeName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

/// A phase that the kubeadm of some release has. A whole path (`init/…`) that none has is let through: a later kubeadm may.
pub(super) fn phase(text: &str) -> Result<String, String> {
    known(text, &of_kubeadm())
}

/// Such a phase, or a step of ours.
pub(super) fn step(text: &str) -> Result<String, String> {
    if NUMBERED.iter().any(|start| text.starts_with(start)) {
        return Ok(text.to_owned());
    }
    let mut all = of_kubeadm();
    all.extend(OWN.into_iter().map(PhaseId::from));
    known(text, &all)
}

/// A release that the simulator knows: `1.29`, or `v1.29.6`.
pub(super) fn release(text: &str) -> Result<Version, String> {
    let version = text
        .parse::<Version>()
        .or_else(|error| format!("{text}.0").parse::<Version>().map_err(|_| error.to_string()))?;
    if version.major != 1 || !RELEASES.contains(&version.minor) {
        let (first, last) = (RELEASES.start(), RELEASES.end());
        return Err(format!("the simulated kubeadm is one of 1.{first} to 1.{last}"));
    }
    Ok(version)
}

fn known(text: &str, phases: &BTreeSet<PhaseId>) -> Result<String, String> {
    let whole = |id: &PhaseId| JOINING.iter().any(|command| Command::of(id) == Some(*command));
    if phases.iter().any(|id| id.matches(text)) || (whole(&PhaseId::new(text)) && !text.ends_with('/')) {
        return Ok(text.to_owned());
    }
    let short =
        |id: &PhaseId| id.as_str().split_once('/').filter(|_| whole(id)).map(|(_, path)| path.to_owned());
    let names: BTreeSet<String> =
        phases.iter().flat_map(|id| [Some(id.to_string()), short(id)]).flatten().collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Err(match closest(text, &names) {
        Some(name) => format!("there is no such phase; did you mean `{name}`?"),
        None => "there is no such phase; `kubestep explain` lists them".to_owned(),
    })
}

/// Every phase of `init` and `join` in any release.
fn of_kubeadm() -> BTreeSet<PhaseId> {
    let releases = RELEASES.map(|minor| Version::new(1, minor, 0));
    releases
        .flat_map(|version| JOINING.into_iter().flat_map(move |command| tree(command, &version)))
        .map(|phase| phase.id)
        .collect()
}

pub(super) fn skip(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, reason)) if !name.is_empty() && !reason.trim().is_empty() => {
            Ok((step(name)?, reason.trim().to_owned()))
        }
        _ => Err("write it as PHASE=REASON; the reason goes into the journal".to_owned()),
    }
}

pub(in crate::cli) fn duration(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration =
        text.parse().map_err(|_| "write a time like 90s, 15m or 1h".to_owned())?;
    Duration::try_from(span)
        .ok()
        .filter(|span| !span.is_zero())
        .ok_or_else(|| "the time must be longer than nothing".to_owned())
}

pub(super) fn speed(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|speed| speed.is_finite() && *speed > 0.0)
        .ok_or_else(|| "write a number above 0, such as 1 or 20".to_owned())
}

/// Columns and rows, such that the console has room and a recording is not a flood.
pub(super) fn size(text: &str) -> Result<(u16, u16), String> {
    let parse = |(columns, rows): (&str, &str)| Some((columns.parse().ok()?, rows.parse().ok()?));
    text.split_once('x')
        .and_then(parse)
        .filter(|(columns, rows)| (20..=400).contains(columns) && (6..=200).contains(rows))
        .ok_or_else(|| "write it as 100x30: 20 to 400 columns, 6 to 200 rows".to_owned())
}

/// A number of seconds.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| seconds.is_finite() && (0.0..=3600.0).contains(seconds))
        .ok_or_else(|| "write a number of seconds, such as 2 or 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn phases_are_known_by_any_of_their_names() {
        for good in ["certs", "certs/ca", "init/certs/ca", "init", "upload-certs", "join/kubelet-start"] {
            assert_eq!(phase(good).as_deref(), Ok(good));
            assert_eq!(step(good).as_deref(), Ok(good));
        }
        for ours in ["wait", "wait/endpoint", "verify", "hook-after-1", "apply-1"] {
            assert_eq!(step(ours).as_deref(), Ok(ours));
            assert!(phase(ours).is_err(), "{ours}");
        }
        assert_eq!(phase("init/of-a-later-release").as_deref(), Ok("init/of-a-later-release"));
        for (bad, said) in [
            ("kubelet-strat", "`kubelet-start`"),
            ("cert/ca", "`certs/ca`"),
            ("upload-cert", "`upload-certs`"),
            ("preflgiht", "`preflight`"),
            ("nonsense", "kubestep explain"),
            ("", "kubestep explain"),
            ("/", "kubestep explain"),
        ] {
            let error = phase(bad).unwrap_err();
            assert!(error.contains(said), "{bad}: {error}");
        }
    }

    #[test]
    fn a_skip_has_a_phase_and_a_reason() {
        assert_eq!(skip("addon= cilium = ours "), Ok(("addon".into(), "cilium = ours".into())));
        for bad in ["addon", "addon=", "addon= ", "=why"] {
            assert!(skip(bad).unwrap_err().contains("PHASE=REASON"), "{bad}");
        }
        assert!(skip("adon=x").unwrap_err().contains("`addon`"));
    }

    #[test]
    fn times_and_speeds_are_positive() {
        assert_eq!(duration("15m"), Ok(Duration::from_secs(900)));
        for bad in ["", "15", "0s", "-3m", "soon"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!(speed("0.5"), Ok(0.5));
        for bad in ["", "0", "-1", "inf", "NaN", "fast"] {
            assert!(speed(bad).is_err(), "{bad}");
        }
    }
}
