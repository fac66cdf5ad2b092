//! sudo passwords, from where the inventory says; each source is asked once.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use color_eyre::eyre::{Context as _, Result, bail};

use crate::inventory::model::{BecomeMethod, Host, Inventory, PasswordSource};
use crate::secret::Secret;

use super::prompt;

/// What was asked for already. People may have a password for each user they log in as; the other sources don't know users.
#[derive(Default)]
pub(super) struct Passwords {
    known: HashMap<(PasswordSource, Option<String>), Secret>,
    /// The terminal is not ours any more.
    silent: bool,
}

impl Passwords {
    /// Nobody can be asked from now on.
    pub(super) const fn ask_nobody(&mut self) {
        self.silent = true;
    }

    /// The password that sudo on `host` wants.
    pub(super) fn of(&mut self, host: &Host, inventory: &Inventory) -> Result<Option<Secret>> {
        let source = &host.r#become.password;
        if host.r#become.method == BecomeMethod::None || *source == PasswordSource::None {
            return Ok(None);
        }
        let user = host.ssh.user.clone().filter(|_| *source == PasswordSource::Prompt);
        let need = (source.clone(), user);
        if let Some(password) = self.known.get(&need) {
            return Ok(Some(password.clone()));
        }
        let password = match source {
            PasswordSource::None => return Ok(None),
            PasswordSource::Env(name) => match std::env::var(name) {
                Ok(password) if !password.is_empty() => Secret::new(password),
                _ => bail!("the inventory takes the sudo password from ${name}, which is not set"),
            },
            PasswordSource::Command(_) | PasswordSource::Prompt if self.silent => bail!(
                "its sudo password was not asked for when the run began: take it from env:NAME, or end the run and go on with --resume"
            ),
            PasswordSource::Command(command) => from_command(command)?,
            PasswordSource::Prompt if prompt::possible() => prompt::hidden(&question(host, inventory))?,
            PasswordSource::Prompt => bail!(
                "the inventory says to prompt for the sudo password, but there is no terminal: use env:NAME or cmd:…"
            ),
        };
        self.known.insert(need, password.clone());
        Ok(Some(password))
    }
}

fn from_command(command: &str) -> Result<Secret> {
    let output = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .wrap_err("the inventory's command for the sudo password can't be started")?;
    if !output.status.success() {
        bail!("the inventory's command for the sudo password failed ({})", output.status);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Secret::new(line)),
        _ => bail!("the inventory's command for the sudo password printed none"),
    }
}

/// `sudo password of ops on bettley, cargyll: `
fn question(host: &Host, inventory: &Inventory) -> String {
    const NAMED: usize = 3;
    let user = host.ssh.user.as_ref().map_or_else(String::new, |user| format!(" of {user}"));
    let same = |other: &&Host| other.r#become == host.r#become && other.ssh.user == host.ssh.user;
    let nodes: Vec<&str> = inventory.hosts.iter().filter(same).map(|host| host.name.as_str()).collect();
    let named = nodes[..nodes.len().min(NAMED)].join(", ");
    let more = match nodes.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("sudo password{user} on {named}{more}: ")
}
