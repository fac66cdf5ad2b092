//! From a look's answer to what is waited for, and why it is not there yet.

use crate::catalog::diagnosis::Diagnosis;
use crate::survey::awaited::Awaited;
use crate::survey::fields::{fields, yes_no};

use super::{hints, name, words};

/// What a waiting step sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// It is there.
    pub ready: bool,
    /// One sentence without a full stop: what is waited for and why it is not there yet.
    pub waiting_for: String,
    /// Name and value, for people, in a stable order.
    pub facts: Vec<(String, String)>,
    /// A known trouble that won't go away by waiting.
    pub stuck: Option<Diagnosis>,
    /// What it most likely is, if it goes on like that for long.
    pub suspect: Option<Diagnosis>,
}

impl Look {
    /// The same after a long time: what was a suspicion is the likely cause.
    #[must_use]
    pub fn after_long(mut self) -> Self {
        let suspect = self.suspect.take();
        self.stuck = self.stuck.or(suspect);
        self
    }
}

/// A look's answer as it was printed.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) what: Option<Awaited>,
    pub(super) ready: bool,
    pub(super) target: String,
    pub(super) kubelet: Kubelet,
    pub(super) api_answer: String,
    pub(super) api_failing: Vec<String>,
    pub(super) endpoint_answer: String,
    pub(super) listening: Vec<u16>,
    pub(super) manifests: Vec<String>,
    pub(super) containers: Vec<Container>,
    pub(super) whole: bool,
}

#[derive(Debug, Default)]
pub(super) struct Kubelet {
    pub(super) state: String,
    pub(super) restarts: u32,
    pub(super) healthz: String,
    pub(super) config: Option<bool>,
    pub(super) log: String,
}

#[derive(Debug, Default)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) restarts: u32,
    pub(super) log: String,
}

impl Container {
    /// It ended, or was started again.
    pub(super) fn crashes(&self) -> bool {
        self.state == "Exited" || self.restarts > 0
    }
}

/// What the look's `output` says; `output` may be anything.
pub fn parse(output: &str) -> Look {
    let seen = read(output);
    let stuck = if seen.ready { None } else { hints::stuck(&seen) };
    let suspect = if seen.ready { None } else { hints::suspect(&seen) };
    Look {
        ready: seen.ready,
        waiting_for: words::sentence(&seen),
        facts: words::facts(&seen),
        stuck,
        suspect,
    }
}

fn read(output: &str) -> Seen {
    let mut seen = Seen::default();
    for (key, value) in fields(output) {
        match key {
            "what" => {
                seen.what = [Awaited::Kubelet, Awaited::ApiServer, Awaited::Endpoint]
                    .into_iter()
                    .find(|&what| name(what) == value);
            }
            "ready" => seen.ready = yes_no(&value) == Some(true),
            "target" => seen.target = value,
            "kubelet.state" => seen.kubelet.state = value,
            "kubelet.restarts" => seen.kubelet.restarts = value.parse().unwrap_or(0),
            "kubelet.healthz" => seen.kubelet.healthz = value,
            "kubelet.config" => seen.kubelet.config = yes_no(&value),
            "kubelet.log" => seen.kubelet.log = value,
            "api.answer" => seen.api_answer = value,
            "api.failing" if seen.api_failing.len() < 100 => seen.api_failing.push(value),
            "endpoint.answer" => seen.endpoint_answer = value,
            "listening" => seen.listening.extend(value.parse::<u16>().ok()),
            "manifest" if seen.manifests.len() < 100 => seen.manifests.push(value),
            "container" => {
                let mut words = value.split_whitespace();
                if let (Some(name), Some(state)) = (words.next(), words.next()) {
                    let container = container(&mut seen.containers, name);
                    state.clone_into(&mut container.state);
                    container.restarts = words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
                }
            }
            "container.log" => {
                if let Some((name, line)) = value.split_once(' ') {
                    line.clone_into(&mut container(&mut seen.containers, name).log);
                }
            }
            "end" => seen.whole = true,
            _ => {}
        }
    }
    seen.listening.sort_unstable();
    seen.listening.dedup();
    seen.manifests.sort();
    seen.manifests.dedup();
    seen.containers.sort_by(|a, b| a.name.cmp(&b.name));
    seen
}

fn container<'a>(list: &'a mut Vec<Container>, name: &str) -> &'a mut Container {
    let at = list.iter().position(|container| container.name == name).unwrap_or_else(|| {
        list.push(Container { name: name.to_owned(), ..Container::default() });
        list.len() - 1
    });
    &mut list[at]
}
