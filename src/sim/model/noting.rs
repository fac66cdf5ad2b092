//! The journal written by watching: what has become of the kubelet and its pods since the last look is what they said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Node, paths};
use crate::sim::kubeadm::output::klog;

/// The kubelet's process, in its log.
pub(crate) const KUBELET_PID: u32 = 1_011;
/// containerd's.
const CONTAINERD_PID: u32 = 612;
/// Where the kubelet makes sandboxes.
const SANDBOX: &str = "kuberuntime_sandbox.go:72";
/// What does not become better is said again after so many milliseconds.
const AGAIN: i64 = 12_000;
const STARTED: &str = "Started kubelet.service - kubelet: The Kubernetes Node Agent.";

/// What was noted last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Noted {
    wanted: bool,
    healthy: bool,
    restarts: u32,
    complaint: Option<String>,
    /// Running, ready, and how often it went down.
    pods: BTreeMap<String, (bool, bool, u32)>,
}

impl Node {
    /// Writes to the journal what has changed since the last time.
    pub(super) fn note(&mut self, now: i64) {
        let kubelet = &self.kubelet;
        let seen = Noted {
            wanted: kubelet.wanted,
            healthy: kubelet.is_healthy(now),
            restarts: kubelet.restarts,
            complaint: kubelet.complaint.clone(),
            pods: self
                .pods
                .iter()
                .map(|(name, pod)| (name.clone(), (pod.is_running(), pod.is_ready(now), pod.restarts)))
                .collect(),
        };
        if let Some(complaint) = seen.complaint.as_ref().filter(|_| seen.complaint == self.noted.complaint) {
            let text = klog('E', now, KUBELET_PID, SANDBOX, complaint);
            self.journal.say_now_and_then(now, AGAIN, "kubelet", KUBELET_PID, complaint, text);
        }
        if seen == self.noted {
            return;
        }
        let former = std::mem::replace(&mut self.noted, seen);
        self.note_kubelet(&former, now);
        self.note_pods(&former, now);
    }

    fn note_kubelet(&mut self, former: &Noted, now: i64) {
        let words = self
            .kubelet
            .last_line()
            .map(|line| line.split_once("] ").map_or(line.clone(), |(_, words)| words.to_owned()));
        let version = self.kubelet_version.to_string();
        let (seen, journal) = (&self.noted, &mut self.journal);
        let say = |journal: &mut super::journal::Journal, level: char, place: &str, text: &str| {
            journal.say(now, "kubelet", KUBELET_PID, klog(level, now, KUBELET_PID, place, text));
        };
        let again = former.wanted
            && seen.wanted
            && former.healthy
            && !seen.healthy
            && seen.restarts == former.restarts;
        if (former.wanted && !seen.wanted) || again {
            journal.systemd(
                now,
                "kubelet",
                "Stopping kubelet.service - kubelet: The Kubernetes Node Agent...",
            );
            journal.systemd(now, "kubelet", "kubelet.service: Deactivated successfully.");
            journal.systemd(now, "kubelet", "Stopped kubelet.service - kubelet: The Kubernetes Node Agent.");
        }
        if (!former.wanted && seen.wanted) || again {
            journal.systemd(now, "kubelet", STARTED);
        }
        if seen.restarts > former.restarts {
            if former.restarts > 0 {
                let counter = format!(
                    "kubelet.service: Scheduled restart job, restart counter is at {}.",
                    former.restarts
                );
                journal.systemd(now, "kubelet", counter);
                journal.systemd(now, "kubelet", STARTED);
            }
            if let Some(words) = words {
                say(journal, 'E', "run.go:74", &words);
            }
            journal.systemd(
                now,
                "kubelet",
                "kubelet.service: Main process exited, code=exited, status=1/FAILURE",
            );
            journal.systemd(now, "kubelet", "kubelet.service: Failed with result 'exit-code'.");
        }
        if seen.healthy && !former.healthy {
            say(journal, 'I', "server.go:484", &format!("\"Kubelet version\" kubeletVersion=\"{version}\""));
            say(
                journal,
                'I',
                "kubelet.go:313",
                &format!("\"Adding static pod path\" path=\"{}\"", paths::MANIFESTS),
            );
            say(journal, 'I', "server.go:1256", "\"Started kubelet\"");
        }
        if seen.complaint != former.complaint
            && let Some(complaint) = &seen.complaint
        {
            say(journal, 'E', SANDBOX, complaint);
        }
    }

