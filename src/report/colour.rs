//! Whether to use colour.

use std::ffi::OsString;

/// What the operator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourChoice {
    /// Where it helps.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// Decides by the flag, else by `NO_COLOR` (no-color.org), `CLICOLOR_FORCE` and `CLICOLOR`
/// (bixense.com/clicolors), `TERM=dumb`, and whether the output is a terminal.
pub fn decide(choice: ColourChoice, env: impl Fn(&str) -> Option<OsString>, is_tty: bool) -> bool {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let is = |name: &str, what: &str| set(name).is_some_and(|value| value == what);
    match choice {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        ColourChoice::Auto if set("NO_COLOR").is_some() => false,
        ColourChoice::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColourChoice::Auto => is_tty && !is("TERM", "dumb") && !is("CLICOLOR", "0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_then_the_environment_then_the_terminal() {
        let auto = |vars: &[(&str, &str)], tty| {
            let env = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
            decide(ColourChoice::Auto, env, tty)
        };
        assert!(auto(&[], true));
        assert!(!auto(&[], false));
        assert!(!auto(&[("NO_COLOR", "1")], true));
        assert!(auto(&[("NO_COLOR", "")], true));
        assert!(auto(&[("CLICOLOR_FORCE", "1")], false));
        assert!(!auto(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!auto(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true));
        assert!(!auto(&[("TERM", "dumb")], true));
        assert!(!auto(&[("CLICOLOR", "0")], true));
        let no_colour = |_: &str| Some("1".into());
        assert!(decide(ColourChoice::Always, no_colour, false));
        assert!(!decide(ColourChoice::Never, |_| None, true));
    }
}
