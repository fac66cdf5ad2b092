//! What steps do that are not kubeadm's, in a sentence.

use crate::plan::step::Work;
use crate::survey::awaited::Awaited;
use crate::text::sanitize;

/// A sentence on what `work` does; none for kubeadm's phases, which the catalog knows.
pub(super) fn sentence(work: &Work) -> Option<String> {
    Some(match work {
        Work::Kubeadm { .. } => return None,
        Work::Connect => "Opens the connection over ssh, logs in and becomes root.".into(),
        Work::Probe => {
            "Asks the node about itself: releases, phases, ports, disks, clock. Changes nothing.".into()
        }
        Work::Check => {
            "Holds the nodes' answers against each other and against what kubeadm needs. Changes nothing."
                .into()
        }
        Work::WriteConfig => "Writes kubeadm's configuration file to the node, readable by root only.".into(),
        Work::Wait { what: Awaited::Kubelet } => {
            "Waits until the node's kubelet answers that it is healthy.".into()
        }
        Work::Wait { what: Awaited::ApiServer } => "Waits until the node's own API server answers.".into(),
        Work::Wait { what: Awaited::Endpoint } => {
            "Waits until the control-plane endpoint answers from this node.".into()
        }
        Work::Apply { manifest } => {
            format!("Applies {} with the cluster's admin credentials.", sanitize(manifest))
        }
        Work::Hook { run } => {
            format!("Runs the inventory's own command: {}", sanitize(run).replace('\n', "; "))
        }
        Work::Label { labels } => format!("Sets labels on the node: {}", labels.join(", ")),
        Work::SignClusterInfo => {
            "Signs the public cluster-info with the run's token, so that joins need not wait for the controller manager.".into()
        }
        Work::FetchKubeconfig => "Brings the admin kubeconfig to this machine.".into(),
        Work::Verify => {
            "Looks whether the node is what it should be: Ready, labels, taints, etcd member.".into()
        }
        Work::CleanUp => "Removes our files with secrets from the node.".into(),
        Work::Evict { from, etcd: true } => {
            format!("Takes the node's etcd member and its node object out of the cluster, from {from}.")
        }
        Work::Evict { from, .. } => format!("Takes the node's object out of the cluster, from {from}."),
        Work::Sweep => "Removes what kubeadm reset leaves behind: CNI, iptables, kubeconfig.".into(),
    })
}
