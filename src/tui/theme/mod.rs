//! How things look: roles to colours, marks to glyphs, for every kind of terminal.
//!
//! ```text
//! role        what colours are for            mark    states: glyph, word and role
//! colour      as files write them             glyphs  every character beyond ASCII
//! draft       one file of `themes/`           scheme  a draft over those it extends
//! library     ours and the operator's         fit     a scheme on a terminal with fewer colours
//! depth       how many colours there are      background  dark or light
//! fitted      what the view asks: role to style
//! ```

mod background;
mod colour;
mod depth;
mod draft;
mod fit;
mod fitted;
mod glyphs;
mod library;
mod mark;
mod role;
mod scheme;
#[cfg(test)]
mod tests;

pub use background::Background;
pub use depth::Depth;
pub use fitted::Theme;
pub use glyphs::Glyphs;
pub use library::{Themes, UnknownTheme};
pub use mark::Mark;
pub use role::Role;

use colour::Colour;
