//! The rack's own record: which kubeadm processes there were, and what lies on the nodes' disks. For tests, which
//! hold what a run says against what was done.

use super::Rack;
use crate::ids::NodeName;

/// One kubeadm process of a simulated node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Where it ran.
    pub node: String,
    /// Everything after `kubeadm`.
    pub args: Vec<String>,
    /// Its start, milliseconds since 1970.
    pub begun: i64,
    /// Its exit status; none while it runs, and for one that was killed.
    pub rc: Option<i32>,
    /// The phases that it took to their end, in order.
    pub phases: Vec<Stretch>,
}

/// A phase that was taken to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// `init/certs/ca`.
    pub phase: String,
    /// Milliseconds since 1970.
    pub begun: i64,
    /// Milliseconds since 1970.
    pub ended: i64,
}

impl Rack {
    /// Every kubeadm process so far, in the order of their starts.
    pub fn calls(&self) -> Vec<Call> {
        self.world(|world| world.calls.clone())
    }

    /// Node and key of every remote run whose output the nodes still keep.
    pub fn kept_runs(&self) -> Vec<(String, String)> {
        self.runs().kept()
    }

    /// The text of a file on `node`; none where there is none.
    pub fn file(&self, node: &NodeName, path: &str) -> Option<String> {
        self.world(|world| world.nodes.get(node.as_str())?.disk.text(path).map(str::to_owned))
    }

    /// Node and path of every file that holds `text`.
    pub fn files_with(&self, text: &str) -> Vec<(String, String)> {
        self.world(|world| {
            let files = world.nodes.values().flat_map(|node| {
                let held = |file: &[u8]| String::from_utf8_lossy(file).contains(text);
                node.disk
                    .all()
                    .filter(move |(_, file)| held(&file.content))
                    .map(|(path, _)| (&node.name, path))
            });
            files.map(|(node, path)| (node.clone(), path.to_owned())).collect()
        })
    }

    /// Every path on `node`.
    pub fn paths(&self, node: &NodeName) -> Vec<String> {
        self.world(|world| {
            let disk = world.nodes.get(node.as_str()).map(|node| &node.disk);
            disk.into_iter()
                .flat_map(super::model::disk::Disk::all)
                .map(|(path, _)| path.to_owned())
                .collect()
        })
    }
}
