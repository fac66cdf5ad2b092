//! Faults at work: which of a scenario's strikes now, and what it does to a process or a request.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::kubeadm::{Exit, Outcome, Process};
use super::model::World;
use super::model::kubelet::Broken;
use super::model::objects::{AUTO_APPROVE, KUBEADM_CERTS};
use super::scenario::{Fault, FaultKind};
use crate::ids::PhaseId;

/// Lines that go to whoever follows before all of them are said.
const BREATH: u32 = 1000;

async fn talk(process: &Process, text: &str, times: u32) {
    for number in 1..=times {
        process.say(format!("{text} {number}"));
        if number % BREATH == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// What happens to a node's link or power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disturbance {
    pub(crate) kind: FaultKind,
    pub(crate) after: Duration,
    pub(crate) lasting: Option<Duration>,
}

/// Takes disturbances of a node.
pub(crate) type Disturb = Arc<dyn Fn(&str, Disturbance) + Send + Sync>;

/// A scenario's faults, and how often each could have struck.
#[derive(Clone, Default)]
pub(crate) struct Plot {
    faults: Arc<Vec<Fault>>,
    /// What faults may call each node.
    titles: Arc<BTreeMap<String, Vec<String>>>,
    counts: Arc<Mutex<HashMap<(usize, String), u32>>>,
    disturb: Option<Disturb>,
}

/// Whether a phase is still to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meddling {
    None,
    Skip,
    /// It is killed after so many milliseconds.
    KillAfter(u64),
}

/// What a request meets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trick {
    Fail { output: String, rc: i32 },
    Hang,
    Slow(f64),
    Nothing,
}

impl Plot {
    pub(crate) fn new(faults: Vec<Fault>, titles: BTreeMap<String, Vec<String>>, disturb: Disturb) -> Self {
        Self {
            faults: Arc::new(faults),
            titles: Arc::new(titles),
            counts: Arc::default(),
            disturb: Some(disturb),
        }
    }

    /// Faults that strike `node` now.
    fn striking(&self, node: &str, at: impl Fn(&Fault) -> bool) -> Vec<Fault> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(titles) = self.titles.get(node) else { return Vec::new() };
        let mut strike = Vec::new();
        for (index, fault) in self.faults.iter().enumerate() {
            if !titles.contains(&fault.node) || !at(fault) {
                continue;
            }
            let count = counts.entry((index, node.to_owned())).or_default();
            *count += 1;
            if fault.attempts.is_empty() || fault.attempts.contains(count) {
                strike.push(fault.clone());
            }
        }
        strike
    }

    /// Faults of neither phase nor request, which are there from the start.
    pub(crate) fn standing(&self, node: &str) -> Vec<Fault> {
        self.striking(node, |fault| fault.phase.is_none() && fault.request.is_none())
    }

    /// Lets faults of phase `id` strike the process that is about to run it.
    pub(crate) async fn meddle(&self, process: &Process, id: &PhaseId) -> Outcome<Meddling> {
        let strike = self
            .striking(&process.node, |fault| fault.phase.as_deref().is_some_and(|phase| id.is_within(phase)));
        let mut meddling = Meddling::None;
        for fault in strike {
            let after = fault.after.unwrap_or(0);
            match fault.kind {
                FaultKind::Fail => {
                    process.wait(after).await;
                    if !fault.output.is_empty() {
                        process.err(fault.output.trim_end());
                    }
                    return Err(Exit::Silent(fault.rc));
                }
                FaultKind::Hang => {
                    process.wait(after).await;
                    std::future::pending::<()>().await;
                }
                FaultKind::Talk => talk(process, &fault.output, fault.times.unwrap_or(1)).await,
                FaultKind::Kill => meddling = Meddling::KillAfter(after),
                FaultKind::Slow => process.slow_down(fault.factor.unwrap_or(1.0)),
                FaultKind::FalseSuccess => meddling = Meddling::Skip,
                FaultKind::CutLink | FaultKind::PowerOff => self.disturb(&process.node, &fault),
                _ => process.world(|world| afflict(world, &process.node, &fault)),
            }
        }
        Ok(meddling)
    }

    /// What a request of that name meets on `node`.
    pub(crate) fn trick(&self, node: &str, request: &str) -> Trick {
        let strike = self.striking(node, |fault| fault.request.as_deref() == Some(request));
        let mut trick = Trick::Nothing;
        for fault in strike {
            match fault.kind {
                FaultKind::Fail => trick = Trick::Fail { output: fault.output.clone(), rc: fault.rc },
                FaultKind::FalseSuccess => trick = Trick::Fail { output: String::new(), rc: 0 },
                FaultKind::Hang => trick = Trick::Hang,
                FaultKind::Slow => trick = Trick::Slow(fault.factor.unwrap_or(1.0)),
                _ => self.disturb(node, &fault),
            }
        }
        trick
    }

    pub(crate) fn disturb(&self, node: &str, fault: &Fault) {
        if let Some(disturb) = &self.disturb {
            let after = Duration::from_millis(fault.after.unwrap_or(0));
            disturb(
                node,
                Disturbance { kind: fault.kind, after, lasting: fault.lasting.map(Duration::from_millis) },
            );
        }
    }
}

/// Brings a lasting trouble onto a node or its cluster.
pub(crate) fn afflict(world: &mut World, name: &str, fault: &Fault) {
    let until = fault.lasting.and_then(|ms| i64::try_from(ms).ok()).map(|ms| world.now + ms);
    match fault.kind {
        FaultKind::NoLb => {
            if let Some(balancer) = &mut world.balancer {
                balancer.up = false;
                balancer.up_again = until;
            }
        }
        FaultKind::TokenExpired => {
            lose_secrets(world, |secret| secret.starts_with("kube-system/bootstrap-token-"));
        }
        FaultKind::CertsExpired => lose_secrets(world, |secret| secret == KUBEADM_CERTS),
        FaultKind::OldClusterInfo => world.restore_old_invitation(),
        FaultKind::StaleMember => world.leave_stale_member(name),
        FaultKind::NameTaken => world.take_name(name),
        FaultKind::RightsLost => {
            for cluster in world.clusters.values_mut() {
                cluster.objects.others.remove(AUTO_APPROVE);
            }
        }
        _ => afflict_machine(world, name, fault, until),
    }
}

fn lose_secrets(world: &mut World, lost: impl Fn(&str) -> bool) {
    for cluster in world.clusters.values_mut() {
        cluster.objects.secrets.retain(|name, _| !lost(name));
    }
}

fn afflict_machine(world: &mut World, name: &str, fault: &Fault, until: Option<i64>) {
    let Some(node) = world.nodes.get_mut(name) else { return };
    match fault.kind {
        FaultKind::PortInUse => node.occupied.extend(fault.port),
        FaultKind::UnitFails => node.kubelet.unit_fails = true,
        FaultKind::Leftovers => super::spec::litter(node),
        FaultKind::KubeletDown => {
            let words = if fault.output.is_empty() {
                "failed to run Kubelet: exit status 1"
            } else {
                fault.output.trim_end()
            };
            node.kubelet.broken = Some(Broken { words: words.to_owned(), until });
        }
        _ => {}
    }
}
