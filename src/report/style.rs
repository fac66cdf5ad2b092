//! How states look: a glyph, a word and a colour each, so that none of them carries the meaning alone.

use std::ffi::OsString;
use std::fmt::Write as _;

use crate::diag::Severity;

/// What a text face may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub colour: bool,
    /// Glyphs beyond ASCII.
    pub unicode: bool,
    /// Columns to keep to; fewer than 60 are taken for 60.
    pub width: usize,
}

/// What is said of a node, a step or a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Running,
    Waiting,
    Done,
    Failed,
    Skipped,
    Stopped,
    Retry,
    Warning,
    Note,
    Lost,
    Back,
}

impl Mark {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Stopped => "stopped",
            Self::Retry => "retry",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Lost => "link lost",
            Self::Back => "link back",
        }
    }

    /// One column wide in both sets.
    const fn glyph(self, unicode: bool) -> char {
        let (rich, plain) = match self {
            Self::Running => ('●', '>'),
            Self::Waiting => ('○', '.'),
            Self::Done | Self::Back => ('✔', '+'),
            Self::Failed => ('✖', 'x'),
            Self::Skipped => ('⊘', '-'),
            Self::Stopped => ('‖', '='),
            Self::Retry => ('↻', '~'),
            Self::Warning | Self::Lost => ('▲', '!'),
            Self::Note => ('·', '*'),
        };
        if unicode { rich } else { plain }
    }

    /// One of the terminal's sixteen colours, which its owner has chosen to be readable.
    const fn sgr(self) -> &'static str {
        match self {
            Self::Running => "36",
            Self::Done | Self::Back => "32",
            Self::Failed => "1;31",
            Self::Waiting | Self::Retry | Self::Warning | Self::Lost => "33",
            Self::Skipped | Self::Stopped | Self::Note => "2",
        }
    }
}

impl From<Severity> for Mark {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Failed,
            Severity::Warning => Self::Warning,
            Severity::Note => Self::Note,
        }
    }
}

impl Style {
    /// Neither colour nor glyphs, 80 columns.
    pub const PLAIN: Self = Self { colour: false, unicode: false, width: 80 };

    /// Glyph and word, padded to one width.
    pub(super) fn mark(&self, mark: Mark) -> String {
        self.paint(mark.sgr(), &format!("{} {:9}", mark.glyph(self.unicode), mark.word()))
    }

    /// Glyph and word, as wide as they are.
    pub(super) fn mark_short(&self, mark: Mark) -> String {
        self.mark_as(mark, mark.word())
    }

    /// The mark's glyph and colour with another word.
    pub(super) fn mark_as(&self, mark: Mark, word: &str) -> String {
        self.paint(mark.sgr(), &format!("{} {word}", mark.glyph(self.unicode)))
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) const fn bar(&self) -> &'static str {
        if self.unicode { "│ " } else { "| " }
    }

    pub(super) const fn dot(&self) -> &'static str {
        if self.unicode { " · " } else { " - " }
    }

    fn paint(&self, sgr: &str, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 12);
        if self.colour {
            let _ = write!(out, "\u{1b}[{sgr}m{text}\u{1b}[0m");
        } else {
            out.push_str(text);
        }
        out
    }
}

/// Whether the locale can show more than ASCII: the first of `LC_ALL`, `LC_CTYPE`, `LANG` that is set decides (POSIX).
pub fn locale_is_unicode(env: impl Fn(&str) -> Option<OsString>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env(name).filter(|v| !v.is_empty()));
    let locale = locale.unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthChar;

    #[test]
    fn glyphs_are_one_column_wide_and_ascii_where_asked() {
        use Mark::*;
        for mark in [Running, Waiting, Done, Failed, Skipped, Stopped, Retry, Warning, Note, Lost, Back] {
            assert_eq!(mark.glyph(true).width(), Some(1), "{mark:?}");
            assert!(mark.glyph(false).is_ascii_graphic(), "{mark:?}");
            assert!(mark.word().len() <= 9, "{mark:?}");
        }
    }

    #[test]
    fn the_first_locale_set_decides() {
        let unicode = |vars: &[(&str, &str)]| {
            locale_is_unicode(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
        };
        assert!(unicode(&[("LANG", "en_GB.UTF-8")]));
        assert!(unicode(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(!unicode(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(!unicode(&[]));
    }
}
