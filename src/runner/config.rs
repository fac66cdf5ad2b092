//! kubeadm's configuration files: on the node, 0600, for as long as the run needs them.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::ids::NodeName;
use crate::inventory::kubeadm::{
    RenderError, RunValues, init_config, init_config_shown, join_config, join_config_shown,
};
use crate::inventory::model::{Host, Inventory};
use crate::plan::step::{Step, Work};
use crate::secret::Secret;
use crate::transport::Request;

use super::Context;
use super::ask::Config;
use super::context::{INIT_CONFIG, JOIN_CONFIG};
use super::material::{Material, ca_hash};
use super::outcome::{Done, failure, last, permanent};

const LIMIT: Duration = Duration::from_secs(60);
/// Texts kept of each node.
const KEPT: usize = 8;
const CA: &str = "/etc/kubernetes/pki/ca.crt";

/// Renders and writes a node's configuration; `init`'s where the run's first control plane is.
pub(super) async fn write(context: &Context, node: &NodeName) -> Done {
    let lock = context.config_lock(node);
    let _alone = lock.lock().await;
    put(context, node).await
}

async fn put(context: &Context, node: &NodeName) -> Done {
    let leads = context.leader.borrow().as_ref() == Some(node);
    let path = if leads { INIT_CONFIG } else { JOIN_CONFIG };
    if context.material.borrow().is_none() {
        let material = read_back(context).await.unwrap_or_else(|| Material::make(&context.redactor));
        context.material.borrow_mut().get_or_insert(material);
    }
    let hash = if leads { None } else { Some(pin(context).await?) };
    let content = render(context, node, leads, hash.as_deref())?;
    if let Ok(shown) = shown_text(context, node, leads) {
        let mut written = context.written.borrow_mut();
        let written = written.entry(node.clone()).or_default();
        if written.last() != Some(&shown) {
            written.push(shown);
            let old = written.len().saturating_sub(KEPT);
            written.drain(..old);
        }
    }
    let request = Request::Put { path: path.to_owned(), mode: 0o600, content };
    let reply = context.hands.ask(node, &request, LIMIT).await?;
    if reply.rc != 0 {
        return Err(failure(format!("{path} could not be written: {}", last(&reply.stderr))));
    }
    let boot = context.boots.borrow().get(node).cloned().unwrap_or_default();
    context.configs.borrow_mut().insert((node.clone(), path), boot);
    Ok(None)
}

/// Writes the file again if the node was rebooted since: it lies in a tmpfs.
pub(super) async fn ensure(
    context: &Context,
    node: &NodeName,
    step: &Step,
) -> Result<(), crate::engine::Failure> {
    let Work::Kubeadm { args } = &step.work else { return Ok(()) };
    let Some(path) = [INIT_CONFIG, JOIN_CONFIG].into_iter().find(|path| args.iter().any(|arg| arg == path))
    else {
        return Ok(());
    };
    let lock = context.config_lock(node);
    let _alone = lock.lock().await;
    let boot = context.boots.borrow().get(node).cloned().unwrap_or_default();
    let written = context.configs.borrow().get(&(node.clone(), path)).cloned();
    if written.as_ref() == Some(&boot) {
        return Ok(());
    }
    put(context, node).await.map(|_| ())
}

/// What `node` has or gets.
pub(super) fn shown(context: &Context, node: &NodeName) -> Result<Config, String> {
    let leads = context.leader.borrow().as_ref() == Some(node);
    let path = if leads { INIT_CONFIG } else { JOIN_CONFIG };
    let now = shown_text(context, node, leads).map_err(|failure| failure.reason)?;
    let written = context.written.borrow().get(node).cloned().unwrap_or_default();
    Ok(Config { path: path.to_owned(), now, written })
}

