//! The machines of a lesson, as an inventory.

use std::collections::BTreeMap;

use crate::ids::NodeName;
use crate::inventory::model::Inventory;
use crate::plan::step::Step;
use crate::plan::{self, Ground, Wish};
use crate::survey::facts::Facts;
use crate::version::Version;

/// The machines of a lesson, and what happens on them.
#[derive(Debug, Clone, PartialEq)]
pub struct LessonRack {
    /// The machines.
    pub inventory: Inventory,
    /// kubeadm on all of them.
    pub version: Version,
    /// What is unusual, by names of [`crate::sim`]'s, all of it together; none: nothing.
    pub scenarios: Vec<String>,
    /// The same number gives the same run.
    pub seed: u64,
}

impl LessonRack {
    /// The plan of its run, every leaf a step of its own.
    pub fn steps(&self) -> Vec<Step> {
        steps(&self.inventory, &self.version)
    }
}

/// How a lesson's run is planned.
pub(crate) fn wish() -> Wish {
    Wish { leaves: true, ..Wish::default() }
}

pub(super) fn steps(inventory: &Inventory, version: &Version) -> Vec<Step> {
    let facts = Facts { kubeadm: Some(version.clone()), ..Facts::default() };
    let facts: BTreeMap<NodeName, Facts> =
        inventory.hosts.iter().map(|host| (host.name.clone(), facts.clone())).collect();
    let Some(leader) = plan::leader(inventory, &facts) else { return Vec::new() };
    let ground = Ground {
        inventory,
        facts: &facts,
        version,
        leader: &leader,
        resuming: false,
        init_config: "",
        join_config: "",
    };
    let mut steps = plan::survey(inventory, &wish());
    steps.extend(plan::run(&ground, &wish()));
    steps
}
