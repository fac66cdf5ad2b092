//! A theme as this terminal can show it.

use ratatui::style::Style;
use ratatui::symbols::border;

use super::fit::{Poorer, fit};
use super::scheme::Scheme;
use super::{Background, Depth, Glyphs, Role, Themes, UnknownTheme};

/// Colours and glyphs, fitted to the terminal.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// As in its file.
    pub name: String,
    /// Which characters.
    pub glyphs: Glyphs,
    /// How many colours.
    pub depth: Depth,
    pub(super) styles: [Style; Role::ALL.len()],
}

impl Theme {
    /// One of ours in all its colours. With the operator's own or on lesser terminals: `Themes::theme`.
    pub fn named(name: &str) -> Result<Self, UnknownTheme> {
        Themes::shipped().theme(name, Depth::True, Glyphs::Unicode)
    }

    /// How `role` looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The lines around a pane; without colours the shape of the lines says where the focus is.
    pub fn frame(&self, focused: bool) -> (border::Set<'static>, Style) {
        match (focused, self.depth) {
            (false, _) => (self.glyphs.border(), self.style(Role::Border)),
            (true, Depth::Mono) => (self.glyphs.strong_border(), self.style(Role::Focus)),
            (true, _) => (self.glyphs.border(), self.style(Role::Focus)),
        }
    }
}

impl Default for Theme {
    /// The default for dark terminals, in all its colours.
    fn default() -> Self {
        Self::named(Background::Dark.default_theme()).unwrap_or_else(|_| {
            let bare = Scheme::bare("bare");
            let poorer = Poorer { sixteen: &bare, none: &bare };
            fit(&bare, &poorer, Depth::True, Glyphs::Unicode)
        })
    }
}
