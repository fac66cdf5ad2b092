//! A small run at every stage, and a console at it.

use std::time::Duration;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;

use crate::catalog::class::RetryClass;
use crate::event::{Envelope, EventKind, NodeInfo, Pace, StepOutcome};
use crate::ids::{Attempt, NodeName, RunId, StepId};
use crate::inventory::model::Role;
use crate::plan::step::{Edge, Step, Work};
use crate::state::Command;
use crate::survey::facts::Facts;
use crate::tui::action::{Key, Keymap};
use crate::tui::effect::Effect;
use crate::tui::feed::Batch;
use crate::tui::logs::Source;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::rack::RowId;
use crate::tui::theme::Theme;
use crate::tui::update::update;
use crate::tui::view::view;
use crate::version::Version;

/// A control plane, two more, two workers; the phases of each, in order.
type Phases = &'static [(&'static str, RetryClass)];
const PLAN: [(&str, Role, Phases); 4] = [
    (
        "bettley",
        Role::ControlPlane,
        &[
            ("init/preflight", RetryClass::Safe),
            ("init/certs/ca", RetryClass::Safe),
            ("init/certs/apiserver", RetryClass::Safe),
            ("init/upload-certs", RetryClass::Safe),
            ("init/addon/coredns", RetryClass::Safe),
        ],
    ),
    (
        "cargyll",
        Role::ControlPlane,
        &[
            ("join/control-plane-prepare/download-certs", RetryClass::Safe),
            ("join/etcd-join", RetryClass::NeedsCleanUp),
        ],
    ),
    (
        "erenford",
        Role::Worker,
        &[("join/preflight", RetryClass::Safe), ("join/kubelet-start", RetryClass::NeverAlone)],
    ),
    (
        "fenn",
        Role::Worker,
        &[("join/preflight", RetryClass::Safe), ("join/kubelet-start", RetryClass::NeverAlone)],
    ),
];

pub fn id(text: &str) -> StepId {
    let (node, phase) = text.split_once(':').unwrap();
    StepId::new(NodeName::new(node).unwrap(), phase)
}

pub struct Bench {
    pub model: Model,
    /// The texts with which the operator was called.
    pub calls: Vec<String>,
    seq: u64,
    idle: u64,
}

impl Bench {
    /// Planned and paused; nothing has run. The joins wait for `init/upload-certs`.
    pub fn paused() -> Self {
        Self::sized(80, 24)
    }

    pub fn sized(width: u16, height: u16) -> Self {
        let model = Model::new(Theme::default(), Keymap::default(), Size { width, height });
        let mut bench = Self { model, calls: Vec::new(), seq: 0, idle: 0 };
        let info = |(name, role): (&str, Role)| NodeInfo {
            name: NodeName::new(name).unwrap(),
            role,
            address: "10.4.0.1".into(),
            rack: None,
        };
        bench.happens(EventKind::RunStarted {
            format: crate::event::FORMAT,
            run: RunId::new("r1"),
            cluster: "goldentooth".into(),
            command: "run".into(),
            inventory: "i.yaml".into(),
            resumes: None,
            nodes: PLAN.iter().map(|(name, role, _)| info((name, *role))).collect(),
        });
        bench.happens(EventKind::Conduct {
            interactive: true,
            pace: Pace::Paused,
            nodes_at_once: 9,
            joins_at_once: 9,
        });
        let facts = Facts { kubeadm: Some(Version::new(1, 29, 6)), ..Facts::default() };
        let node = NodeName::new("bettley").unwrap();
        bench.happens(EventKind::NodeFacts { node, facts: Box::new(facts) });
        bench.happens(EventKind::PlanExtended { steps: steps(), complete: true });
        bench
    }

