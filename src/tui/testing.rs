//! Models to test views with, made of the events of simulated runs, and the screen as text.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use tokio::sync::mpsc;
use unicode_width::UnicodeWidthStr as _;

use super::action::{Key, Keymap};
use super::effect::Effect;
use super::feed::Batch;
use super::message::Message;
use super::model::Model;
use super::theme::Theme;
use super::update::update;
use super::view::view;
use crate::clock::Clock;
use crate::engine::{Engine, Policy};
use crate::event::{Envelope, EventKind, FORMAT, NodeInfo};
use crate::ids::{NodeName, RunId, StepId};
use crate::inventory::model::Inventory;
use crate::inventory::{self, ThisMachine};
use crate::plan::Wish;
use crate::runner::{Context, Face, Goal, Hands, Planner, Recorder, Run};
use crate::secret::Redactor;
use crate::sim::{Rack, RackSpec, Scenario};
use crate::state::RunState;
use crate::version::Version;

/// The rack of the demo.
const GOLDENTOOTH: &str = include_str!("../../inventory/goldentooth.yaml");

/// A simulated run to be, with every leaf a step of its own.
pub(crate) struct Demo {
    inventory: Inventory,
    scenario: Scenario,
    policy: Policy,
    wish: Wish,
}

impl Demo {
    /// The rack of the demo, and nothing goes wrong.
    pub(crate) fn goldentooth() -> Self {
        Self::on(GOLDENTOOTH)
    }

    /// Control planes `c1`…, workers `w001`….
    pub(crate) fn rack(planes: usize, workers: usize) -> Self {
        let mut text = String::from(
            "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: rack }\nspec:\n  kubernetes: \
             { controlPlaneEndpoint: 10.4.0.10:6443, podSubnet: 192.168.0.0/16, serviceSubnet: 172.16.0.0/20 }\n  hosts:\n",
        );
        let hosts = (1..=planes).map(|n| (format!("c{n}"), "control-plane", n));
        let hosts = hosts.chain((1..=workers).map(|n| (format!("w{n:03}"), "worker", 100 + n)));
        for (name, role, n) in hosts {
            let address = format!("10.4.{}.{}", n / 200, 11 + n % 200);
            writeln!(
                text,
                "    - {{ name: {name}, role: {role}, rack: r{}, ssh: {{ address: {address} }} }}",
                n % 4
            )
            .unwrap();
        }
        Self::on(&text)
    }

    fn on(text: &str) -> Self {
        let (mut inventory, _) =
            inventory::parse(Path::new("rack.yaml"), text.to_owned(), &ThisMachine).unwrap();
        inventory.kubernetes.version = Some(Version::new(1, 29, 6));
        let roles = inventory.hosts.iter().map(|host| (host.name.clone(), host.role)).collect();
        let policy = Policy { retries: 0, ..Policy::auto(roles) };
        let wish = Wish { leaves: true, ..Wish::default() };
        Self { inventory, scenario: Scenario::uneventful(), policy, wish }
    }

    /// With these faults, one flow mapping each.
    pub(crate) fn faults(mut self, faults: &[&str]) -> Self {
        let list: String = faults.iter().fold(String::new(), |list, fault| list + "  - " + fault + "\n");
        self.scenario =
            Scenario::parse("test", &format!("name: test\nabout: a test\nfaults:\n{list}")).unwrap();
        self
    }

    /// Leaves a phase out.
    pub(crate) fn skip(mut self, phase: &str, reason: &str) -> Self {
        self.policy.skips.push((phase.to_owned(), reason.to_owned()));
        self
    }

    /// So many nodes at once.
    pub(crate) const fn at_once(mut self, nodes: usize) -> Self {
        self.policy.nodes_at_once = nodes;
        self.policy.joins_at_once = nodes;
        self
    }

    /// What happens in it, to its end, on virtual time.
    pub(crate) fn events(self) -> Vec<Envelope> {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().start_paused(true).build().unwrap().block_on(self.go())
    }

