//! The list.

/// Something the operator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
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
    Check,
    Edit,
    Shell,
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
    Select,
    CopyLine,
    CopyAll,
    Pager,
    Split,
    Pin,
    ClosePane,
    EveryNode,
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
    /// Output.
    Log,
    /// The console itself.
    Console,
}

impl Scope {
    /// All, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Run, Self::Move, Self::Look, Self::Log, Self::Console];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Getting about",
            Self::Run => "Conducting the run",
            Self::Look => "Looking closer",
            Self::Log => "Output",
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

const fn entry(
    action: Action,
    name: &'static str,
    short: &'static str,
    title: &'static str,
    scope: Scope,
    keys: &'static [&'static str],
) -> Entry {
    Entry { action, name, short, title, scope, keys }
}

const LIST: &[Entry] = &[
    entry(
        Action::Step,
        "step",
        "step",
        "Run the selected step, or the next that can run",
        Scope::Run,
        &["s"],
    ),
    entry(
        Action::RunTo,
        "run-to",
        "run to here",
        "Run what the selected step needs, and the step, then pause",
        Scope::Run,
        &["u"],
    ),
    entry(
        Action::Continue,
        "continue",
        "continue",
        "Run whatever can run, until a breakpoint or a failure",
        Scope::Run,
        &["c"],
    ),
    entry(
        Action::Pause,
        "pause",
        "pause",
        "Start nothing more; what runs goes on. Again: continue",
        Scope::Run,
        &["space"],
    ),
    entry(
        Action::Break,
        "break",
        "break",
        "Set or take away a breakpoint before the step",
        Scope::Run,
        &["b"],
    ),
    entry(Action::Retry, "retry", "retry", "Try a failed or stopped step again", Scope::Run, &["r"]),
    entry(Action::Skip, "skip", "skip", "Leave the step out, with a reason", Scope::Run, &["S"]),
    entry(Action::Stop, "stop", "stop", "Stop the running step on its node", Scope::Run, &["x"]),
    entry(Action::Kill, "kill", "kill", "Kill the running step on its node at once", Scope::Run, &["X"]),
    entry(
        Action::Reset,
        "reset",
        "reset node",
        "Take the node out of the cluster and begin it anew",
        Scope::Run,
        &["R"],
    ),
    entry(
        Action::Abort,
        "abort",
        "abort",
        "End the run: let running phases end, or stop them",
        Scope::Run,
        &["A"],
    ),
    entry(Action::Mark, "mark", "mark", "Mark the node, to act on several together", Scope::Run, &["m"]),
    entry(Action::Unmark, "unmark", "unmark all", "Take all marks away", Scope::Run, &["M"]),
    entry(Action::Up, "up", "up", "Move up, or scroll the output", Scope::Move, &["k", "up"]),
    entry(Action::Down, "down", "down", "Move down, or scroll the output", Scope::Move, &["j", "down"]),
    entry(
        Action::Left,
        "left",
        "fold",
        "Fold, or scroll the output to the left",
        Scope::Move,
        &["h", "left"],
    ),
    entry(
        Action::Right,
        "right",
        "unfold",
        "Unfold, or scroll the output to the right",
        Scope::Move,
        &["l", "right"],
    ),
    entry(
        Action::Open,
        "open",
        "open",
        "Fold or unfold a node or group; show a step's output",
        Scope::Move,
        &["enter"],
    ),
    entry(
        Action::FoldAll,
        "fold-all",
        "fold all",
        "Fold all nodes; again: unfold as they need it",
        Scope::Move,
        &["Z"],
    ),
    entry(Action::HalfUp, "half-up", "half up", "Half a page up", Scope::Move, &["C-u"]),
    entry(Action::HalfDown, "half-down", "half down", "Half a page down", Scope::Move, &["C-d"]),
    entry(Action::PageUp, "page-up", "page up", "A page up", Scope::Move, &["pageup"]),
    entry(Action::PageDown, "page-down", "page down", "A page down", Scope::Move, &["pagedown"]),
    entry(Action::Top, "top", "top", "To the beginning", Scope::Move, &["g", "home"]),
    entry(Action::Bottom, "bottom", "bottom", "To the end; output follows again", Scope::Move, &["G", "end"]),
    entry(Action::NextPane, "next-pane", "next pane", "The next pane", Scope::Move, &["tab"]),
    entry(Action::PreviousPane, "previous-pane", "previous pane", "The pane before", Scope::Move, &["S-tab"]),
    entry(
        Action::Node(1),
        "node-1",
        "node 1",
        "To the first node; 2 to 9: to the others",
        Scope::Move,
        &["1"],
    ),
    entry(Action::Node(2), "node-2", "node 2", "To the second node", Scope::Move, &["2"]),
    entry(Action::Node(3), "node-3", "node 3", "To the third node", Scope::Move, &["3"]),
    entry(Action::Node(4), "node-4", "node 4", "To the fourth node", Scope::Move, &["4"]),
    entry(Action::Node(5), "node-5", "node 5", "To the fifth node", Scope::Move, &["5"]),
    entry(Action::Node(6), "node-6", "node 6", "To the sixth node", Scope::Move, &["6"]),
    entry(Action::Node(7), "node-7", "node 7", "To the seventh node", Scope::Move, &["7"]),
    entry(Action::Node(8), "node-8", "node 8", "To the eighth node", Scope::Move, &["8"]),
    entry(Action::Node(9), "node-9", "node 9", "To the ninth node", Scope::Move, &["9"]),
    entry(
        Action::NextFailure,
        "next-failure",
        "next failure",
        "To the next failed step",
        Scope::Move,
        &["!"],
    ),
    entry(
        Action::NextWaiting,
        "next-waiting",
        "next wait",
        "To the next step that waits for something, or for you",
        Scope::Move,
        &["N"],
    ),
    entry(
        Action::Matrix,
        "matrix",
        "matrix",
        "Nodes across and phases down, or the tree",
        Scope::Move,
        &["V"],
    ),
    entry(Action::Zoom, "zoom", "zoom", "The pane alone on the screen, or all", Scope::Move, &["z"]),
    entry(Action::Wider, "wider", "wider", "More room for the rack", Scope::Move, &["+"]),
    entry(Action::Narrower, "narrower", "narrower", "Less room for the rack", Scope::Move, &["-"]),
    entry(
        Action::Explain,
        "explain",
        "explain",
        "What the phase does, needs and writes",
        Scope::Look,
        &["e"],
    ),
    entry(Action::Why, "why", "why", "Why the step is not running", Scope::Look, &["w"]),
    entry(
        Action::Diagnosis,
        "diagnosis",
        "diagnosis",
        "Why the step failed, and what to do",
        Scope::Look,
        &["D"],
    ),
    entry(
        Action::Preview,
        "preview",
        "preview",
        "What the next step would run and write",
        Scope::Look,
        &["p"],
    ),
    entry(
        Action::Config,
        "config",
        "config",
        "kubeadm's configuration on the node, and what changed in it",
        Scope::Look,
        &["d"],
    ),
    entry(Action::Check, "check", "checks", "What the checks found, node by node", Scope::Look, &["C"]),
    entry(
        Action::Edit,
        "edit",
        "edit",
        "Edit the inventory, and apply it to what has not run",
        Scope::Look,
        &["E"],
    ),
    entry(Action::Shell, "shell", "shell", "A shell on the node", Scope::Look, &["t"]),
    entry(Action::Search, "search", "search", "Search the output", Scope::Log, &["/"]),
    entry(Action::NextMatch, "next-match", "next match", "The next line found", Scope::Log, &["n"]),
    entry(
        Action::PreviousMatch,
        "previous-match",
        "previous match",
        "The line found before",
        Scope::Log,
        &["P"],
    ),
    entry(Action::Filter, "filter", "filter", "Only lines that match", Scope::Log, &["&"]),
    entry(Action::FilterOut, "filter-out", "filter out", "Only lines that don't match", Scope::Log, &["^"]),
    entry(Action::Follow, "follow", "follow", "Stay at the end of the output, or not", Scope::Log, &["f"]),
    entry(Action::Freeze, "freeze", "freeze", "Hold the output still, or let it go on", Scope::Log, &["F"]),
    entry(Action::Wrap, "wrap", "wrap", "Break long lines, or not", Scope::Log, &["W"]),
    entry(
        Action::Times,
        "times",
        "times",
        "Times before lines: none, the run's, the calendar's",
        Scope::Log,
        &["T"],
    ),
    entry(
        Action::PreviousAttempt,
        "previous-attempt",
        "attempt before",
        "The output of the attempt before",
        Scope::Log,
        &["["],
    ),
    entry(
        Action::NextAttempt,
        "next-attempt",
        "next attempt",
        "The output of the next attempt",
        Scope::Log,
        &["]"],
    ),
    entry(
        Action::NextError,
        "next-error",
        "next error",
        "The next error or warning in the output",
        Scope::Log,
        &["}"],
    ),
    entry(Action::Select, "select", "select", "Begin or end a range of lines", Scope::Log, &["v"]),
    entry(Action::CopyLine, "copy", "copy", "Copy the line, or the range", Scope::Log, &["y"]),
    entry(Action::CopyAll, "copy-all", "copy all", "Copy the step's output", Scope::Log, &["Y"]),
    entry(Action::Pager, "pager", "pager", "The whole output in $PAGER", Scope::Log, &["o"]),
    entry(Action::Split, "split", "split", "One more pane of output", Scope::Log, &["|"]),
    entry(
        Action::Pin,
        "pin",
        "pin",
        "Keep the pane at its step, or let it go with the selection",
        Scope::Log,
        &["i"],
    ),
    entry(Action::ClosePane, "close-pane", "close pane", "Close the pane", Scope::Log, &["_"]),
    entry(
        Action::EveryNode,
        "every-node",
        "every node",
        "A pane for each node at work, or one for the selection",
        Scope::Log,
        &["a"],
    ),
    entry(Action::Palette, "palette", "commands", "Every command by name", Scope::Console, &[":"]),
    entry(Action::Help, "help", "help", "Every key", Scope::Console, &["?", "f1"]),
    entry(Action::More, "more", "more keys", "One or two lines of keys", Scope::Console, &["."]),
    entry(Action::Theme, "theme", "theme", "Choose how the console looks", Scope::Console, &["H"]),
    entry(
        Action::Drawer,
        "drawer",
        "diagnostics",
        "kubestep's own diagnostics",
        Scope::Console,
        &["`", "f12"],
    ),
    entry(
        Action::Mouse,
        "mouse",
        "mouse",
        "Use the mouse, or leave it to the terminal",
        Scope::Console,
        &["f2"],
    ),
    entry(Action::Redraw, "redraw", "redraw", "Draw the screen anew", Scope::Console, &["C-l"]),
    entry(
        Action::Suspend,
        "suspend",
        "suspend",
        "Back to the shell until fg; what runs goes on",
        Scope::Console,
        &["C-z"],
    ),
    entry(
        Action::Cancel,
        "cancel",
        "cancel",
        "End the run; once more stops what runs",
        Scope::Console,
        &["C-c"],
    ),
    entry(
        Action::Close,
        "close",
        "close",
        "Close what is open, clear what is marked or found",
        Scope::Console,
        &["esc"],
    ),
    entry(Action::Quit, "quit", "quit", "Leave the console", Scope::Console, &["q"]),
];

impl Action {
    /// Every action, in the order of the help.
    pub const fn list() -> &'static [Entry] {
        LIST
    }

    /// The action of that name.
    pub fn named(name: &str) -> Option<Self> {
        LIST.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }

    /// How it is told.
    pub fn entry(self) -> Option<&'static Entry> {
        LIST.iter().find(|entry| entry.action == self)
    }
}
