//! Colours, glyphs and keys of the console, from the command line, the environment and the operator's files.

use std::ffi::OsString;
use std::path::PathBuf;

use color_eyre::eyre::Result;

use super::args::{Colour, ConsoleArgs};
use super::session;
use crate::tui::{Look, Theme};

/// The themes there are, and the one to begin with. What is wrong with the operator's own is told, and no reason to stop.
pub(super) fn look(args: &ConsoleArgs, colour: Colour) -> Result<(Look, Theme)> {
    let env = |name: &str| std::env::var_os(name);
    let directory = config_dir(env).map(|dir| dir.join("themes"));
    let (look, wrong) = Look::detect(session::colour_choice(colour), env, directory.as_deref());
    session::show(&wrong, colour)?;
    let theme = look.theme(args.theme.as_deref(), env)?;
    Ok((look, theme))
}

/// `$XDG_CONFIG_HOME/kubestep`, else `~/.config/kubestep`.
fn config_dir(env: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
    base.map(|base| base.join("kubestep"))
}
