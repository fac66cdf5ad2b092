//! What a step does, in a sentence.

use super::step::Work;
use crate::survey::awaited::Awaited;
use crate::text::sanitize;

impl Work {
    /// One sentence on what it does; of kubeadm's phases the catalog knows more.
    pub fn sentence(&self) -> String {
        let fixed = match self {
            Self::Connect => "Opens the connection over ssh, logs in and becomes root.",
            Self::Probe => {
                "Asks the node about itself with one script: releases, phases, ports, disks, clock. Changes nothing."
            }
            Self::Check => {
                "Holds the nodes' answers against each other and against what kubeadm needs. Changes nothing."
            }
            Self::WriteConfig => {
                "Writes kubeadm's configuration with the run's secrets to a file in memory that only root can read; it goes at the end of the run."
            }
            Self::Kubeadm { .. } => "Runs kubeadm; kubestep's tables don't know this phase.",
            Self::Wait { what: Awaited::Kubelet } => {
                "Waits until the node's kubelet answers that it is healthy."
            }
            Self::Wait { what: Awaited::ApiServer } => "Waits until the node's own API server answers.",
            Self::Wait { what: Awaited::Endpoint } => {
                "Waits until the control-plane endpoint answers from this node."
            }
            Self::SignClusterInfo => {
                "Signs the public cluster-info with the run's token, as the controller manager will, so that joins need not wait for it."
            }
            Self::FetchKubeconfig => "Brings the admin's kubeconfig to this machine.",
            Self::Verify => {
                "Looks whether the node is what it should be: Ready, its static pods, labels and taints, its etcd member."
            }
            Self::CleanUp => "Removes the files with secrets that the run put on the node.",
            Self::Sweep => "Removes what kubeadm reset leaves behind: CNI, iptables, kubeconfig.",
            Self::Apply { manifest } => {
                return format!("Applies {} with the cluster's admin credentials.", sanitize(manifest));
            }
            Self::Hook { run } => {
                return format!("Runs the inventory's own command: {}", sanitize(run).replace('\n', "; "));
            }
            Self::Label { labels } => return format!("Sets labels on the node: {}.", labels.join(", ")),
            Self::Evict { from, etcd: true } => {
                return format!(
                    "Takes the node's etcd member and its node object out of the cluster, from {from}."
                );
            }
            Self::Evict { from, etcd: false } => {
                return format!("Takes the node's object out of the cluster, from {from}.");
            }
        };
        fixed.to_owned()
    }
}
