//! Faults at work: which of a scenario's strikes now, and what it does to a process or a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::kubeadm::{Exit, Outcome, Process};
use super::model::World;
use super::model::objects::KUBEADM_CERTS;
use super::scenario::{Fault, FaultKind};
use crate::ids::PhaseId;

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
    counts: Arc<Mutex<HashMap<(usize, String), u32>>>,
    disturb: Option<Disturb>,
}

/// Whether a phase is still to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meddling {
    None,
    Skip,
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
    pub(crate) fn new(faults: Vec<Fault>, disturb: Disturb) -> Self {
        Self { faults: Arc::new(faults), counts: Arc::default(), disturb: Some(disturb) }
    }

    /// Faults that strike `node` now.
    fn striking(&self, node: &str, roles: &[&str], at: impl Fn(&Fault) -> bool) -> Vec<Fault> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut strike = Vec::new();
        for (index, fault) in self.faults.iter().enumerate() {
            let meant = fault.node == "*" || fault.node == node || roles.contains(&fault.node.as_str());
            if !meant || !at(fault) {
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
    pub(crate) fn standing(&self, node: &str, roles: &[&str]) -> Vec<Fault> {
        self.striking(node, roles, |fault| fault.phase.is_none() && fault.request.is_none())
    }

    /// Lets faults of phase `id` strike the process that is about to run it.
    pub(crate) async fn meddle(&self, process: &Process, id: &PhaseId) -> Outcome<Meddling> {
        let roles = roles(process, id);
        let strike = self.striking(&process.node, &roles, |fault| {
            fault.phase.as_deref().is_some_and(|phase| id.is_within(phase))
        });
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
                FaultKind::Kill => {
                    process.wait(after).await;
                    return Err(Exit::Silent(137));
                }
                FaultKind::Slow => process.slow_down(fault.factor.unwrap_or(1.0)),
                FaultKind::FalseSuccess => meddling = Meddling::Skip,
                FaultKind::CutLink | FaultKind::PowerOff => self.disturb(&process.node, &fault),
                _ => process.world(|world| afflict(world, &process.node, &fault)),
            }
        }
        Ok(meddling)
    }

    /// What a request of that name meets on `node`.
    pub(crate) fn trick(&self, node: &str, roles: &[&str], request: &str) -> Trick {
        let strike = self.striking(node, roles, |fault| fault.request.as_deref() == Some(request));
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

/// The role that a running phase gives its node.
fn roles(process: &Process, id: &PhaseId) -> Vec<&'static str> {
    let planned = process.world(|world| world.planned_control_planes.contains(&process.node));
    match (planned, id.as_str().starts_with("init/")) {
        (true, _) | (_, true) => vec!["control-plane"],
        _ => vec!["worker"],
    }
}

/// Brings a lasting trouble onto a node or its cluster.
pub(crate) fn afflict(world: &mut World, node: &str, fault: &Fault) {
    match fault.kind {
        FaultKind::NoLb => {
            if let Some(balancer) = &mut world.balancer {
                balancer.up = false;
            }
        }
        FaultKind::TokenExpired | FaultKind::CertsExpired => {
            let tokens = fault.kind == FaultKind::TokenExpired;
            for cluster in world.clusters.values_mut() {
                cluster.objects.secrets.retain(|name, _| {
                    if tokens {
                        !name.starts_with("kube-system/bootstrap-token-")
                    } else {
                        name != KUBEADM_CERTS
                    }
                });
            }
        }
        _ => {}
    }
    let Some(node) = world.nodes.get_mut(node) else { return };
    match fault.kind {
        FaultKind::PortInUse => node.occupied.extend(fault.port),
        FaultKind::Leftovers => super::spec::litter(node),
        FaultKind::KubeletDown => {
            let words = if fault.output.is_empty() {
                "failed to run Kubelet: exit status 1"
            } else {
                fault.output.trim_end()
            };
            node.kubelet.broken = Some(words.to_owned());
        }
        _ => {}
    }
}
