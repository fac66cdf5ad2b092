//! Which characters a terminal can show.

use std::borrow::Cow;
use std::ffi::OsString;

use ratatui::symbols::{border, scrollbar};
use unicode_width::UnicodeWidthChar;

use crate::report::locale_is_unicode;

/// A set of characters, each one column wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Glyphs {
    /// Beyond ASCII: lines, marks.
    #[default]
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// Declares characters that have two forms of the same width.
macro_rules! glyphs {
    ($($(#[$doc:meta])+ $name:ident $unicode:literal $ascii:literal;)+) => {
        impl Glyphs {
            $($(#[$doc])+ pub const fn $name(self) -> &'static str { self.pick($unicode, $ascii) })+

            /// All of them, for tests.
            #[cfg(test)]
            pub(super) const PAIRS: &[(&str, &str, &str)] = &[$((stringify!($name), $unicode, $ascii)),+];
        }
    };
}

glyphs! {
    /// Before a row of the tree that has others after it on its level.
    branch "├─" "|-";
    /// Before the last row of its level.
    last_branch "└─" "`-";
    /// Below a branch, beside the rows under it.
    stem "│ " "| ";
    /// A group whose rows are hidden.
    folded "▸" ">";
    /// A group whose rows are shown.
    unfolded "▾" "v";
    /// A breakpoint.
    breakpoint "◆" "B";
    /// A marked row.
    marked "▌" "*";
    /// Where text was cut off.
    ellipsis "…" "~";
    /// Before the items of a list.
    bullet "•" "*";
    /// Between facts on one line.
    dot "·" "-";
    /// From one thing to the next.
    arrow "→" "->";
    /// Where a long line goes on.
    wrapped "↳" "\\";
    /// How often.
    times "×" "x";
    /// More above.
    up "▲" "^";
    /// More below.
    down "▼" "v";
    /// More to the left.
    left "◂" "<";
    /// More to the right.
    right "▸" ">";
    /// A line across.
    horizontal "─" "-";
    /// A line down.
    vertical "│" "|";
    /// A check that passed.
    check "✔" "+";
    /// A check that found an error.
    cross "✖" "x";
    /// A check that found something to think of.
    caution "▲" "!";
    /// A check that could not be made.
    unknown "?" "?";
    /// A check that does not apply.
    nothing "·" ".";
    /// A whole cell of a bar.
    bar_full "█" "#";
    /// Half a cell of a bar.
    bar_half "▌" "-";
    /// An empty cell of a bar.
    bar_empty "░" ".";
}

/// Borders where no lines can be drawn.
const ASCII_BORDER: border::Set<'_> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

impl Glyphs {
    /// By the locale; the Linux console has letters and lines in its font, but few of our marks.
    pub fn detect(env: impl Fn(&str) -> Option<OsString>) -> Self {
        let console = env("TERM").is_some_and(|term| term == "linux");
        if locale_is_unicode(env) && !console { Self::Unicode } else { Self::Ascii }
    }

    /// The one of two forms that fits.
    pub const fn pick<'a>(self, unicode: &'a str, ascii: &'a str) -> &'a str {
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }

    /// Lines around a pane.
    pub const fn border(self) -> border::Set<'static> {
        match self {
            Self::Unicode => border::PLAIN,
            Self::Ascii => ASCII_BORDER,
        }
    }

    /// Lines around the pane that has the focus, where colour can't say it.
    pub const fn strong_border(self) -> border::Set<'static> {
        match self {
            Self::Unicode => border::THICK,
            Self::Ascii => border::Set { horizontal_top: "=", horizontal_bottom: "=", ..ASCII_BORDER },
        }
    }

    /// The parts of a scrollbar that stands on a border.
    pub const fn scrollbar(self) -> scrollbar::Set<'static> {
        match self {
            Self::Unicode => scrollbar::Set { track: "│", thumb: "┃", begin: "│", end: "│" },
            Self::Ascii => scrollbar::Set { track: "|", thumb: "#", begin: "|", end: "|" },
        }
    }

    /// A bar of `width` columns for `done` of `total`: the part that is filled, and the rest. It is full only when
    /// all is done, and empty only when nothing is.
    pub fn bar(self, width: usize, done: usize, total: usize) -> (String, String) {
        let whole = width * 2;
        let halves = match whole.saturating_mul(done).checked_div(total) {
            None => 0,
            Some(_) if done >= total => whole,
            Some(halves) => halves.max(usize::from(done > 0)).min(whole.saturating_sub(1)),
        };
        let mut filled = self.bar_full().repeat(halves / 2);
        if halves % 2 == 1 {
            filled.push_str(self.bar_half());
        }
        (filled, self.bar_empty().repeat(width - halves.div_ceil(2)))
    }

    /// `text` as this terminal can show it, as wide as before: without Unicode, what is not ASCII becomes its
    /// likeness or `?`.
    pub fn fit(self, text: &str) -> Cow<'_, str> {
        if self == Self::Unicode || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut fitted = String::with_capacity(text.len());
        for character in text.chars() {
            if character.is_ascii() {
                fitted.push(character);
            } else {
                fitted.push_str(likeness(character));
            }
        }
        Cow::Owned(fitted)
    }
}

/// The ASCII text of the same width that looks most like a character beyond ASCII.
fn likeness(character: char) -> &'static str {
    match character {
        '‘' | '’' | '′' | '´' => "'",
        '“' | '”' | '″' | '„' | '«' | '»' => "\"",
        '‐'..='―' | '−' | '─' | '━' => "-",
        '│' | '┃' | '├' | '┤' => "|",
        '└' | '┌' | '┐' | '┘' | '┼' | '┬' | '┴' | '✓' | '✔' => "+",
        '…' => "~",
        '•' | '●' | '◦' => "*",
        '·' => ".",
        '×' | '✗' | '✘' | '✖' => "x",
        '→' => ">",
        '←' => "<",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => " ",
        other => ["", "?", "??", "???"][other.width().unwrap_or(0).min(3)],
    }
}
