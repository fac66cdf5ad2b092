//! What has to be sent to a terminal to go from one screen to the next: for recordings in asciicast's form.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use serde_json::json;

/// A recording: a header, and a line for each moment at which the screen changed (asciicast version 2).
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    lines: String,
}

impl Cast {
    /// For a screen of that size.
    pub fn new(width: u16, height: u16, title: &str) -> Self {
        let header = json!({ "version": 2, "width": width, "height": height, "title": title });
        Self { lines: format!("{header}\n") }
    }

    /// Adds what was sent `seconds` after the start.
    pub fn push(&mut self, seconds: f64, bytes: &str) {
        if !bytes.is_empty() {
            let _ = writeln!(self.lines, "{}", json!([(seconds * 1000.0).round() / 1000.0, "o", bytes]));
        }
    }

    /// The file.
    pub fn text(&self) -> &str {
        &self.lines
    }
}

/// Moves, styles and text that turn the screen `former` into `screen`; everything where there was none.
pub(super) fn paint(former: Option<&Buffer>, screen: &Buffer) -> String {
    let empty = Buffer::empty(screen.area);
    let (mut out, former) = match former.filter(|former| former.area == screen.area) {
        Some(former) => (String::new(), former),
        None => ("\x1b[?25l\x1b[0m\x1b[2J".to_owned(), &empty),
    };
    let mut place = None;
    let mut style = None;
    for (x, y, cell) in former.diff(screen) {
        if place != Some((x, y)) {
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
        }
        let wanted = (cell.fg, cell.bg, cell.modifier);
        if style != Some(wanted) {
            out.push_str(&sgr(cell));
            style = Some(wanted);
        }
        out.push_str(cell.symbol());
        place =
            Some((x + u16::try_from(unicode_width::UnicodeWidthStr::width(cell.symbol())).unwrap_or(1), y));
    }
    if style.is_some() {
        out.push_str("\x1b[0m");
    }
    out
}

fn sgr(cell: &Cell) -> String {
    let mut codes = vec!["0".to_owned()];
    for (modifier, code) in [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
    ] {
        if cell.modifier.contains(modifier) {
            codes.push(code.to_owned());
        }
    }
    codes.extend(colour(cell.fg, 38));
    codes.extend(colour(cell.bg, 48));
    format!("\x1b[{}m", codes.join(";"))
}

fn colour(color: Color, base: u8) -> Option<String> {
    Some(match color {
        Color::Reset => return None,
        Color::Indexed(index) => format!("{base};5;{index}"),
        other => {
            let super::svg::Rgb(r, g, b) = super::svg::rgb(other)?;
            format!("{base};2;{r};{g};{b}")
        }
    })
}
