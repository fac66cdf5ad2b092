//! Fits a theme's colours to what the terminal can show.

use ratatui::style::{Color, Style};

use super::colour::{Colour, Lab, Rgb};
use super::scheme::{Look, Scheme};
use super::{Depth, Glyphs, Role, Theme};

/// The themes that others become where colours run out.
pub(super) struct Poorer<'s> {
    /// With the terminal's own sixteen.
    pub(super) sixteen: &'s Scheme,
    /// Without colours. It also tells apart what loses its background on the way.
    pub(super) none: &'s Scheme,
}

/// The theme at `depth`.
pub(super) fn fit(scheme: &Scheme, poorer: &Poorer<'_>, depth: Depth, glyphs: Glyphs) -> Theme {
    let base = scheme.look(Role::Text);
    let fitted = |role: Role| {
        let look = scheme.look(role);
        let none = poorer.none.look(role);
        match depth {
            Depth::Mono => Style::new().add_modifier(none.modifier),
            Depth::Indexed256 => in_256(look, base, none),
            Depth::Ansi16 if is_exact(look) => style(poorer.sixteen.look(role)),
            Depth::Ansi16 | Depth::True => style(look),
        }
    };
    Theme { name: scheme.name.clone(), glyphs, depth, styles: Role::ALL.map(fitted) }
}

const fn is_exact(look: Look) -> bool {
    matches!(look.fg, Some(Colour::Rgb(_))) || matches!(look.bg, Some(Colour::Rgb(_)))
}

fn style(look: Look) -> Style {
    Style { fg: look.fg.map(exact), bg: look.bg.map(exact), add_modifier: look.modifier, ..Style::new() }
}

fn in_256(look: Look, base: Look, none: Look) -> Style {
    let behind = |colour: Colour| indexed(colour, None);
    let (bg, ground) = (look.bg.map(behind), base.bg.map(behind));
    if bg.is_some() && bg == ground && look.bg != base.bg {
        return Style::new().add_modifier(look.modifier | none.modifier);
    }
    let fg = look.fg.map(|fg| indexed(fg, look.bg.or(base.bg)));
    Style { fg, bg, add_modifier: look.modifier, ..Style::new() }
}

/// Every colour as it is.
const fn exact(colour: Colour) -> Color {
    match colour {
        Colour::Default => Color::Reset,
        Colour::Ansi(number) => ansi(number),
        Colour::Rgb(Rgb(r, g, b)) => Color::Rgb(r, g, b),
    }
}

/// One of the sixteen.
const fn ansi(number: u8) -> Color {
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    NAMED[(number % 16) as usize]
}

/// The nearest of xterm's cube and greys; the first sixteen are the terminal's own and look different everywhere.
/// Text on `ground` may only become clearer.
fn indexed(colour: Colour, ground: Option<Colour>) -> Color {
    let Colour::Rgb(rgb) = colour else { return exact(colour) };
    let wanted = Lab::from(rgb);
    let clear = |lab: Lab| match ground {
        Some(Colour::Rgb(ground)) => {
            let ground = Lab::from(ground).l;
            (lab.l - ground).abs() + SLACK >= (wanted.l - ground).abs()
        }
        _ => true,
    };
    let palette = (16..=255).map(|index| (index, Lab::from(xterm(index)))).filter(|(_, lab)| clear(*lab));
    let nearest = palette.min_by(|(_, a), (_, b)| wanted.distance(*a).total_cmp(&wanted.distance(*b)));
    nearest.map_or_else(|| exact(colour), |(index, _)| Color::Indexed(index))
}

/// How much lightness text may lose on the way to its background.
const SLACK: f64 = 3.0;

/// What xterm shows for an index from 16 on.
pub(super) const fn xterm(index: u8) -> Rgb {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return Rgb(grey, grey, grey);
    }
    let cube = (index.saturating_sub(16)) as usize;
    Rgb(LEVELS[cube / 36], LEVELS[cube / 6 % 6], LEVELS[cube % 6])
}
