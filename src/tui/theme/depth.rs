//! How many colours a terminal can show.

use std::ffi::OsString;

use crate::report::colour::{ColourChoice, decide};

/// From most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Depth {
    /// Sixteen million.
    #[default]
    True,
    /// The 256 of xterm: six levels each of red, green and blue, and 24 greys.
    Indexed256,
    /// The sixteen whose looks the terminal's own theme decides.
    Ansi16,
    /// None: bold, dim, underlined, reversed.
    Mono,
}

/// Terminals that show all colours and may not say so, by the beginning of `TERM`.
const TRUE_TERMS: [&str; 7] =
    ["xterm-kitty", "xterm-ghostty", "alacritty", "wezterm", "foot", "contour", "rio"];
/// The same by `TERM_PROGRAM`.
const TRUE_PROGRAMS: [&str; 6] = ["iTerm.app", "WezTerm", "ghostty", "vscode", "Hyper", "rio"];
/// Terminals without colours.
const COLOURLESS: [&str; 5] = ["vt52", "vt100", "vt102", "vt220", "dumb"];

impl Depth {
    /// For the console, which is on a terminal: `--color`, `NO_COLOR`, `FORCE_COLOR` (0 to 3) and `CLICOLOR_FORCE`
    /// say whether, `COLORTERM`, `TERM` and the terminals' own variables how many.
    pub fn detect(choice: ColourChoice, env: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| env(name).unwrap_or_default().to_string_lossy().into_owned();
        let offered = Self::offered(text);
        let asked = match choice {
            ColourChoice::Auto if text("NO_COLOR").is_empty() => text("FORCE_COLOR"),
            _ => String::new(),
        };
        let forced = matches!(text("CLICOLOR_FORCE").as_str(), value if !value.is_empty() && value != "0");
        match asked.as_str() {
            "0" | "false" => Self::Mono,
            "2" => Self::Indexed256,
            "3" => Self::True,
            "" if !decide(choice, &env, true) => Self::Mono,
            "" if choice == ColourChoice::Auto && !forced => offered,
            _ => offered.min(Self::Ansi16),
        }
    }

    /// What the terminal has.
    fn offered(text: impl Fn(&str) -> String) -> Self {
        let (term, program) = (text("TERM"), text("TERM_PROGRAM"));
        let says_true = matches!(text("COLORTERM").as_str(), "truecolor" | "24bit");
        // GNU screen hands COLORTERM on from the terminal around it, and shows 256 itself.
        let screen = term.starts_with("screen") && text("TMUX").is_empty();
        if term.is_empty() || COLOURLESS.iter().any(|name| term.starts_with(name)) {
            Self::Mono
        } else if term == "linux" {
            Self::Ansi16
        } else if screen && says_true {
            Self::Indexed256
        } else if says_true
            || term.ends_with("-direct")
            || TRUE_TERMS.iter().any(|name| term.starts_with(name))
            || TRUE_PROGRAMS.contains(&program.as_str())
            || !text("WT_SESSION").is_empty()
        {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed256
        } else {
            Self::Ansi16
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(choice: ColourChoice, vars: &str) -> Depth {
        let vars: Vec<_> = vars.split_whitespace().filter_map(|var| var.split_once('=')).collect();
        Depth::detect(choice, |name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_terminal_says_how_many() {
        for (vars, want) in [
            ("TERM=xterm-256color COLORTERM=truecolor", Depth::True),
            ("TERM=xterm-256color COLORTERM=24bit", Depth::True),
            ("TERM=xterm-256color COLORTERM=yes", Depth::Indexed256),
            ("TERM=xterm-256color", Depth::Indexed256),
            ("TERM=xterm-kitty", Depth::True),
            ("TERM=xterm-direct", Depth::True),
            ("TERM=xterm-256color TERM_PROGRAM=vscode", Depth::True),
            ("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", Depth::Indexed256),
            ("TERM=tmux-256color COLORTERM=truecolor TMUX=/tmp/x", Depth::True),
            ("TERM=screen.xterm-256color COLORTERM=truecolor", Depth::Indexed256),
            ("TERM=screen COLORTERM=truecolor TMUX=/tmp/x", Depth::True),
            ("TERM=xterm", Depth::Ansi16),
            ("TERM=screen", Depth::Ansi16),
            ("TERM=linux COLORTERM=truecolor", Depth::Ansi16),
            ("TERM=vt220", Depth::Mono),
            ("TERM=dumb COLORTERM=truecolor", Depth::Mono),
            ("", Depth::Mono),
        ] {
            assert_eq!(detect(ColourChoice::Auto, vars), want, "{vars}");
        }
    }

    #[test]
    fn the_operator_says_whether() {
        use ColourChoice::{Always, Auto, Never};
        for (choice, vars, want) in [
            (Never, "TERM=xterm COLORTERM=truecolor FORCE_COLOR=3", Depth::Mono),
            (Auto, "TERM=xterm COLORTERM=truecolor NO_COLOR=1", Depth::Mono),
            (Auto, "TERM=xterm NO_COLOR=1 FORCE_COLOR=3 CLICOLOR_FORCE=1", Depth::Mono),
            (Always, "TERM=xterm COLORTERM=truecolor NO_COLOR=1", Depth::True),
            (Always, "TERM=vt100", Depth::Ansi16),
            (Always, "TERM=xterm-256color FORCE_COLOR=3", Depth::Indexed256),
            (Auto, "TERM=xterm CLICOLOR=0", Depth::Mono),
            (Auto, "TERM=vt100 CLICOLOR_FORCE=1", Depth::Ansi16),
            (Auto, "TERM=vt100 CLICOLOR_FORCE=0", Depth::Mono),
            (Auto, "TERM=xterm-256color FORCE_COLOR=0", Depth::Mono),
            (Auto, "TERM=dumb FORCE_COLOR=1", Depth::Ansi16),
            (Auto, "TERM=xterm-256color FORCE_COLOR=1", Depth::Indexed256),
            (Auto, "TERM=xterm FORCE_COLOR=2", Depth::Indexed256),
            (Auto, "TERM=xterm FORCE_COLOR=3", Depth::True),
        ] {
            assert_eq!(detect(choice, vars), want, "{choice:?} {vars}");
        }
    }
}
