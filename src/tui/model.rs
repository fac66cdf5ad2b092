//! What the console knows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Size;

use super::action::{Action, Keymap};
use super::card::Configs;
use super::lesson::Class;
use super::logs::{Logs, Panes, Source};
use super::look::Look;
use super::overlay::Overlay;
use super::rack::{Rack, RowId};
use super::theme::Theme;
use super::travel::Travel;
use crate::artifact::Artifact;
use crate::ids::{NodeName, StepId};
use crate::inventory::model::Inventory;
use crate::state::{RunState, Shelf, Status, StepState};
use crate::version::Version;

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The tree or the matrix.
    #[default]
    Rack,
    /// The output.
    Log,
    /// The lesson.
    Lesson,
}

/// The time of a world that is simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// How fast it passes; life's own pace is 1.
    pub speed: f64,
    /// Whether it stands still all the same.
    pub still: bool,
}

/// What the console knows.
#[derive(Debug)]
pub struct Model {
    /// The run, folded from its events.
    pub run: RunState,
    /// The run's time.
    pub now: Duration,
    /// How time passes in a demo; none for real machines.
    pub world: Option<World>,
    /// That another moment than now is looked at; `run`, `now` and `logs` are as they were then.
    pub travel: Option<Box<Travel>>,
    /// The driver has ended: nothing more happens.
    pub over: bool,
    /// The screen's size.
    pub size: Size,
    /// The tree.
    pub rack: Rack,
    /// All output.
    pub logs: Logs,
    /// What is shown of it.
    pub panes: Panes,
    /// Only the pane with the focus is on the screen.
    pub zoomed: bool,
    /// Columns that the operator gave to the rack, or took from it.
    pub rack_width: i16,
    /// Where keys go.
    pub focus: Focus,
    /// What the operator wants; none for a run that is replayed.
    pub inventory: Option<Arc<Inventory>>,
    /// kubeadm's configurations written so far.
    pub configs: Configs,
    /// The lesson beside it, if there is one.
    pub lesson: Option<Class>,
    /// Files of nodes that were asked for them outside of any step.
    pub seen: BTreeMap<NodeName, Shelf>,
    /// What lies over the screen, the topmost last.
    pub overlays: Vec<Box<dyn Overlay>>,
    /// Which themes there are; none in tests that don't choose among them.
    pub look: Option<Look>,
    /// Colours and glyphs.
    pub theme: Theme,
    /// Keys.
    pub keys: Keymap,
    /// The last word to the operator, and when.
    pub word: Option<(Duration, String)>,
    /// The last actions, the latest first.
    pub recent: Vec<Action>,
    /// The status bar has two lines.
    pub more: bool,
    /// The mouse is ours.
    pub mouse: bool,
    /// Whether the screen is out of date.
    pub dirty: bool,
}

impl Model {
    /// A console before anything happened.
    pub fn new(theme: Theme, keys: Keymap, size: Size) -> Self {
        Self {
            run: RunState::default(),
            now: Duration::ZERO,
            world: None,
            travel: None,
            over: false,
            size,
            rack: Rack::default(),
            logs: Logs::default(),
            panes: Panes::only(Source::Selected),
            zoomed: false,
            rack_width: 0,
            focus: Focus::default(),
            inventory: None,
            configs: Configs::default(),
            lesson: None,
            seen: BTreeMap::new(),
            overlays: Vec::new(),
            look: None,
            theme,
            keys,
            word: None,
            recent: Vec::new(),
            more: false,
            mouse: true,
            dirty: true,
        }
    }

    /// Why nothing can be done to the cluster from here; none where it can.
    pub fn only_looks(&self) -> Option<String> {
        let travel = self.travel.as_ref()?;
        if travel.replays.is_some() {
            return Some("this is a replay, there is no cluster behind it".to_owned());
        }
        let back = self.keys.shown(Action::Close);
        Some(format!("you look at the past: {back} leads back to now"))
    }

    /// The run as it is by now, whatever moment is looked at.
    pub fn by_now(&self) -> &RunState {
        self.travel
            .as_ref()
            .and_then(|travel| travel.present.as_ref())
            .map_or(&self.run, |present| &present.run)
    }

    /// The step under the cursor.
    pub fn selected_step(&self) -> Option<&StepId> {
        self.rack.selected()?.id.step()
    }

    /// The step whose output goes with the cursor: the selected one; of a node or a group the one that runs there, else
    /// the one that failed, else the one that ended last, else the next.
    pub fn shown_step(&self) -> Option<&StepId> {
        let row = &self.rack.selected()?.id;
        if row.step().is_some() {
            return row.step();
        }
        let group = match row {
            RowId::Group(_, group) => Some(group.as_str()),
            _ => None,
        };
        let steps = self.run.steps_of(row.node());
        let own = steps.filter(|step| group.is_none_or(|group| step.id().phase.is_within(group)));
        let weight = |step: &&StepState| match (step.status, &step.end) {
            (Status::Running { since, .. }, _) => (3, since),
            (Status::Failed | Status::RetryPlanned { .. }, Some(end)) => (2, end.at),
            (_, Some(end)) => (1, end.at),
            _ => (0, Duration::ZERO),
        };
        // Of those that wait, the first one is next.
        own.rev().max_by_key(weight).map(StepState::id)
    }

    /// The kubeadm of a node, or the cluster's version where it didn't say.
    pub fn version_of(&self, node: &NodeName) -> Version {
        let own = || self.run.node(node)?.facts.as_ref()?.kubeadm.clone();
        let wanted = || self.inventory.as_ref()?.kubernetes.version.clone();
        own().or_else(wanted).unwrap_or_else(|| Version::new(1, 29, 0))
    }

    /// The files of a node as they were seen last, with who wrote them.
    pub fn files_of(&self, node: &NodeName) -> Option<&Shelf> {
        let seen = self.seen.get(node).filter(|_| self.travel.is_none());
        seen.or_else(|| self.run.node(node).map(|node| &node.files))
    }

    /// Whether nodes can be asked: they are there, and it is now.
    pub fn can_ask(&self) -> bool {
        !self.over && self.travel.is_none() && self.inventory.is_some()
    }

    /// A file of a node as it was seen last.
    pub fn file(&self, node: &NodeName, path: &str) -> Option<&Artifact> {
        self.files_of(node)?.get(path)
    }

    /// Says a word to the operator.
    pub fn say(&mut self, text: impl Into<String>) {
        self.word = Some((self.now, text.into()));
        self.dirty = true;
    }

    /// Lays `overlay` over the screen.
    pub fn lay(&mut self, overlay: impl Overlay + 'static) {
        self.overlays.push(Box::new(overlay));
        self.dirty = true;
    }
}
