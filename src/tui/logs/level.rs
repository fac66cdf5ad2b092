//! How much a line of output weighs.

use crate::catalog::output::{Line, parse};

/// What a line is, by kubeadm's grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// Anything else.
    #[default]
    Plain,
    /// Begins with a tag: `[certs] …`.
    Tag,
    /// A line of klog that merely informs.
    Klog,
    /// A hint that ends an error.
    Hint,
    /// Not a line: the place of lines that never came here.
    Gap,
    /// A warning, and what belongs to it.
    Warning,
    /// An error, and what belongs to it.
    Error,
}

impl Level {
    /// Whether one would want to jump there.
    pub const fn is_problem(self) -> bool {
        matches!(self, Self::Warning | Self::Error)
    }
}

/// Reads lines one after the other, and knows which problem is still being told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reader {
    told: Option<Level>,
}

impl Reader {
    /// The level of the next line, and whether it goes on with the problem of the line before.
    pub(super) fn read(&mut self, text: &str) -> (Level, bool) {
        let level = match parse(text) {
            Line::Progress { .. } => Level::Tag,
            Line::Warning { .. } | Line::Klog { level: 'W', .. } => Level::Warning,
            Line::Error { .. } | Line::Fatal { .. } | Line::Klog { level: 'E' | 'F', .. } => Level::Error,
            Line::Klog { .. } => Level::Klog,
            Line::Hint(_) => Level::Hint,
            Line::Continuation(_) => return (self.told.unwrap_or_default(), self.told.is_some()),
        };
        self.told = level.is_problem().then_some(level);
        (level, false)
    }

    /// Lines are missing here: what comes next goes on with nothing.
    pub(super) const fn interrupt(&mut self) {
        self.told = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_with_a_problem_weighs_as_much() {
        let mut reader = Reader::default();
        for (text, level, continues) in [
            ("[preflight] Running pre-flight checks", Level::Tag, false),
            ("You can also perform this action beforehand", Level::Plain, false),
            ("    [WARNING Swap]: running with swap on is not supported.", Level::Warning, false),
            ("Please disable swap", Level::Warning, true),
            ("I1122 10:10:55.090838   29397 version.go:65] hello", Level::Klog, false),
            ("plain again", Level::Plain, false),
            ("E1122 10:10:55.090838   29397 remote.go:65] no connection", Level::Error, false),
            (", error: exit status 1", Level::Error, true),
            ("error execution phase preflight: [preflight] Some fatal errors occurred:", Level::Error, false),
            ("    [ERROR CRI]: container runtime is not running: output:", Level::Error, false),
            ("time=\"2026\" level=fatal", Level::Error, true),
            ("To see the stack trace of this error execute with --v=5 or higher", Level::Hint, false),
            ("the end", Level::Plain, false),
        ] {
            assert_eq!(reader.read(text), (level, continues), "{text}");
        }
    }
}
