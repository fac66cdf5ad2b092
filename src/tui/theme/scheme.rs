//! A theme before it is fitted to a terminal.

use indexmap::IndexMap;
use ratatui::style::Modifier;

use super::{Background, Colour, Role};

/// Everything a theme's file and those it extends say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scheme {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) background: Background,
    pub(super) palette: IndexMap<String, Colour>,
    pub(super) wishes: [Wish; Role::ALL.len()],
}

/// How a role is to look, its colours by the names the files give them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Wish {
    pub(super) fg: Option<String>,
    pub(super) bg: Option<String>,
    pub(super) modifier: Modifier,
}

/// The same with the palette's colours; what is absent is what lies beneath.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) fg: Option<Colour>,
    pub(super) bg: Option<Colour>,
    pub(super) modifier: Modifier,
}

impl Scheme {
    /// A theme that says nothing: the terminal's own colours.
    pub(super) fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: name.to_owned(),
            background: Background::default(),
            palette: IndexMap::new(),
            wishes: Default::default(),
        }
    }

    /// What a name or a written colour stands for.
    pub(super) fn colour(&self, text: &str) -> Option<Colour> {
        self.palette.get(text).copied().or_else(|| Colour::parse(text))
    }

    /// How `role` looks.
    pub(super) fn look(&self, role: Role) -> Look {
        let wish = &self.wishes[role as usize];
        let colour = |text: &Option<String>| text.as_deref().and_then(|text| self.colour(text));
        Look { fg: colour(&wish.fg), bg: colour(&wish.bg), modifier: wish.modifier }
    }
}
