//! The first control plane: `kubeadm init` by its own tree, with our own waits in the middle.

use std::time::Duration;

use crate::catalog::{Command, Paths};
use crate::ids::NodeName;
use crate::inventory::model::{HookPoint, Host};
use crate::survey::awaited::Awaited;

use super::draft::Draft;
use super::step::{Edge, Work};
use super::units::{unit, units};

const SHORT: Duration = Duration::from_secs(60);
/// From 1.29 on admin.conf may do nothing until this first API phase has bound its group (kubeadm.md §2.7).
const UPLOAD: &str = "init/upload-config";

const INVITE: &str = "init/bootstrap-token";
/// Joins trust `cluster-info` by its signature. The controller manager's signer is up some fifteen seconds after the API.
pub(super) const SIGNED: &str = "cluster-info";

/// Everything on the node where `init` runs; `invites` if others are to join it.
pub(super) fn steps(draft: &mut Draft<'_>, host: &Host, invites: bool) {
    let node = &host.name;
    let facts = draft.facts(node).cloned().unwrap_or_default();
    let kubeadm = draft.kubeadm(node);
    let paths = Paths { config: draft.ground.init_config, ..Paths::default() };
    let external = draft.ground.inventory.has_external_etcd();
    let mut commands = units(Command::Init, &facts, &kubeadm, &paths, draft.wish, external);
    draft.ignore_all(&kubeadm, &mut commands);
    let before = draft.hooks(host, HookPoint::BeforeNode, &[]);
    let config = draft.own(node, "config", Work::WriteConfig, before, SHORT);
    let mut after = vec![Edge::done(config)];
    let mut waited = false;
    let mut commands = commands.into_iter().peekable();
    while let Some(command) = commands.next() {
        if command.api && !waited {
            waited = true;
            after = waits(draft, node, after);
        }
        let uploads = command.phase.is_within(UPLOAD);
        let opens = invites && command.phase.as_str() == INVITE;
        let id = draft.kubeadm_step(node, command, after, Vec::new());
        after = vec![Edge::done(id)];
        if opens {
            draft.own(node, SIGNED, Work::SignClusterInfo, after.clone(), SHORT);
        }
        if uploads && !commands.peek().is_some_and(|next| next.phase.is_within(UPLOAD)) {
            on_api(draft, node, &after);
        }
    }
    draft.finish_node(host, after);
}

/// kubelet, API server, endpoint, in this order (kubeadm.md §2.3).
fn waits(draft: &mut Draft<'_>, node: &NodeName, after: Vec<Edge>) -> Vec<Edge> {
    let options = &draft.ground.inventory.options;
    let long = options.control_plane_timeout;
    let mut after = after;
    for (name, what) in [
        ("wait/kubelet", Awaited::Kubelet),
        ("wait/api-server", Awaited::ApiServer),
        ("wait/endpoint", Awaited::Endpoint),
    ] {
        let id = draft.own(node, name, Work::Wait { what }, after, long);
        after = vec![Edge::done(id)];
    }
    after
}

/// What can be done as soon as the first API server answers, and lets the administrator in.
fn on_api(draft: &mut Draft<'_>, node: &NodeName, after: &[Edge]) {
    let manifests = draft.ground.inventory.kubernetes.manifests.clone();
    if draft.wish.kubeconfig {
        draft.own(node, "kubeconfig", Work::FetchKubeconfig, after.to_vec(), SHORT);
    }
    for (number, manifest) in (1..).zip(manifests) {
        let name = format!("apply-{number}");
        draft.own(node, &name, Work::Apply { manifest }, after.to_vec(), Duration::from_secs(120));
    }
    if let Some(host) = draft.ground.inventory.host(node) {
        draft.hooks(host, HookPoint::AfterApi, after);
    }
}

/// On a control plane that is in the cluster already: what lets others join, as far as the plan lacks it.
pub(super) fn invite(draft: &mut Draft<'_>, node: &NodeName, control_planes: bool) {
    let kubeadm = draft.kubeadm(node);
    let paths = Paths { config: draft.ground.init_config, ..Paths::default() };
    let certs = control_planes.then_some("init/upload-certs");
    let missing: Vec<&str> =
        certs.into_iter().chain([INVITE]).filter(|phase| draft.runs(node, phase).is_none()).collect();
    if missing.is_empty() {
        return;
    }
    let config = match draft.runs(node, "config") {
        Some(config) => config,
        None => draft.own(node, "config", Work::WriteConfig, Vec::new(), SHORT),
    };
    let mut after = vec![Edge::done(config)];
    for phase in missing {
        let unit = unit(&phase.into(), Vec::new(), &kubeadm, &paths);
        let id = draft.kubeadm_step(node, unit, after, Vec::new());
        after = vec![Edge::done(id)];
    }
}
