//! A small run to look at.

use std::time::Duration;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::catalog::class::RetryClass;
use crate::event::{Envelope, EventKind, NodeInfo, StepOutcome};
use crate::ids::{Attempt, NodeName, PhaseId, RunId, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Step, Work};
use crate::state::RunState;
use crate::survey::awaited::Awaited;
use crate::survey::facts::Facts;
use crate::tui::logs::{Logs, Pane, Panes, Scene, View, Waits, render};
use crate::tui::theme::{Glyphs, Mark, Theme};
use crate::version::Version;

pub(super) const NODES: [&str; 3] = ["bettley", "cargyll", "dalt"];

pub(super) fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

pub(super) fn id(name: &str, phase: &str) -> StepId {
    StepId::new(node(name), phase)
}

/// A run and its output, and when it is.
#[derive(Default)]
pub(super) struct Rack {
    pub(super) run: RunState,
    pub(super) logs: Logs,
    pub(super) now: Duration,
}

static UTC: TimeZone = TimeZone::UTC;

impl Rack {
    pub(super) fn new() -> Self {
        let mut rack = Self::default();
        let info = |name: &str| NodeInfo {
            name: node(name),
            role: Role::ControlPlane,
            address: "10.4.0.11".into(),
            rack: None,
        };
        rack.tell(EventKind::RunStarted {
            format: 1,
            run: RunId::new("r1"),
            cluster: "goldentooth".into(),
            command: "run".into(),
            inventory: "i.yaml".into(),
            resumes: None,
            nodes: NODES.map(info).to_vec(),
        });
        let facts = Facts { kubeadm: Some(Version::new(1, 29, 6)), ..Facts::default() };
        rack.tell(EventKind::NodeFacts { node: node("bettley"), facts: Box::new(facts) });
        let kubeadm = |args: &str| Work::Kubeadm { args: args.split(' ').map(str::to_owned).collect() };
        let steps = NODES.iter().flat_map(|name| {
            [
                step(name, "connect", Work::Connect, &[]),
                step(name, "wait-kubelet", Work::Wait { what: Awaited::Kubelet }, &[]),
                step(
                    name,
                    "init/certs",
                    kubeadm("init phase certs all --config /etc/kubestep/kubeadm.yaml"),
                    &["init/certs/ca", "init/certs/apiserver"],
                ),
                step(name, "join/control-plane-prepare/download-certs", kubeadm("join phase x"), &[]),
            ]
        });
        rack.tell(EventKind::PlanExtended { steps: steps.collect(), complete: true });
        rack
    }

    pub(super) fn tell(&mut self, kind: EventKind) {
        let envelope = Envelope {
            seq: self.run.seq + 1,
            at: "2026-11-22T10:00:00Z".parse().unwrap(),
            elapsed: self.now,
            kind,
        };
        self.run.apply(&envelope);
        self.logs.apply(&envelope);
    }

    pub(super) fn start(&mut self, step: &StepId, attempt: u32) {
        let StepId { node, phase } = step.clone();
        self.tell(EventKind::StepStarted {
            node,
            phase,
            attempt: Attempt(attempt),
            command: None,
            reattached: false,
        });
    }

    pub(super) fn print(&mut self, step: &StepId, attempt: u32, text: &str) {
        let StepId { node, phase } = step.clone();
        let lines = text.lines().map(crate::text::sanitize).collect();
        self.tell(EventKind::StepOutput { node, phase, attempt: Attempt(attempt), lines });
    }

    pub(super) fn end(&mut self, step: &StepId, attempt: u32, outcome: StepOutcome, reason: Option<&str>) {
        let StepId { node, phase } = step.clone();
        self.tell(EventKind::StepFinished {
            node,
            phase,
            attempt: Attempt(attempt),
            outcome,
            duration: Duration::from_secs(4),
            rc: None,
            reason: reason.map(str::to_owned),
            diagnosis: None,
            lacking: vec![],
        });
    }

    pub(super) fn wait(&mut self, step: &StepId, waiting_for: &str, facts: &[(&str, &str)]) {
        let StepId { node, phase } = step.clone();
        let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.tell(EventKind::WaitFacts { node, phase, waiting_for: waiting_for.to_owned(), facts });
    }

