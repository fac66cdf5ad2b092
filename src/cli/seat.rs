//! Where the operator sits: at the console, or before lines of text.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::PathBuf;

use color_eyre::eyre::{Result, bail};

use super::args::{Colour, ConsoleArgs, FaceArgs, Output};
use super::watch::{AtConsole, Watch};
use super::{look, session};
use crate::report::Faces;
use crate::tui;

/// Where the operator sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    /// At the console.
    Console,
    /// Before lines of text, or nobody at all.
    Lines,
}

impl Seat {
    /// At the console where there is a terminal for it and nobody asked for something else.
    pub(super) fn choose(auto: bool, face: &FaceArgs, console: &ConsoleArgs) -> Result<Self> {
        let ends = [std::io::stdin().is_terminal(), std::io::stdout().is_terminal()];
        let env = |name: &str| std::env::var_os(name);
        let hindrance = hindrance(ends, env);
        if console.console {
            return match hindrance {
                Some(why) => bail!("the console can't be shown: {why}"),
                None => Ok(Self::Console),
            };
        }
        let is_ci = env("CI").is_some_and(|value| !value.is_empty() && value != "false");
        let lines = auto || face.output != Output::Text || hindrance.is_some() || is_ci;
        Ok(if lines { Self::Lines } else { Self::Console })
    }
}

/// Why the console can't be shown.
fn hindrance([stdin, stdout]: [bool; 2], env: impl Fn(&str) -> Option<OsString>) -> Option<&'static str> {
    let term = env("TERM").filter(|term| !term.is_empty());
    match term {
        _ if !stdin => Some("standard input is not a terminal"),
        _ if !stdout => Some("standard output is not a terminal"),
        None => Some("TERM is not set"),
        Some(term) if term == "dumb" => Some("TERM is dumb"),
        Some(_) => None,
    }
}

/// The faces of a seat, and what stays with whoever sits there.
pub(super) fn faces(
    seat: Seat,
    args: &FaceArgs,
    console: &ConsoleArgs,
    colour: Colour,
    journal: Option<PathBuf>,
    resume: Option<String>,
) -> Result<(Faces, Watch)> {
    match seat {
        Seat::Lines => Ok((session::faces(args, colour, journal, resume)?, Watch::default())),
        Seat::Console => {
            let mut faces = session::reports(args)?;
            let (feed, inbox) = tui::feed();
            faces.add(Box::new(feed));
            let farewell = session::plain(args, colour, journal.clone(), resume);
            let outfit = look::outfit(console, colour)?;
            Ok((faces, Watch(Some(AtConsole { inbox, farewell, outfit, journal, lesson: None }))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_says_why_it_can_not_be_shown() {
        let xterm = |name: &str| (name == "TERM").then(|| OsString::from("xterm"));
        let dumb = |name: &str| (name == "TERM").then(|| OsString::from("dumb"));
        assert_eq!(hindrance([true, true], xterm), None);
        assert_eq!(hindrance([true, true], dumb), Some("TERM is dumb"));
        assert_eq!(hindrance([true, true], |_| Some(OsString::new())), Some("TERM is not set"));
        assert_eq!(hindrance([true, false], xterm), Some("standard output is not a terminal"));
        assert_eq!(hindrance([false, true], xterm), Some("standard input is not a terminal"));
    }
}