    pub fn happens(&mut self, kind: EventKind) {
        self.seq += 1;
        let elapsed = Duration::from_secs(self.seq + self.idle);
        let envelope = Envelope { seq: self.seq, at: jiff::Timestamp::UNIX_EPOCH, elapsed, kind };
        let batch = Batch { events: [envelope].into_iter().collect(), ..Batch::default() };
        for effect in self.take(Message::Events(batch)) {
            match effect {
                Effect::Call(text) => self.calls.push(text),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Takes a message; whatever came of it, the pane that goes with the cursor shows what is under it.
    pub fn take(&mut self, message: Message) -> Vec<Effect> {
        let effects = update(&mut self.model, message);
        for pane in self.model.panes.iter().filter(|pane| pane.source == Source::Selected) {
            assert_eq!(pane.step(), self.model.shown_step());
        }
        effects
    }

    /// Nothing happens for so many seconds.
    pub const fn idles(&mut self, seconds: u64) {
        self.idle += seconds;
    }

    /// A step as it is planned.
    pub fn plan_of(&self, step: &str) -> crate::plan::step::Step {
        self.model.run.step(&id(step)).unwrap().plan.clone()
    }

    pub fn starts(&mut self, step: &str) {
        let StepId { node, phase } = id(step);
        let command = self.model.run.step(&id(step)).unwrap().plan.command();
        self.happens(EventKind::StepStarted { node, phase, attempt: Attempt(1), command, reattached: false });
    }

    pub fn ends(&mut self, step: &str, outcome: StepOutcome) {
        let StepId { node, phase } = id(step);
        self.happens(EventKind::StepFinished {
            node,
            phase,
            attempt: Attempt(1),
            outcome,
            duration: Duration::from_secs(1),
            rc: Some(1),
            reason: Some("it said no".into()),
            diagnosis: None,
            lacking: Vec::new(),
        });
    }

    pub fn done(&mut self, step: &str) {
        self.starts(step);
        self.ends(step, StepOutcome::Succeeded);
    }

    pub fn fails(&mut self, step: &str) {
        self.starts(step);
        self.ends(step, StepOutcome::Failed);
    }

    /// The first control plane is up: the others can join.
    pub fn first_is_up(mut self) -> Self {
        for (phase, _) in PLAN[0].2 {
            self.done(&format!("bettley:{phase}"));
        }
        self
    }

    /// Puts the cursor there: `node:phase`, or a node.
    pub fn at(&mut self, place: &str) -> &mut Self {
        let row = match place.split_once(':') {
            Some(_) => RowId::Step(id(place)),
            None => RowId::Node(NodeName::new(place).unwrap()),
        };
        super::super::moving::reveal(&mut self.model, &row);
        assert_eq!(self.model.rack.selected().map(|row| row.id.clone()), Some(row));
        self
    }

    /// Presses keys: `s`, `C-u`, `enter` …
    pub fn press(&mut self, keys: &str) -> Vec<Effect> {
        keys.split_whitespace()
            .flat_map(|key| self.take(Message::Key(key.parse::<Key>().unwrap().event())))
            .collect()
    }

    /// Writes text, a key for each letter.
    pub fn write(&mut self, text: &str) {
        for c in text.chars() {
            let code = crossterm::event::KeyCode::Char(c);
            assert_eq!(self.take(Message::Key(code.into())), []);
        }
    }

    pub fn paste(&mut self, text: &str) {
        assert_eq!(self.take(Message::Paste(text.to_owned())), []);
    }

    fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> Vec<Effect> {
        self.take(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    }

    /// Clicks on the first cell of `text` as it is on the screen.
    pub fn click(&mut self, text: &str) -> Vec<Effect> {
        let (column, row) = self.find(text);
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
    }

    pub fn click_on(&mut self, column: u16, row: u16) -> Vec<Effect> {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
    }

    pub fn wheel_at(&mut self, text: &str, down: bool) -> Vec<Effect> {
        let (column, row) = self.find(text);
        self.mouse(if down { MouseEventKind::ScrollDown } else { MouseEventKind::ScrollUp }, column, row)
    }

    /// The first cell of `text` as it is on the screen.
    pub fn find(&self, text: &str) -> (u16, u16) {
        let screen = self.screen();
        let found = screen.lines().zip(0u16..).find_map(|(line, row)| {
            let at = line.find(text)?;
            Some((u16::try_from(line[..at].chars().count()).unwrap(), row))
        });
        found.unwrap_or_else(|| panic!("no {text:?} on\n{screen}"))
    }

    pub fn screen(&self) -> String {
        let Size { width, height } = self.model.size;
        let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
        let Ok(frame) = terminal.draw(|frame| view(&self.model, frame));
        let rows = frame.buffer.content.chunks(usize::from(width));
        rows.map(|row| {
            row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned() + "\n"
        })
        .collect()
    }

    /// The last word to the operator.
    pub fn word(&self) -> &str {
        self.model.word.as_ref().map_or("", |(_, word)| word)
    }
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (node, role, phases) in PLAN {
        let mut before = match role {
            _ if node == "bettley" => None,
            _ => Some(id("bettley:init/upload-certs")),
        };
        for (phase, retry) in phases {
            let id = id(&format!("{node}:{phase}"));
            steps.push(Step {
                id: id.clone(),
                work: Work::Kubeadm { args: vec![phase.replace('/', " phase ")] },
                after: before.into_iter().map(Edge::done).collect(),
                holds: Vec::new(),
                covers: Vec::new(),
                retry: *retry,
                budget: Duration::from_mins(1),
            });
            before = Some(id);
        }
    }
    steps
}

/// The commands among `effects`, and nothing else among them.
pub fn told(effects: Vec<Effect>) -> Vec<Command> {
    effects
        .into_iter()
        .map(|effect| match effect {
            Effect::Command(command) => command,
            other => panic!("{other:?}"),
        })
        .collect()
}
