//! The list.

use super::Key;
use super::table::LIST;

/// Something the operator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(
    missing_docs,
    reason = "each is described in the list below, for readers of the code and of the help alike"
)]
pub enum Action {
    Up,
    Down,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    Top,
    Bottom,
    Left,
    Right,
    Open,
    FoldAll,
    NextPane,
    PreviousPane,
    Node(u8),
    NextFailure,
    NextWaiting,
    Matrix,
    Zoom,
    Wider,
    Narrower,
    Step,
    RunTo,
    Continue,
    Pause,
    Break,
    Retry,
    /// Publish again what a failed join needs, then try it again.
    PublishAgain,
    Skip,
    Stop,
    Kill,
    Reset,
    Abort,
    Mark,
    Unmark,
    Explain,
    Why,
    Diagnosis,
    Preview,
    Config,
    Files,
    Pki,
    Check,
    Edit,
    Shell,
    Lesson,
    NextPage,
    PreviousPage,
    DoPage,
    Contents,
    Search,
    NextMatch,
    PreviousMatch,
    Filter,
    FilterOut,
    Follow,
    Freeze,
    Wrap,
    Times,
    PreviousAttempt,
    NextAttempt,
    NextError,
    PreviousError,
    Select,
    CopyLine,
    CopyAll,
    Pager,
    Split,
    Pin,
    ClosePane,
    EveryNode,
    ByNode,
    TimeBar,
    Slower,
    Faster,
    Still,
    Play,
    Earlier,
    Later,
    NoteBefore,
    NextNote,
    NextTrouble,
    Beginning,
    Now,
    Palette,
    Help,
    Theme,
    More,
    Drawer,
    Mouse,
    Redraw,
    Suspend,
    Cancel,
    Close,
    Quit,
}

/// Where an action belongs, in the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Getting about.
    Move,
    /// Conducting the run.
    Run,
    /// Looking closer.
    Look,
    /// A lesson.
    Lesson,
    /// Output.
    Log,
    /// Back and forth in the run's time.
    Time,
    /// The console itself.
    Console,
}

impl Scope {
    /// All, in the order of the help.
    pub const ALL: [Self; 7] =
        [Self::Run, Self::Move, Self::Look, Self::Log, Self::Lesson, Self::Time, Self::Console];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Getting about",
            Self::Run => "Conducting the run",
            Self::Look => "Looking closer",
            Self::Lesson => "A lesson",
            Self::Log => "Output",
            Self::Time => "Looking back",
            Self::Console => "The console",
        }
    }
}

/// One action as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub action: Action,
    /// What the palette and the key file call it.
    pub name: &'static str,
    /// A few words for the status bar.
    pub short: &'static str,
    /// A sentence without a full stop.
    pub title: &'static str,
    /// Where it belongs.
    pub scope: Scope,
    /// Its keys unless the operator has others.
    pub keys: &'static [&'static str],
}

impl Entry {
    /// Its keys unless the operator has others.
    pub fn default_keys(&self) -> Vec<Key> {
        self.keys.iter().filter_map(|key| key.parse().ok()).collect()
    }
}

impl Action {
    /// Every action, in the order of the help.
    pub const fn list() -> &'static [Entry] {
        LIST
    }

    /// The action of that name.
    pub fn named(name: &str) -> Option<Self> {
        LIST.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }

    /// Whether it acts on the cluster in a way that can't be taken back: it has an upper-case key, and is asked about first.
    pub const fn is_dangerous(self) -> bool {
        matches!(self, Self::PublishAgain | Self::Skip | Self::Kill | Self::Reset | Self::Abort)
    }

    /// Whether its keys are for the time bar: they do it while that is open, whatever else they are for.
    pub const fn is_of_time_bar(self) -> bool {
        matches!(
            self,
            Self::Play
                | Self::Earlier
                | Self::Later
                | Self::NoteBefore
                | Self::NextNote
                | Self::NextTrouble
                | Self::Beginning
                | Self::Now
        )
    }

    /// How it is told.
    pub fn entry(self) -> Option<&'static Entry> {
        LIST.iter().find(|entry| entry.action == self)
    }
}
