//! Connections to the hosts of an inventory, and to those that come to it later.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use color_eyre::eyre::Result;
use tokio::sync::mpsc;

use super::args::SshArgs;
use super::passwords::Passwords;
use crate::ids::NodeName;
use crate::inventory::model::{Host, Inventory};
use crate::runner::Enrol;
use crate::secret::{Redactor, Secret};
use crate::transport::LinkEvent;
use crate::transport::ssh::{Fleet, SshOptions, Target, interactive};
use crate::tui::Shells;

/// Link events waiting for the loop.
const LINKS: usize = 64;

/// What a command reaches its nodes by.
pub(super) struct Reached {
    pub(super) fleet: Fleet,
    pub(super) links: mpsc::Receiver<LinkEvent>,
    pub(super) shells: Shells,
    pub(super) enrol: Enrol,
}

/// Connections to every host, none opened yet. Passwords are asked for here, before anything else.
pub(super) fn fleet(inventory: &Inventory, args: &SshArgs, redactor: &Redactor) -> Result<Reached> {
    let (to, links) = mpsc::channel(LINKS);
    let mut passwords = Passwords::default();
    let options = SshOptions {
        accept_new_host_keys: args.accept_new_host_keys,
        connect_timeout: inventory.options.connect_timeout,
        ..SshOptions::new(seed())
    };
    let arguments: Arc<Mutex<BTreeMap<NodeName, Vec<String>>>> = Arc::default();
    let mut targets = Vec::new();
    for host in &inventory.hosts {
        let target = target(host, passwords.of(host, inventory)?, redactor);
        shell(&arguments, &target, &options)?;
        targets.push(target);
    }
    let fleet = Fleet::new(targets, options.clone(), redactor.clone(), to)?;
    let (redactor, shells) = (redactor.clone(), Shells::Ssh(Arc::clone(&arguments)));
    // From now on the terminal is somebody else's.
    passwords.ask_nobody();
    let enrol = Enrol::by(move |inventory, nodes| {
        let mut targets = Vec::new();
        for host in nodes.iter().filter_map(|node| inventory.host(node)) {
            let password =
                passwords.of(host, inventory).map_err(|error| format!("{}: {error}", host.name))?;
            let target = target(host, password, &redactor);
            shell(&arguments, &target, &options).map_err(|error| error.to_string())?;
            targets.push(target);
        }
        Ok(targets)
    });
    Ok(Reached { fleet, links, shells, enrol })
}

fn target(host: &Host, password: Option<Secret>, redactor: &Redactor) -> Target {
    if let Some(password) = &password {
        redactor.learn(password);
    }
    Target { name: host.name.clone(), ssh: host.ssh.clone(), r#become: host.r#become.clone(), password }
}

/// How the operator's own shell on the node is opened.
fn shell(
    arguments: &Mutex<BTreeMap<NodeName, Vec<String>>>,
    target: &Target,
    options: &SshOptions,
) -> Result<()> {
    let own = interactive(target, options)?;
    arguments.lock().unwrap_or_else(PoisonError::into_inner).insert(target.name.clone(), own);
    Ok(())
}

/// Random text that nodes can't guess: it sets our lines apart from theirs.
fn seed() -> Secret {
    Secret::new(format!("{:032x}", rand::random::<u128>()))
}
