//! Scenarios: what is unusual about a simulated rack, as YAML.

mod duration;
mod fault;
mod lesson;
mod setup;
mod shipped;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::jitter;
use crate::version::Version;
use duration::milliseconds;
use shipped::SHIPPED;

pub use fault::{Fault, FaultKind};
pub use lesson::{Deed, Trouble};
pub use setup::{BalancerSetup, NodeSetup, UnitSetup};

/// One scenario file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// As it is called on the command line.
    pub name: String,
    /// One line for lists.
    pub about: String,
    /// kubeadm and kubelet of every node, unless a node says otherwise.
    #[serde(default)]
    pub kubeadm: Option<Version>,
    /// One way to every node, in milliseconds; a node may say otherwise.
    #[serde(default, deserialize_with = "milliseconds")]
    pub latency: Option<u64>,
    /// Nodes come without a CNI plug-in's configuration, and stay not ready until a manifest brings one.
    #[serde(default)]
    pub without_cni: bool,
    /// The load balancer.
    #[serde(default)]
    pub balancer: BalancerSetup,
    /// What is special about nodes, by name or title: `*` is every node, `control-plane` and `worker` are those of a role,
    /// `worker.2` is the second worker of the inventory.
    #[serde(default)]
    pub nodes: BTreeMap<String, NodeSetup>,
    /// What goes wrong, and when.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// What happened there, how it shows, where to look and what to do: a few sentences for who wants to be told.
    #[serde(default)]
    pub story: String,
    /// How it shows: first as kubestep tells it by itself, then as it shows to who goes on all the same.
    #[serde(default)]
    pub trouble: Vec<Trouble>,
    /// What mends it, in order.
    #[serde(default)]
    pub repair: Vec<Deed>,
}

/// Why a text is no scenario.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct InvalidScenario {
    /// The file or name.
    pub name: String,
    /// What is wrong, with line and column where known.
    pub reason: String,
}

impl Scenario {
    /// Reads a scenario file's text; `name` is used in errors.
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidScenario> {
        let invalid = |reason: String| InvalidScenario { name: name.to_owned(), reason };
        let scenario: Self = serde_yaml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        for fault in &scenario.faults {
            fault.check().map_err(|reason| invalid(format!("fault on {}: {reason}", fault.node)))?;
        }
        for deed in &scenario.repair {
            deed.check().map_err(|reason| invalid(format!("repair on {}: {reason}", deed.on)))?;
        }
        Ok(scenario)
    }

    /// The scenario of that name that ships with kubestep.
    pub fn named(name: &str) -> Result<Self, InvalidScenario> {
        let Some((_, text)) = SHIPPED.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
            let reason = format!("there is no such scenario; there are {}", known.join(", "));
            return Err(InvalidScenario { name: name.to_owned(), reason });
        };
        Self::parse(name, text)
    }

    /// One of those that have something to teach; the same `seed` gives the same one.
    pub fn random(seed: u64) -> Result<Self, InvalidScenario> {
        let all = SHIPPED.iter().filter_map(|(name, text)| Self::parse(name, text).ok());
        let mut lessons: Vec<Self> = all.filter(|scenario| !scenario.trouble.is_empty()).collect();
        let many = u64::try_from(lessons.len()).unwrap_or(1).max(1);
        let chosen = usize::try_from(jitter::mix(seed, "scenario") % many).unwrap_or(0);
        if chosen < lessons.len() {
            return Ok(lessons.swap_remove(chosen));
        }
        Err(InvalidScenario { name: "random".into(), reason: "there is nothing to choose from".into() })
    }

    /// What is unusual about both; where they differ about the same thing, as `other` has it.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.kubeadm = other.kubeadm.or(self.kubeadm);
        self.latency = other.latency.or(self.latency);
        self.without_cni |= other.without_cni;
        if other.balancer != BalancerSetup::default() {
            self.balancer = other.balancer;
        }
        self.nodes.extend(other.nodes);
        self.faults.extend(other.faults);
        self
    }

    /// A rack on which nothing goes wrong.
    pub fn uneventful() -> Self {
        Self {
            name: "uneventful".into(),
            about: "nothing goes wrong".into(),
            kubeadm: None,
            latency: None,
            without_cni: false,
            balancer: BalancerSetup::default(),
            nodes: BTreeMap::new(),
            faults: Vec::new(),
            story: String::new(),
            trouble: Vec::new(),
            repair: Vec::new(),
        }
    }
}

/// Names and one line each of the scenarios that ship.
pub fn list() -> Vec<(String, String)> {
    SHIPPED
        .iter()
        .map(|(name, text)| {
            let about = Scenario::parse(name, text).map(|scenario| scenario.about).unwrap_or_default();
            ((*name).to_owned(), about)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_shipped_scenario_is_sound() {
        for (name, text) in SHIPPED {
            let scenario = Scenario::parse(name, text).unwrap();
            assert_eq!(scenario.name, *name);
            assert!(!scenario.about.is_empty());
        }
        assert_eq!(list().len(), SHIPPED.len());
        assert!(list().is_sorted());
        // A line each in a terminal of 80 columns.
        for (name, about) in list() {
            assert!(name.len() <= 18 && about.len() <= 61, "{name}: {about}");
        }
    }

    #[test]
    fn chance_picks_what_teaches_and_the_same_for_the_same_number() {
        let names: std::collections::BTreeSet<String> =
            (0..200).map(|seed| Scenario::random(seed).unwrap().name).collect();
        assert!(names.len() > 12 && !names.contains("goldentooth"), "{names:?}");
        assert_eq!(Scenario::random(7).unwrap(), Scenario::random(7).unwrap());
    }

    #[test]
    fn what_teaches_tells_its_story_and_how_it_is_mended() {
        for (name, text) in SHIPPED {
            let scenario = Scenario::parse(name, text).unwrap();
            assert_eq!(scenario.trouble.is_empty(), scenario.story.is_empty(), "{name}");
            assert_eq!(scenario.trouble.is_empty(), scenario.repair.is_empty(), "{name}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let error = Scenario::parse("x", "name: x\nabout: y\nnodez: {}\n").unwrap_err().to_string();
        assert!(error.contains("nodez"), "{error}");
        let error = Scenario::parse("x", "name: x\nabout: y\nlatency: soon\n").unwrap_err().to_string();
        assert!(error.contains("not a duration"), "{error}");
        let text = "name: x\nabout: y\nrepair: [{ on: a, run: b, reset: true }]\n";
        assert!(Scenario::parse("x", text).unwrap_err().to_string().contains("one of"));
        let text = "name: x\nabout: y\nfaults: [{ node: a, kind: slow, phase: init }]\n";
        assert!(Scenario::parse("x", text).unwrap_err().to_string().contains("factor"));
        assert!(Scenario::named("nosuch").unwrap_err().to_string().contains("goldentooth"));
    }
}
