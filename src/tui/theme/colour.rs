//! Colours as theme files write them.

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// What a role may be drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colour {
    /// The terminal's own foreground or background.
    Default,
    /// One of the sixteen that the terminal's own theme gives.
    Ansi(u8),
    /// Exactly this one.
    Rgb(Rgb),
}

/// The sixteen, by number.
const ANSI: [&str; 16] = [
    "ansi-black",
    "ansi-red",
    "ansi-green",
    "ansi-yellow",
    "ansi-blue",
    "ansi-magenta",
    "ansi-cyan",
    "ansi-white",
    "ansi-bright-black",
    "ansi-bright-red",
    "ansi-bright-green",
    "ansi-bright-yellow",
    "ansi-bright-blue",
    "ansi-bright-magenta",
    "ansi-bright-cyan",
    "ansi-bright-white",
];

impl Rgb {
    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then_some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// Its channels as light, from 0 to 1.
    pub fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }
}

impl Colour {
    /// Reads `#rrggbb`, `default`, or one of the sixteen: `ansi-red`, `ansi-bright-red`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        let ansi = (0..).zip(ANSI).find(|(_, name)| *name == text).map(|(number, _)| Self::Ansi(number));
        ansi.or_else(|| Rgb::parse(text).map(Self::Rgb))
    }
}

/// The same in CIE L*a*b*, where distances are about as large as they look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lab {
    /// Lightness, 0 to 100.
    pub l: f64,
    /// Green to red.
    pub a: f64,
    /// Blue to yellow.
    pub b: f64,
}

impl Lab {
    /// Of light in sRGB's primaries, under D65.
    pub fn of([red, green, blue]: [f64; 3]) -> Self {
        let x = (0.412_456_4 * red + 0.357_576_1 * green + 0.180_437_5 * blue) / 0.950_47;
        let y = 0.212_672_9 * red + 0.715_152_2 * green + 0.072_175 * blue;
        let z = (0.019_333_9 * red + 0.119_192 * green + 0.950_304_1 * blue) / 1.088_83;
        let [x, y, z] = [x, y, z].map(|value| {
            if value > 216.0 / 24389.0 { value.cbrt() } else { (24389.0 / 27.0 * value + 16.0) / 116.0 }
        });
        Self { l: 116.0 * y - 16.0, a: 500.0 * (x - y), b: 200.0 * (y - z) }
    }

    /// As in CIE76, with lightness, which decides what can be read, counting twice.
    pub fn distance(self, other: Self) -> f64 {
        (2.0 * (self.l - other.l)).hypot((self.a - other.a).hypot(self.b - other.b))
    }
}

impl From<Rgb> for Lab {
    fn from(colour: Rgb) -> Self {
        Self::of(colour.linear())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_written_and_nothing_else_is() {
        assert_eq!(Colour::parse("#0a9E73"), Some(Colour::Rgb(Rgb(0x0a, 0x9e, 0x73))));
        assert_eq!(Colour::parse("default"), Some(Colour::Default));
        assert_eq!(Colour::parse("ansi-bright-red"), Some(Colour::Ansi(9)));
        for bad in ["", "#", "#fff", "#ff00000", "#+f00ff", "#00é0", "ff0000", "red", "ansi-crimson"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn lab_agrees_with_published_values() {
        let white = Lab::from(Rgb(255, 255, 255));
        assert!((white.l - 100.0).abs() < 0.01 && white.a.hypot(white.b) < 0.02, "{white:?}");
        let red = Lab::from(Rgb(255, 0, 0));
        for (got, want) in [(red.l, 53.24), (red.a, 80.09), (red.b, 67.20)] {
            assert!((got - want).abs() < 0.05, "{got} {want}");
        }
    }
}