    async fn go(self) -> Vec<Envelope> {
        let Self { inventory, scenario, policy, wish } = self;
        let clock = Clock::simulated("2026-11-22T10:00:00Z".parse().unwrap(), 1.0);
        let spec = RackSpec::from_inventory(&inventory, Version::new(1, 29, 6)).with_scenario(scenario);
        let rack = Rack::new(spec, clock.clone(), 1);
        let (to_links, links) = mpsc::channel(64);
        rack.report_links(to_links);
        let (_to_run, commands) = mpsc::channel(64);
        let run = RunId::new("test");
        let node = |host: &inventory::model::Host| NodeInfo {
            name: host.name.clone(),
            role: host.role,
            address: host.ssh.address.clone(),
            rack: host.rack.clone(),
        };
        let started = EventKind::RunStarted {
            format: FORMAT,
            run: run.clone(),
            cluster: inventory.cluster.clone(),
            command: "demo".to_owned(),
            inventory: "rack.yaml".to_owned(),
            resumes: None,
            nodes: inventory.hosts.iter().map(node).collect(),
        };
        let seen = Seen::default();
        let context = Context::new(Hands::Sim(rack), clock.clone(), inventory, Redactor::default(), run);
        let recorder = Recorder::new(clock, None, seen.clone());
        let planner = Planner { goal: Goal::Cluster, wish, former: None };
        let asks = tokio::sync::mpsc::channel(1).1;
        let _ = Run { context, engine: Engine::new(policy), recorder, planner, commands, asks, links }
            .go(started)
            .await;
        seen.0.lock().unwrap().clone()
    }
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Envelope>>>);

impl Face for Seen {
    fn event(&mut self, envelope: &Envelope, _: &RunState) -> io::Result<()> {
        self.0.lock().unwrap().push(envelope.clone());
        Ok(())
    }

    fn finish(&mut self, _: &RunState) -> io::Result<()> {
        Ok(())
    }
}

/// A step by its names.
pub(crate) fn step(node: &str, phase: &str) -> StepId {
    StepId::new(NodeName::new(node).unwrap(), phase)
}

/// The events up to the first start of a step, with it.
pub(crate) fn until(events: &[Envelope], node: &str, phase: &str) -> Vec<Envelope> {
    let wanted = step(node, phase);
    let is_it = |event: &Envelope| {
        matches!(&event.kind, EventKind::StepStarted { node, phase, .. }
            if *node == wanted.node && *phase == wanted.phase)
    };
    let end = events.iter().position(is_it).unwrap();
    events[..=end].to_vec()
}

/// Adds an event of our own at the end, a second later.
pub(crate) fn then(mut events: Vec<Envelope>, kind: EventKind) -> Vec<Envelope> {
    let last = events.last().unwrap();
    let second = Duration::from_secs(1);
    let event = Envelope {
        seq: last.seq + 1,
        at: last.at.checked_add(second).unwrap(),
        elapsed: last.elapsed + second,
        kind,
    };
    events.push(event);
    events
}

/// A console of this size before anything happened: dark, all colours, Unicode.
pub(crate) fn model(width: u16, height: u16) -> Model {
    Model::new(Theme::default(), Keymap::default(), Size { width, height })
}

/// Takes in events, in one batch.
pub(crate) fn play(model: &mut Model, events: impl IntoIterator<Item = Envelope>) {
    let batch = Batch { events: events.into_iter().collect(), ..Batch::default() };
    update(model, Message::Events(batch));
}

/// Presses keys one after the other: `s`, `C-u`, `enter` …
pub(crate) fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for key in keys.split_whitespace() {
        let key: Key = key.parse().unwrap();
        effects.extend(update(model, Message::Key(key.event())));
    }
    effects
}

/// The screen as it is drawn.
pub(crate) fn buffer(model: &Model) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(model.size.width, model.size.height)).unwrap();
    terminal.draw(|frame| view(model, frame)).unwrap().buffer.clone()
}

/// The screen as text.
pub(crate) fn screen(model: &Model) -> String {
    let mut text = String::new();
    for row in rows(&buffer(model)) {
        let mut skip = 0;
        let mut line = String::new();
        for cell in row {
            if skip == 0 {
                line.push_str(cell.symbol());
                skip = cell.symbol().width().max(1);
            }
            skip -= 1;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn rows(buffer: &Buffer) -> impl Iterator<Item = &[ratatui::buffer::Cell]> {
    buffer.content.chunks(usize::from(buffer.area.width).max(1))
}