    fn note_pods(&mut self, former: &Noted, now: i64) {
        let node = self.node_name();
        let mut said: Vec<(char, &str, String)> = Vec::new();
        let mut runtime = Vec::new();
        for (name, seen) in &self.noted.pods {
            let pod = format!("kube-system/{name}-{node}");
            let before = former.pods.get(name);
            let (running, ready, restarts) = before.copied().unwrap_or_default();
            if before.is_none() {
                said.push((
                    'I',
                    "kubelet.go:2068",
                    format!("\"SyncLoop ADD\" source=\"file\" pods=[\"{pod}\"]"),
                ));
            }
            if seen.0 && !running {
                runtime.push(format!("level=info msg=\"StartContainer for {name} returns successfully\""));
            }
            if seen.1 && !ready {
                said.push((
                    'I',
                    "kubelet.go:2163",
                    format!("\"SyncLoop (probe)\" probe=\"readiness\" status=\"ready\" pod=\"{pod}\""),
                ));
            }
            if seen.2 > restarts {
                runtime.push(format!("level=info msg=\"shim disconnected\" container={name}"));
                said.push(('E', "pod_workers.go:1298", format!("\"Error syncing pod, skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"{name}\\\" with CrashLoopBackOff: back-off restarting failed container={name}\" pod=\"{pod}\"")));
            }
        }
        for (name, _) in former.pods.iter().filter(|(name, _)| !self.noted.pods.contains_key(*name)) {
            said.push((
                'I',
                "kubelet.go:2084",
                format!("\"SyncLoop REMOVE\" source=\"file\" pods=[\"kube-system/{name}-{node}\"]"),
            ));
        }
        for (level, place, text) in said {
            self.journal.say(now, "kubelet", KUBELET_PID, klog(level, now, KUBELET_PID, place, &text));
        }
        for text in runtime {
            self.journal.say(now, "containerd", CONTAINERD_PID, text);
        }
    }

    /// The kubelet's complaint that no API server answers, now and then.
    pub(super) fn note_unreachable(&mut self, now: i64, server: &str, words: &str) {
        let name = self.node_name();
        let text = klog(
            'E',
            now,
            KUBELET_PID,
            "kubelet_node_status.go:96",
            &format!(
                "\"Unable to register node with API server\" err=\"Post \\\"{server}/api/v1/nodes\\\": {words}\" node=\"{name}\""
            ),
        );
        self.journal.say_now_and_then(now, 10_000, "kubelet", KUBELET_PID, "Unable to register node", text);
    }

    /// What the kubelet says of its node's object.
    pub(super) fn note_object(&mut self, now: i64, new: bool, ready: bool) {
        let name = self.node_name();
        if new {
            let text = klog(
                'I',
                now,
                KUBELET_PID,
                "kubelet_node_status.go:73",
                &format!("\"Successfully registered node\" node=\"{name}\""),
            );
            self.journal.say(now, "kubelet", KUBELET_PID, text);
        }
        if !ready && !self.has_cni() {
            let text = klog(
                'E',
                now,
                KUBELET_PID,
                "kubelet.go:2855",
                "\"Container runtime network not ready\" networkReady=\"NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized\"",
            );
            self.journal.say_now_and_then(now, 10_000, "kubelet", KUBELET_PID, "network not ready", text);
        }
    }
}