/// Rendered with secrets masked, and all else that the run knows.
fn shown_text(context: &Context, node: &NodeName, leads: bool) -> Result<String, crate::engine::Failure> {
    let hash = context.ca_hash.borrow().clone();
    with_values(context, node, hash.as_deref(), |inventory, host, values| {
        if leads {
            init_config_shown(inventory, host, values)
        } else {
            join_config_shown(inventory, host, values)
        }
    })
}

fn render(
    context: &Context,
    node: &NodeName,
    leads: bool,
    hash: Option<&str>,
) -> Result<Secret, crate::engine::Failure> {
    with_values(context, node, hash, |inventory, host, values| {
        if leads { init_config(inventory, host, values) } else { join_config(inventory, host, values) }
    })
}

/// Gives `render` what the run decided for `node`.
fn with_values<T>(
    context: &Context,
    node: &NodeName,
    hash: Option<&str>,
    render: impl FnOnce(&Inventory, &Host, &RunValues<'_>) -> Result<T, RenderError>,
) -> Result<T, crate::engine::Failure> {
    let host = context.host(node).ok_or_else(|| permanent("the inventory hasn't got this node"))?;
    let kubeadm =
        context.kubeadm_of(node).ok_or_else(|| permanent("the node's kubeadm version is not known"))?;
    let version = context.cluster_version().ok_or_else(|| permanent("the cluster's version is not known"))?;
    let advertise = context.advertise(node).ok_or_else(|| permanent("the node's address is not known"))?;
    let first = context.leader.borrow().as_ref().and_then(|leader| context.advertise(leader));
    let material = context.material.borrow();
    // Before there are any, only a mask is shown.
    let none = Secret::new(crate::secret::MASK);
    let (token, certificate_key) =
        material.as_ref().map_or((&none, &none), |made| (&made.token, &made.certificate_key));
    let ignores = context.ignores.borrow().get(node).cloned().unwrap_or_default();
    let values = RunValues {
        version: &version,
        kubeadm: &kubeadm,
        token,
        certificate_key,
        ca_hash: hash,
        advertise,
        first_control_plane: first.unwrap_or(advertise),
        ignore_preflight: &ignores,
    };
    render(&context.inventory(), &host, &values).map_err(|error| permanent(error.to_string()))
}

/// The hash of the cluster's CA key, read once from the first control plane.
async fn pin(context: &Context) -> Result<String, crate::engine::Failure> {
    if let Some(hash) = context.ca_hash.borrow().clone() {
        return Ok(hash);
    }
    let leader =
        context.leader.borrow().clone().ok_or_else(|| permanent("there is no first control plane"))?;
    let reply = context.hands.ask(&leader, &Request::Read { path: CA.to_owned() }, LIMIT).await?;
    if reply.rc != 0 {
        return Err(failure(format!("{CA} on {leader} can't be read: {}", last(&reply.stderr))));
    }
    let hash = ca_hash(&reply.stdout).map_err(|error| permanent(error.to_string()))?;
    *context.ca_hash.borrow_mut() = Some(hash.clone());
    Ok(hash)
}

/// An earlier console's secrets, if its file is still on the first control plane.
async fn read_back(context: &Context) -> Option<Material> {
    if !context.resuming {
        return None;
    }
    let leader = context.leader.borrow().clone()?;
    let reply =
        context.hands.ask(&leader, &Request::Read { path: INIT_CONFIG.to_owned() }, LIMIT).await.ok()?;
    (reply.rc == 0).then(|| Material::read_back(&reply.stdout, &context.redactor)).flatten()
}

impl Context {
    /// Held while a node's file is being written.
    fn config_lock(&self, node: &NodeName) -> Rc<Mutex<()>> {
        Rc::clone(self.config_locks.borrow_mut().entry(node.clone()).or_default())
    }

    /// Reads an earlier console's secrets back; whether they are still there.
    pub(super) async fn recover_secrets(&self) -> bool {
        if let Some(material) = read_back(self).await {
            *self.material.borrow_mut() = Some(material);
            return true;
        }
        false
    }
}
