//! What colours are for.

/// A use of colour; themes give each a style, everything drawn names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Ordinary text, and the background behind everything.
    Text,
    /// What matters less: times, units, folded counts.
    Dim,
    /// Headings, names of nodes, titles of panes.
    Title,
    /// Frames of panes without the focus.
    Border,
    /// The frame of the pane with the focus.
    Focus,
    /// The selected row.
    Selection,
    /// Marked rows.
    Marked,
    /// Keys in the status bar, the help and the palette.
    Key,
    /// What can't be done now.
    Disabled,
    /// The header and the status bar.
    Bar,
    /// Something under way.
    Running,
    /// Something that waits for its turn.
    Waiting,
    /// Something done.
    Done,
    /// Something that failed.
    Failed,
    /// Something left out.
    Skipped,
    /// Something ended by us.
    Stopped,
    /// Something that will be tried again.
    Retry,
    /// The operator is waited for; breakpoints.
    Operator,
    /// A warning.
    Warning,
    /// A word on the side.
    Note,
    /// What acts on the cluster and can't be taken back.
    Danger,
    /// Times before lines of output.
    LogTime,
    /// Tags of kubeadm's lines: `[certs]`.
    LogTag,
    /// Lines of klog that merely inform.
    LogKlog,
    /// Warnings in output.
    LogWarning,
    /// Errors in output.
    LogError,
    /// What a search found.
    Match,
    /// The one of them that is looked at.
    MatchHere,
    /// Added lines of a diff.
    Added,
    /// Removed lines of a diff.
    Removed,
}

impl Role {
    /// Every role, in the order of a theme's file.
    pub const ALL: [Self; 30] = [
        Self::Text,
        Self::Dim,
        Self::Title,
        Self::Border,
        Self::Focus,
        Self::Selection,
        Self::Marked,
        Self::Key,
        Self::Disabled,
        Self::Bar,
        Self::Running,
        Self::Waiting,
        Self::Done,
        Self::Failed,
        Self::Skipped,
        Self::Stopped,
        Self::Retry,
        Self::Operator,
        Self::Warning,
        Self::Note,
        Self::Danger,
        Self::LogTime,
        Self::LogTag,
        Self::LogKlog,
        Self::LogWarning,
        Self::LogError,
        Self::Match,
        Self::MatchHere,
        Self::Added,
        Self::Removed,
    ];
    /// As themes' files call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Dim => "dim",
            Self::Title => "title",
            Self::Border => "border",
            Self::Focus => "focus",
            Self::Selection => "selection",
            Self::Marked => "marked",
            Self::Key => "key",
            Self::Disabled => "disabled",
            Self::Bar => "bar",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Stopped => "stopped",
            Self::Retry => "retry",
            Self::Operator => "operator",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Danger => "danger",
            Self::LogTime => "log-time",
            Self::LogTag => "log-tag",
            Self::LogKlog => "log-klog",
            Self::LogWarning => "log-warning",
            Self::LogError => "log-error",
            Self::Match => "match",
            Self::MatchHere => "match-here",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}
