//! Colours, glyphs and keys of the console, from the command line, the environment and the operator's files.

use std::ffi::OsString;
use std::path::PathBuf;

use color_eyre::eyre::{Context as _, Result, bail};

use super::args::{Colour, ConsoleArgs};
use super::session;
use crate::tui::{Keymap, Look, Theme};

/// A key file this large is none.
const LARGEST: u64 = 256 * 1024;

/// What the console begins with.
pub(super) struct Outfit {
    pub(super) look: Look,
    pub(super) theme: Theme,
    pub(super) keys: Keymap,
    pub(super) mouse: bool,
    pub(super) bell: bool,
}

/// Everything of it. What is wrong with the operator's themes is told, and no reason to stop; a key that does
/// something else than it should is one.
pub(super) fn outfit(args: &ConsoleArgs, colour: Colour) -> Result<Outfit> {
    let (look, theme) = look(args, colour)?;
    Ok(Outfit { look, theme, keys: keys(colour)?, mouse: !args.no_mouse, bell: !args.no_bell })
}

/// The keys, with the changes of `keys.yaml` in the configuration directory if it is there.
fn keys(colour: Colour) -> Result<Keymap> {
    let Some(path) = config_dir(|name| std::env::var_os(name)).map(|dir| dir.join("keys.yaml")) else {
        return Ok(Keymap::default());
    };
    let shown = path.display();
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Keymap::default()),
        Err(error) => return Err(error).wrap_err_with(|| format!("can't read the keys in {shown}")),
        Ok(found) if found.len() > LARGEST => bail!("{shown} is too large for a key file"),
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(&path).wrap_err_with(|| format!("can't read the keys in {shown}"))?;
    match Keymap::patched(&shown.to_string(), text) {
        Ok(keys) => Ok(keys),
        Err(wrong) => {
            session::show(&wrong, colour)?;
            bail!(
                "the keys in {shown} are not usable; without that file they are as `kubestep generate keys` prints them"
            )
        }
    }
}

/// The themes there are, and the one to begin with. What is wrong with the operator's own is told, and no reason to stop.
fn look(args: &ConsoleArgs, colour: Colour) -> Result<(Look, Theme)> {
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
