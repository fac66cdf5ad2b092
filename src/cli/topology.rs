//! A rack of so many machines, as an inventory, where nobody wrote one.

use std::fmt::Write as _;

/// The goldentooth rack's machines, in the order in which they become what they are.
const PLANES: [&str; 3] = ["bettley", "fenn", "gardener"];
const WORKERS: [&str; 6] = ["cargyll", "dalt", "erenford", "harlton", "inchfield", "jast"];
/// Addresses that one machine of four bytes may end in.
const PER_BLOCK: usize = 200;

/// How many machines of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Topology {
    pub(super) control_planes: usize,
    pub(super) workers: usize,
}

impl Default for Topology {
    /// The goldentooth rack's.
    fn default() -> Self {
        Self { control_planes: PLANES.len(), workers: WORKERS.len() }
    }
}

impl Topology {
    /// An inventory of such a rack, with `HAProxy` in front of its control planes as on the goldentooth one.
    pub(super) fn inventory(self) -> String {
        let mut text = "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: rack }\nspec:\n  kubernetes:\n    version: v1.29.6\n    controlPlaneEndpoint: 10.4.0.10:6443 # HAProxy\n    podSubnet: 192.168.0.0/16\n    serviceSubnet: 172.16.0.0/20\n    criSocket: unix:///run/containerd/containerd.sock\n  defaults:\n    ssh: { user: root }\n  hosts:\n".to_owned();
        let planes =
            (0..self.control_planes).map(|number| (name(&PLANES, "control-plane", number), "control-plane"));
        let workers = (0..self.workers).map(|number| (name(&WORKERS, "worker", number), "worker"));
        for (index, (name, role)) in planes.chain(workers).enumerate() {
            let address = format!("10.4.{}.{}", index / PER_BLOCK, 11 + index % PER_BLOCK);
            let _ = writeln!(
                text,
                "    - {{ name: {name}, role: {role}, ssh: {{ address: {address} }}, privateAddress: {address} }}"
            );
        }
        text
    }
}

fn name(known: &[&str], role: &str, number: usize) -> String {
    known.get(number).map_or_else(|| format!("{role}-{:02}", number + 1), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;
    use crate::inventory::ThisMachine;
    use crate::inventory::model::Role;

    #[test]
    fn every_rack_is_a_sound_inventory_without_a_warning() {
        for (control_planes, workers) in [(1, 0), (1, 2), (3, 6), (5, 0), (7, 500)] {
            let text = Topology { control_planes, workers }.inventory();
            let (inventory, warnings) =
                crate::inventory::parse(Path::new("rack.yaml"), text, &ThisMachine).unwrap();
            let planes = inventory.hosts.iter().filter(|host| host.role == Role::ControlPlane).count();
            assert_eq!((planes, inventory.hosts.len() - planes), (control_planes, workers));
            assert!(warnings.is_empty(), "{control_planes}+{workers}: {}", warnings.len());
        }
    }
}
