//! The first steps on every node: connect, probe, check.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::catalog;
use crate::diag::Severity;
use crate::engine::Failure;
use crate::ids::NodeName;
use crate::survey::finding::Finding;
use crate::survey::{check, probe};
use crate::text;
use crate::transport::{Request, TransportError};

use super::Context;
use super::outcome::{Done, failure, permanent};
use super::report::{Voice, Word};

const PROBE_LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn connect(context: &Context, voice: &Voice, node: &NodeName) -> Done {
    // The transport has tried again for as long as the inventory allows (`timeouts.connect`).
    let tried = |error: TransportError| Failure { permanent: true, ..error.into() };
    let greeting = context.hands.connect(node).await.map_err(tried)?;
    context.boots.borrow_mut().insert(node.clone(), greeting.boot);
    if let Some(fingerprint) = greeting.new_host_key {
        let text = format!("{node}: accepted a host key never seen before, {}", text::sanitize(&fingerprint));
        voice.notice(Severity::Warning, text).await;
    }
    Ok(None)
}

pub(super) async fn probe(context: &Context, voice: &Voice, node: &NodeName) -> Done {
    let now_ms = context.clock.at(context.clock.elapsed()).as_millisecond();
    let inventory = context.inventory();
    let request = Request::Probe {
        endpoint: inventory.kubernetes.control_plane_endpoint.clone(),
        cri_socket: inventory.kubernetes.cri_socket.clone(),
        now_ms,
    };
    let before = context.clock.elapsed();
    let reply = context.hands.ask(node, &request, PROBE_LIMIT).await?;
    let took = context.clock.elapsed().saturating_sub(before);
    if reply.rc != 0 || reply.stdout.is_empty() {
        return Err(failure(format!(
            "the probe's script ended with exit status {}: {}",
            reply.rc,
            text::sanitize(reply.stderr.lines().last().unwrap_or("no output"))
        )));
    }
    let facts = probe::parse(&reply.stdout, now_ms, took, &|command, help| {
        catalog::Command::ALL
            .into_iter()
            .find(|known| known.as_str() == command)
            .map(|known| catalog::discover(known, help))
            .unwrap_or_default()
    });
    context.facts.borrow_mut().insert(node.clone(), facts.clone());
    context.across.take();
    voice.say(Word::Facts(Box::new(facts))).await;
    Ok(None)
}

pub(super) async fn check(context: &Context, voice: &Voice, node: &NodeName) -> Done {
    let Some(host) = context.host(node) else { return Ok(None) };
    let mut findings = {
        let facts = context.facts.borrow();
        let Some(own) = facts.get(node) else {
            return Err(permanent("the node said nothing of itself"));
        };
        let mut findings = check::node(&context.inventory(), &host, own);
        let mut across = context.across.borrow_mut();
        let across = across.get_or_insert_with(|| {
            let mut by_node = BTreeMap::<NodeName, Vec<Finding>>::new();
            for (whose, finding) in check::rack(&context.inventory(), &facts) {
                by_node.entry(whose).or_default().push(finding);
            }
            by_node
        });
        findings.extend(across.get(node).into_iter().flatten().cloned());
        findings
    };
    for finding in &mut findings {
        // What the run to be gone on with left is no obstacle to it.
        let expected = context.resuming && check::CAUSED_BY_A_RUN.contains(&finding.check.as_str());
        // Nothing that keeps a node from being set up keeps one from being taken down: it may be the reason for it.
        if expected || context.resetting {
            finding.severity = finding.severity.min(Severity::Note);
        }
    }
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.message.clone())
        .collect();
    for finding in findings {
        voice.say(Word::Finding(node.clone(), finding)).await;
    }
    if errors.is_empty() { Ok(None) } else { Err(permanent(errors.join("; "))) }
}

impl Context {
    /// The cluster's version: the inventory's, else that of the kubeadm where `init` runs.
    pub(super) fn resolve_version(&self, leader: &NodeName) {
        let version = self.inventory().kubernetes.version.clone().or_else(|| self.kubeadm_of(leader));
        *self.version.borrow_mut() = version;
        *self.leader.borrow_mut() = Some(leader.clone());
    }

    pub(super) fn was_rebooted(&self, node: &NodeName) -> bool {
        self.rebooted.borrow().contains(node)
    }

    /// Connects again after a reboot and remembers the new boot.
    pub(super) async fn connect_again(
        &self,
        node: &NodeName,
    ) -> Result<(), crate::transport::TransportError> {
        let greeting = self.hands.connect(node).await?;
        let before = self.boots.borrow_mut().insert(node.clone(), greeting.boot.clone());
        if before.is_some_and(|before| before != greeting.boot) {
            self.rebooted.borrow_mut().insert(node.clone());
        }
        Ok(())
    }
}
