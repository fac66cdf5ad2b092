//! Whether the terminal is dark or light.

use std::ffi::OsString;

/// What a theme, or a terminal, is written on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Background {
    /// Light text on dark.
    #[default]
    Dark,
    /// Dark text on light.
    Light,
}

impl Background {
    /// As `COLORFGBG` says (`15;0`, `0;default;15`: text first, background last); dark where nothing does.
    pub fn detect(env: impl Fn(&str) -> Option<OsString>) -> Self {
        let colours = env("COLORFGBG").unwrap_or_default();
        let last = colours.to_string_lossy().rsplit(';').next().and_then(|number| number.parse::<u8>().ok());
        match last {
            Some(7 | 9..=15) => Self::Light,
            _ => Self::Dark,
        }
    }

    /// The theme for those who named none.
    pub const fn default_theme(self) -> &'static str {
        match self {
            Self::Dark => "default-dark",
            Self::Light => "default-light",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_light_background_that_is_named_is_light() {
        for (value, want) in [
            (None, Background::Dark),
            (Some("15;0"), Background::Dark),
            (Some("0;15"), Background::Light),
            (Some("0;default;15"), Background::Light),
            (Some("0;7"), Background::Light),
            (Some("7;8"), Background::Dark),
            (Some("12;default"), Background::Dark),
            (Some(""), Background::Dark),
            (Some("0;255"), Background::Dark),
            (Some("0;1000"), Background::Dark),
        ] {
            assert_eq!(Background::detect(|_| value.map(OsString::from)), want, "{value:?}");
        }
    }
}
