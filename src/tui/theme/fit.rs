//! Fits a theme's colours to what the terminal can show.

use ratatui::style::{Color, Style};

use super::colour::{Colour, Lab, Rgb};
use super::scheme::{Look, Scheme};
use super::{Background, Depth, Glyphs, Role, Theme};

/// The theme at `depth`. Without colours all themes look as `mono` does; where a background is lost on the way,
/// `mono` says how the role is told apart.
pub(super) fn fit(scheme: &Scheme, mono: &Scheme, depth: Depth, glyphs: Glyphs) -> Theme {
    let base = scheme.look(Role::Text);
    let fitted = |role: Role| {
        let look = scheme.look(role);
        let (fg, bg) = match depth {
            Depth::Mono => (None, None),
            Depth::True => (look.fg.map(exact), look.bg.map(exact)),
            Depth::Indexed256 => (look.fg.map(indexed), look.bg.map(indexed)),
            Depth::Ansi16 => {
                let scale = Scale::of(scheme, base);
                let bg = look.bg.map(|bg| scale.behind(bg));
                let ground = look.bg.filter(|_| bg.is_some_and(|bg| bg != Color::Reset));
                (look.fg.map(|fg| scale.before(fg, ground)), bg)
            }
        };
        let beneath = match depth {
            Depth::Indexed256 => base.bg.map(indexed),
            _ => Some(Color::Reset),
        };
        let plain = Style::new().add_modifier(mono.look(role).modifier);
        match depth {
            Depth::Mono => plain,
            _ if look.bg != base.bg && bg == beneath && bg != look.bg.map(exact) => {
                plain.add_modifier(look.modifier)
            }
            _ => Style { fg, bg, add_modifier: look.modifier, ..Style::new() },
        }
    };
    Theme { name: scheme.name.clone(), glyphs, depth, styles: Role::ALL.map(fitted) }
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
fn indexed(colour: Colour) -> Color {
    let Colour::Rgb(rgb) = colour else { return exact(colour) };
    let wanted = Lab::from(rgb);
    let nearest = (16..=255).min_by(|one, other| {
        let distance = |index| wanted.distance(Lab::from(xterm(index)));
        distance(*one).total_cmp(&distance(*other))
    });
    nearest.map_or(Color::Reset, Color::Indexed)
}

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

/// Less than this is grey.
const GREY: f64 = 18.0;
/// Text this near to ordinary text, from background (0) to text (1), is ordinary text.
const TEXT: f64 = 0.8;
/// From this lightness on, a colour is a bright one of the sixteen.
const BRIGHT: f64 = 62.0;
/// Where the hues end that are red, yellow, green, cyan, blue and magenta, in degrees of L*a*b*.
const HUES: [(f64, u8); 7] =
    [(20.0, 5), (63.0, 1), (106.0, 3), (170.0, 2), (248.0, 6), (307.0, 4), (360.0, 5)];

/// A theme's way from background to text, for greys on a terminal that has two at most.
struct Scale {
    background: f64,
    text: f64,
}

impl Scale {
    fn of(scheme: &Scheme, base: Look) -> Self {
        let lightness = |colour: Option<Colour>, otherwise: f64| match colour {
            Some(Colour::Rgb(rgb)) => Lab::from(rgb).l,
            _ => otherwise,
        };
        let (background, text) = match scheme.background {
            Background::Dark => (0.0, 100.0),
            Background::Light => (100.0, 0.0),
        };
        Self { background: lightness(base.bg, background), text: lightness(base.fg, text) }
    }

    /// Of text, on `ground` if that is a background of its own.
    fn before(&self, colour: Colour, ground: Option<Colour>) -> Color {
        let Colour::Rgb(rgb) = colour else { return exact(colour) };
        let lab = Lab::from(rgb);
        if lab.chroma() >= GREY {
            return hue(lab);
        }
        if let Some(Colour::Rgb(ground)) = ground {
            return if lab.l < Lab::from(ground).l { Color::Black } else { Color::White };
        }
        let way = (lab.l - self.background) / (self.text - self.background);
        if way >= TEXT { Color::Reset } else { Color::DarkGray }
    }

    /// Of backgrounds: greys are the terminal's own, which may be light or dark.
    fn behind(&self, colour: Colour) -> Color {
        let Colour::Rgb(rgb) = colour else { return exact(colour) };
        let lab = Lab::from(rgb);
        let bold = (lab.l - self.background).abs() > 25.0;
        if lab.chroma() >= GREY && bold { hue(lab) } else { Color::Reset }
    }
}

fn hue(lab: Lab) -> Color {
    let number = HUES.iter().find(|(end, _)| lab.hue() < *end).map_or(5, |(_, number)| *number);
    ansi(if lab.l >= BRIGHT { number + 8 } else { number })
}
