//! `wait-control-plane`, and kubeadm's look at the kubelet while it waits.

use crate::sim::kubeadm::run::Kubeadm;
use crate::sim::kubeadm::{Exit, Outcome};
use crate::sim::model::paths;

/// kubeadm's words for the whole of a failed wait.
const ADVICE: &str = "\nUnfortunately, an error has occurred:\n\ttimed out waiting for the condition\n\nThis error is likely caused by:\n\t- The kubelet is not running\n\t- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)\n\nIf you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:\n\t- 'systemctl status kubelet'\n\t- 'journalctl -xeu kubelet'\n";

/// How a Go program writes a duration of so many milliseconds.
pub(super) fn go(ms: i64) -> String {
    if ms < 1_000 {
        return format!("{ms}ms");
    }
    let (minutes, seconds, rest) = (ms / 60_000, ms / 1_000 % 60, ms % 1_000);
    let seconds = if rest == 0 { format!("{seconds}s") } else { format!("{seconds}.{rest:03}s") };
    if minutes > 0 { format!("{minutes}m{seconds}") } else { seconds }
}

impl Kubeadm {
    fn health_url(&self) -> &'static str {
        if self.version.at_least(31) {
            "http://127.0.0.1:10248/healthz"
        } else {
            "http://localhost:10248/healthz"
        }
    }

    /// Since 1.30: waits for the kubelet by itself, for up to four minutes.
    pub(super) async fn wait_for_kubelet(&self) -> Outcome {
        let process = &self.process;
        let at = if self.version.at_least(31) { format!(" at {}", self.health_url()) } else { String::new() };
        process.say(format!("[kubelet-check] Waiting for a healthy kubelet{at}. This can take up to 4m0s"));
        let started = process.store.now();
        let found = process.poll(500, 240_000, |world| self.kubelet_answers(world).then_some(())).await;
        let passed = go((process.store.now() - started).max(1));
        if found.is_some() {
            process.say(format!("[kubelet-check] The kubelet is healthy after {passed}"));
            return Ok(());
        }
        process.say(format!("[kubelet-check] The kubelet is not healthy after {passed}"));
        process.say(ADVICE);
        let url = self.health_url();
        Err(Exit::phase(format!(
            "could not initialize a Kubernetes cluster: The HTTP call equal to 'curl -sSL {url}' returned error: Get \"{url}\": dial tcp 127.0.0.1:10248: connect: connection refused"
        )))
    }

    fn kubelet_answers(&self, world: &crate::sim::model::World) -> bool {
        world.nodes.get(&self.process.node).is_some_and(|node| node.kubelet.is_healthy(world.now))
    }

    /// Until 1.29: waits for something with an eye on the kubelet, which it gives up earlier than the thing itself.
    pub(super) async fn wait_with_kubelet<T>(
        &self,
        every: u64,
        most: u64,
        mut look: impl FnMut(&mut crate::sim::model::World) -> Option<T>,
    ) -> Option<T> {
        let process = &self.process;
        let mut waited = 0;
        // 40 s of grace, then tries that come ever slower, about 155 s in all (kubeadm.md §6).
        let mut complaints = [40_000_u64, 45_000, 55_000, 75_000, 115_000].into_iter().peekable();
        loop {
            if let Some(found) = process.world(&mut look) {
                return Some(found);
            }
            if waited >= most {
                return None;
            }
            if complaints.peek().is_some_and(|at| waited >= *at) {
                let first = complaints.next() == Some(40_000);
                if !process.world(|world| self.kubelet_answers(world)) {
                    if first {
                        process.say("[kubelet-check] Initial timeout of 40s passed.");
                    }
                    let url = self.health_url();
                    process.say(format!("[kubelet-check] It seems like the kubelet isn't running or healthy.\n[kubelet-check] The HTTP call equal to 'curl -sSL {url}' failed with error: Get \"{url}\": dial tcp 127.0.0.1:10248: connect: connection refused."));
                    complaints.peek()?;
                }
            }
            process.wait(every).await;
            waited += every;
        }
    }
}

/// Of init: until the API server answers.
pub(super) async fn init(kubeadm: &Kubeadm) -> Outcome {
    let process = &kubeadm.process;
    let node = process.node.clone();
    let ready = move |world: &mut crate::sim::model::World| {
        let now = world.now;
        world.nodes.get(&node).is_some_and(|node| node.pod_ready("kube-apiserver", now)).then_some(())
    };
    let new = kubeadm.version.at_least(30);
    let until = if new { "" } else { ". This can take up to 4m0s" };
    process.say(format!(
        "[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory \"{}\"{until}",
        paths::MANIFESTS
    ));
    let started = process.store.now();
    let timeout = kubeadm.cluster()?.wait_timeout();
    if !new {
        let found = kubeadm.wait_with_kubelet(500, timeout, ready).await;
        let Some(()) = found else {
            process.say(ADVICE);
            return Err(Exit::phase("couldn't initialize a Kubernetes cluster"));
        };
        let passed = process.store.now() - started;
        process.say(format!(
            "[apiclient] All control plane components are healthy after {}.{:03}000 seconds",
            passed / 1_000,
            passed % 1_000
        ));
        return Ok(());
    }
    kubeadm.wait_for_kubelet().await?;
    let started = process.store.now();
    process.say("[api-check] Waiting for a healthy API server. This can take up to 4m0s");
    let found = process.poll(500, timeout, ready).await;
    let passed = go((process.store.now() - started).max(1));
    if found.is_none() {
        process.say(format!("[api-check] The API server is not healthy after {passed}"));
        process.say(ADVICE);
        return Err(Exit::phase("could not initialize a Kubernetes cluster: context deadline exceeded"));
    }
    process.say(format!("[api-check] The API server is healthy after {passed}"));
    Ok(())
}

/// Of join: nothing but for control planes on releases where its gate is on (1.33).
pub(super) async fn join(kubeadm: &Kubeadm) -> Outcome {
    if !kubeadm.whole || !kubeadm.config.join.control_plane || !kubeadm.version.at_least(33) {
        return Ok(());
    }
    let process = &kubeadm.process;
    process.say(format!(
        "[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory \"{}\"",
        paths::MANIFESTS
    ));
    process
        .say("[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s");
    let started = process.store.now();
    for component in ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] {
        let node = process.node.clone();
        let found = process
            .poll(500, 240_000, |world| {
                let now = world.now;
                world.nodes.get(&node).is_some_and(|node| node.pod_ready(component, now)).then_some(())
            })
            .await;
        let passed = go((process.store.now() - started).max(1));
        if found.is_none() {
            process.say(format!("[control-plane-check] {component} is not healthy after {passed}"));
            return Err(Exit::phase("failed while waiting for the control plane to start"));
        }
        process.say(format!("[control-plane-check] {component} is healthy after {passed}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_go_writes_them() {
        assert_eq!(go(501), "501ms");
        assert_eq!(go(12_500), "12.500s");
        assert_eq!(go(240_000), "4m0s");
    }
}
