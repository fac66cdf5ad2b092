//! What a step will do, before it does it.

use crate::catalog;
use crate::ids::NodeName;
use crate::plan::step::{Step, Work};
use crate::version::Version;

use super::context::{INIT_CONFIG, JOIN_CONFIG};

/// What a step will run and write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// On which node.
    pub node: NodeName,
    /// One sentence.
    pub does: String,
    /// The command as one would type it, if one is run.
    pub command: Option<String>,
    /// kubeadm's configuration file that the command reads.
    pub config: Option<String>,
    /// The files and folders that it writes, as far as they are known.
    pub writes: Vec<String>,
}

/// What `step` will do with the node's `kubeadm`; `leads`: `init` runs there.
pub fn preview(step: &Step, kubeadm: Option<&Version>, leads: bool) -> Preview {
    let phases = if step.covers.is_empty() { std::slice::from_ref(&step.id.phase) } else { &step.covers };
    let known = |phase| kubeadm.and_then(|kubeadm| catalog::knowledge(phase, kubeadm));
    let (mut config, mut writes) = (None, Vec::new());
    if let Work::Kubeadm { args } = &step.work {
        config = [INIT_CONFIG, JOIN_CONFIG].into_iter().find(|path| args.iter().any(|arg| arg == path));
        for path in phases.iter().filter_map(known).flat_map(|known| known.writes) {
            if !writes.iter().any(|there| there == path) {
                writes.push(path.to_owned());
            }
        }
    }
    if step.work == Work::WriteConfig {
        let path = if leads { INIT_CONFIG } else { JOIN_CONFIG };
        writes.push(path.to_owned());
    }
    let command = match &step.work {
        Work::Hook { run } => Some(run.clone()),
        Work::Label { labels } => {
            Some(format!("kubectl label --overwrite node {} {}", step.id.node, labels.join(" ")))
        }
        Work::Apply { manifest } => Some(format!("kubectl apply -f {manifest}")),
        _ => step.command(),
    };
    let summary = known(&step.id.phase).map(|known| known.summary.to_owned());
    Preview {
        node: step.id.node.clone(),
        does: summary.unwrap_or_else(|| step.work.sentence()),
        command,
        config: config.map(str::to_owned),
        writes,
    }
}
