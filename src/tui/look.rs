//! How the console is to look: which themes there are, which one is taken, and what the terminal can show.

use std::ffi::OsString;
use std::path::Path;

use super::theme::{Background, Depth, Glyphs, Theme, Themes, UnknownTheme};
use crate::diag::Diagnostic;
use crate::report::colour::ColourChoice;

/// Themes, and the terminal they are fitted to.
#[derive(Debug, Clone)]
pub struct Look {
    /// Ours and the operator's.
    pub themes: Themes,
    depth: Depth,
    glyphs: Glyphs,
}

impl Look {
    /// What this terminal can show, with the operator's themes from `directory`; and what is wrong with these.
    pub fn detect(
        choice: ColourChoice,
        env: impl Fn(&str) -> Option<OsString>,
        directory: Option<&Path>,
    ) -> (Self, Vec<Diagnostic>) {
        let (themes, wrong) =
            directory.map_or_else(|| (Themes::shipped(), Vec::new()), Themes::with_directory);
        let look = Self { themes, depth: Depth::detect(choice, &env), glyphs: Glyphs::detect(&env) };
        (look, wrong)
    }

    /// The theme of that name, or the one that fits the terminal's background.
    pub fn theme(
        &self,
        name: Option<&str>,
        env: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Theme, UnknownTheme> {
        let name = name.unwrap_or_else(|| Background::detect(env).default_theme());
        self.named(name)
    }

    /// The theme of that name, fitted to the terminal.
    pub fn named(&self, name: &str) -> Result<Theme, UnknownTheme> {
        self.themes.theme(name, self.depth, self.glyphs)
    }
}