    pub(super) fn seen(&mut self, step: &StepId, leaf: &str) {
        let StepId { node, phase } = step.clone();
        self.tell(EventKind::PhaseSeen { node, phase: leaf.into(), within: phase });
    }

    pub(super) fn later(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
    }

    /// Lets a pane look at a step, in a frame of that size.
    pub(super) fn view(&self, pane: &mut Pane, width: u16, height: u16) -> View<'_> {
        let step = self.run.step(pane.step().unwrap()).unwrap();
        let shows = (step.id().clone(), pane.shown_attempt(step));
        let ring = self.logs.of(&shows.0, shows.1);
        pane.catch_up(Some(shows), ring);
        View { ring, attempts: &step.attempts, width: width - 2, height: height - 2 }
    }

    fn scene<'a>(&'a self, theme: &'a Theme) -> Scene<'a> {
        Scene { logs: &self.logs, run: &self.run, theme, now: self.now, zone: &UTC, opens: "o" }
    }

    pub(super) fn draw(
        &self,
        pane: &Pane,
        (width, height): (u16, u16),
        glyphs: Glyphs,
        why: Option<&str>,
    ) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let theme = theme(glyphs);
        let scene = self.scene(&theme);
        let waits = why.map(|why| Waits { mark: Mark::Waiting, why: why.to_owned() });
        terminal.draw(|frame| render(frame, frame.area(), pane, &scene, waits.as_ref(), true)).unwrap();
        text_of(&terminal)
    }

    /// The style of the first cell of `text`, which the pane shows.
    pub(super) fn style_at(&self, pane: &Pane, text: &str) -> Style {
        let mut terminal = Terminal::new(TestBackend::new(120, 30)).unwrap();
        let theme = theme(Glyphs::Unicode);
        let scene = self.scene(&theme);
        terminal.draw(|frame| render(frame, frame.area(), pane, &scene, None, true)).unwrap();
        let screen = text_of(&terminal);
        let (y, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap();
        let x = line[..line.find(text).unwrap()].chars().count();
        terminal.backend().buffer()[(u16::try_from(x).unwrap(), u16::try_from(y).unwrap())].style()
    }

    pub(super) fn draw_all(&self, panes: &Panes, (width, height): (u16, u16)) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        self.draw_on(&mut terminal, panes);
        text_of(&terminal)
    }

    pub(super) fn draw_on(&self, terminal: &mut Terminal<TestBackend>, panes: &Panes) {
        let theme = theme(Glyphs::Unicode);
        let scene = self.scene(&theme);
        terminal
            .draw(|frame| {
                for (at, area) in panes.areas(frame.area()) {
                    render(frame, area, panes.get(at).unwrap(), &scene, None, at == panes.active());
                }
            })
            .unwrap();
    }

    pub(super) fn settle(&mut self, panes: &mut Panes) {
        panes.settle(&self.run, &mut self.logs, None, self.now);
    }

    pub(super) fn act(&self, panes: &mut Panes, action: crate::tui::logs::LogAction, area: Rect) {
        let at = panes.active();
        let view = panes.view(at, &self.logs, &self.run, area);
        panes.get_mut(at).unwrap().act(action, &view);
    }
}

fn step(name: &str, phase: &str, work: Work, covers: &[&str]) -> Step {
    Step {
        id: id(name, phase),
        work,
        after: vec![],
        holds: vec![],
        covers: covers.iter().map(|leaf| PhaseId::new(*leaf)).collect(),
        retry: RetryClass::Safe,
        budget: Duration::from_mins(1),
    }
}

pub(super) fn theme(glyphs: Glyphs) -> Theme {
    let mut theme = Theme::default();
    theme.glyphs = glyphs;
    theme
}

/// What is on the screen; what a wide character takes is there once.
fn text_of(terminal: &Terminal<TestBackend>) -> String {
    use unicode_width::UnicodeWidthStr;

    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += u16::try_from(symbol.width()).unwrap().max(1);
        }
        text.push('\n');
    }
    text
}
