//! A screen as a vector graphic: one rectangle a run of background, one text a run of style, each with its own place and
//! length, so that no font can shift the lines.

#![expect(clippy::cast_precision_loss, reason = "a screen has some hundreds of cells")]

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

/// Pixels of a cell.
const WIDE: f64 = 8.4;
const HIGH: f64 = 18.0;
/// Pixels around the screen.
const MARGIN: f64 = 10.0;
/// What a terminal shows where nothing is said.
const PAPER: Rgb = Rgb(0x14, 0x16, 0x1b);
const INK: Rgb = Rgb(0xd8, 0xdc, 0xe2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rgb(pub u8, pub u8, pub u8);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: Rgb,
    paper: Rgb,
    bold: bool,
    italic: bool,
    underlined: bool,
    dim: bool,
}

/// The picture of `screen`; `base` says what colours the terminal's own are.
pub(super) fn svg(screen: &Buffer, base: Style, title: &str) -> String {
    let paper = base.bg.and_then(rgb).unwrap_or(PAPER);
    let ink = base.fg.and_then(rgb).unwrap_or(INK);
    let (columns, rows) = (screen.area.width, screen.area.height);
    let (width, height) =
        (f64::from(columns).mul_add(WIDE, 2.0 * MARGIN), f64::from(rows).mul_add(HIGH, 2.0 * MARGIN));
    let mut out = String::new();
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1} {height:.1}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">"#
    );
    let _ = writeln!(out, "<title>{}</title>", escaped(title));
    let _ = writeln!(out, r#"<rect width="{width:.1}" height="{height:.1}" rx="8" fill="{}"/>"#, hex(paper));
    for (y, cells) in screen.content.chunks(usize::from(columns).max(1)).enumerate() {
        row(&mut out, y, cells, ink, paper);
    }
    out.push_str("</svg>\n");
    out
}

fn row(out: &mut String, y: usize, cells: &[Cell], ink: Rgb, paper: Rgb) {
    let top = at(y, HIGH);
    let mut x = 0;
    while x < cells.len() {
        let look = look(&cells[x], ink, paper);
        let start = x;
        let mut text = String::new();
        while x < cells.len() && self::look(&cells[x], ink, paper) == look {
            text.push_str(cells[x].symbol());
            x += cells[x].symbol().width().max(1);
        }
        let (left, length) = (at(start, WIDE), (x - start) as f64 * WIDE);
        if look.paper != paper {
            let _ = writeln!(
                out,
                r#"<rect x="{left:.1}" y="{top:.1}" width="{length:.1}" height="{HIGH:.1}" fill="{}"/>"#,
                hex(look.paper)
            );
        }
        write_text(out, &text, left, top, look);
    }
}

fn write_text(out: &mut String, text: &str, left: f64, top: f64, look: Look) {
    let words = text.trim_end();
    let indent = words.len() - words.trim_start().len();
    let words = words.trim_start();
    if words.is_empty() {
        return;
    }
    let left = (indent as f64).mul_add(WIDE, left);
    let length = words.width() as f64 * WIDE;
    let _ = write!(
        out,
        r#"<text x="{left:.1}" y="{:.1}" textLength="{length:.1}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="{}""#,
        top + 13.5,
        hex(look.ink)
    );
    for (set, attribute) in [
        (look.bold, r#" font-weight="bold""#),
        (look.italic, r#" font-style="italic""#),
        (look.underlined, r#" text-decoration="underline""#),
        (look.dim, r#" opacity="0.6""#),
    ] {
        if set {
            out.push_str(attribute);
        }
    }
    let _ = writeln!(out, ">{}</text>", escaped(words));
}

fn at(cell: usize, size: f64) -> f64 {
    (cell as f64).mul_add(size, MARGIN)
}

fn look(cell: &Cell, ink: Rgb, paper: Rgb) -> Look {
    let (mut front, mut back) = (rgb(cell.fg).unwrap_or(ink), rgb(cell.bg).unwrap_or(paper));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut front, &mut back);
    }
    Look {
        ink: front,
        paper: back,
        bold: cell.modifier.contains(Modifier::BOLD),
        italic: cell.modifier.contains(Modifier::ITALIC),
        underlined: cell.modifier.contains(Modifier::UNDERLINED),
        dim: cell.modifier.contains(Modifier::DIM),
    }
}

/// A colour as most terminals show it; none for the terminal's own.
pub(super) fn rgb(color: Color) -> Option<Rgb> {
    const ANSI: [Rgb; 16] = [
        Rgb(0x1d, 0x1f, 0x21),
        Rgb(0xcc, 0x33, 0x33),
        Rgb(0x4e, 0x9a, 0x06),
        Rgb(0xc4, 0xa0, 0x00),
        Rgb(0x34, 0x65, 0xa4),
        Rgb(0x75, 0x50, 0x7b),
        Rgb(0x06, 0x98, 0x9a),
        Rgb(0xd3, 0xd7, 0xcf),
        Rgb(0x70, 0x73, 0x76),
        Rgb(0xef, 0x29, 0x29),
        Rgb(0x8a, 0xe2, 0x34),
        Rgb(0xfc, 0xe9, 0x4f),
        Rgb(0x72, 0x9f, 0xcf),
        Rgb(0xad, 0x7f, 0xa8),
        Rgb(0x34, 0xe2, 0xe2),
        Rgb(0xee, 0xee, 0xec),
    ];
    let index = match color {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => return Some(Rgb(r, g, b)),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Indexed(index) => index,
    };
    Some(match index {
        0..=15 => ANSI[usize::from(index)],
        16..=231 => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let n = index - 16;
            Rgb(level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            Rgb(grey, grey, grey)
        }
    })
}

fn hex(Rgb(r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
