//! How things look: roles to colours, marks to glyphs, for every kind of terminal.

mod glyphs;
mod mark;
mod role;

use ratatui::style::{Color, Modifier, Style};

pub use glyphs::Glyphs;
pub use mark::Mark;
pub use role::Role;

/// Colours and glyphs, fitted to the terminal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Theme {
    /// As in its file.
    pub name: String,
    /// Which characters.
    pub glyphs: Glyphs,
}

impl Theme {
    /// How `role` looks.
    pub fn style(&self, role: Role) -> Style {
        match role {
            Role::Text => Style::new(),
            Role::Dim | Role::Border => Style::new().fg(Color::DarkGray),
            Role::Title => Style::new().add_modifier(Modifier::BOLD),
            Role::Selection => Style::new().add_modifier(Modifier::REVERSED),
            _ => Style::new().fg(Color::Cyan),
        }
    }
}
