//! The first words with a node: who are we there, is there room, which boot is it?

use std::time::Duration;

use super::classify;
use super::exchange::Exchange;
use super::follow::{not_writable, pause};
use super::link::{Link, Trouble, Wire};
use super::program::Task;
use super::root::{self, Root};
use super::short::Collected;
use crate::inventory::model::BecomeMethod;
use crate::secret::Secret;
use crate::transport::error::Fault;
use crate::transport::request::Greeting;

/// Beyond the connection itself: for the login shell's start-up files and sudo's PAM modules.
const WORDS: Duration = Duration::from_secs(15);

/// Connects, becomes root, makes ready. Tries again what may pass, within the options' time.
pub(super) async fn greet(link: &Link) -> Result<Greeting, Fault> {
    let limit = link.shared.options.connect_timeout;
    let begun = link.shared.clock.elapsed();
    let mut broken = 0;
    loop {
        let left = limit.saturating_sub(link.shared.clock.elapsed().saturating_sub(begun));
        let fault = match once(link, left.max(Duration::from_millis(500)), broken).await {
            Ok(greeting) => return Ok(greeting),
            Err(fault) => fault,
        };
        broken += 1;
        let next = link.shared.clock.elapsed().saturating_sub(begun) + pause(broken);
        if !fault.is_passing() || next >= limit {
            return Err(fault);
        }
        tokio::time::sleep(pause(broken)).await;
    }
}

async fn once(link: &Link, limit: Duration, broken: u32) -> Result<Greeting, Fault> {
    let wire = link.wire(limit).await?;
    let words = async {
        let root = match link.greeted(|greeted| greeted.root) {
            Some(root) => root,
            None => way_to_root(link, &wire).await?,
        };
        link.learn(|greeted| greeted.root = Some(root));
        hello(link, &wire).await
    };
    let trouble = match tokio::time::timeout(limit + WORDS, words).await {
        Ok(Ok(greeting)) => return Ok(greeting),
        Ok(Err(trouble)) => trouble,
        Err(_) => Trouble::Fault(Fault::Shell { detail: "logged in, but `sh` does not answer".to_owned() }),
    };
    Err(link.after(&wire, trouble, broken).await)
}

async fn hello(link: &Link, wire: &Wire) -> Result<Greeting, Trouble> {
    let new = link.word();
    let begun = link.shared.clock.elapsed();
    let end = link.exchange(wire, Task::Hello { new: &new }, &mut Collected::default()).await?;
    let round_trip = link.shared.clock.elapsed().saturating_sub(begun);
    if let Some(boot) = end.strip_prefix("hello ") {
        link.learn(|greeted| greeted.boot = Some(boot.to_owned()));
        let new_host_key = link.greeted(|greeted| greeted.new_host_key.clone());
        return Ok(Greeting { boot: boot.to_owned(), new_host_key, round_trip });
    }
    let detail = end.strip_prefix("full").unwrap_or(&end);
    Err(Trouble::Fault(not_writable(detail, &link.shared.options.base_dir)))
}

async fn way_to_root(link: &Link, wire: &Wire) -> Result<Root, Trouble> {
    if link.target.r#become.method == BecomeMethod::None {
        return Ok(Root::Login);
    }
    let text = root::question();
    let mut said = Collected::default();
    link.exchange_as(wire, Root::Login, Task::Ask { text: &text }, &mut said).await?;
    let way = root::answer(&String::from_utf8_lossy(&said.stdout), link.target.password.is_some())
        .map_err(Trouble::Fault)?;
    if let (Root::SudoPassword, Some(password)) = (way, &link.target.password) {
        try_password(link, wire, password).await?;
    }
    Ok(way)
}

async fn try_password(link: &Link, wire: &Wire, password: &Secret) -> Result<(), Trouble> {
    let exchange: Exchange = link.open(wire, root::TRIAL).await?;
    let said = exchange.talk(&Secret::new(format!("{}\n", password.expose()))).await;
    if said.contains(root::TRIAL_PASSED) {
        Ok(())
    } else if said.trim().is_empty() {
        Err(Trouble::BrokeOff("sudo said nothing".to_owned()))
    } else {
        Err(Trouble::Fault(classify::sudo(&said)))
    }
}
