//! How colours look: contrast as WCAG 2 has it, differences as CIEDE2000 has them, and what people see who lack one
//! kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).

use crate::tui::theme::colour::{Lab, Rgb};

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eyes {
    Usual,
    Protan,
    Deutan,
    Tritan,
}

impl Eyes {
    pub(super) const ALL: [Self; 4] = [Self::Usual, Self::Protan, Self::Deutan, Self::Tritan];

    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Self::Usual => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Self::Protan => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Self::Deutan => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            Self::Tritan => [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        }
    }

    pub(super) fn see(self, colour: Rgb) -> Lab {
        let light = colour.linear();
        let cone = |row: [f64; 3]| row.iter().zip(light).map(|(weight, part)| weight * part).sum::<f64>();
        Lab::of(self.matrix().map(|row| cone(row).clamp(0.0, 1.0)))
    }
}

fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = colour.linear();
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// From 1 (none) to 21 (black on white).
pub(super) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn chroma_of(lab: Lab) -> f64 {
    lab.a.hypot(lab.b)
}

fn hue_of(lab: Lab) -> f64 {
    lab.b.atan2(lab.a).to_degrees().rem_euclid(360.0)
}

/// CIEDE2000: about 1 is just seen, 10 is seen at a glance.
pub(super) fn difference(one: Lab, other: Lab) -> f64 {
    let mean_chroma = f64::midpoint(chroma_of(one), chroma_of(other));
    let seventh = |chroma: f64| (chroma.powi(7) / (chroma.powi(7) + 25_f64.powi(7))).sqrt();
    let widen = |lab: Lab| Lab { a: lab.a * (1.0 + 0.5 * (1.0 - seventh(mean_chroma))), ..lab };
    let (one, other) = (widen(one), widen(other));
    let (chroma1, chroma2) = (chroma_of(one), chroma_of(other));
    let grey = chroma1 * chroma2 == 0.0;
    let (hue1, hue2) = (hue_of(one), hue_of(other));
    let turn = if grey { 0.0 } else { (hue2 - hue1 + 180.0).rem_euclid(360.0) - 180.0 };
    let hue = if grey { hue1 + hue2 } else { (hue1 + turn / 2.0).rem_euclid(360.0) };
    let (lightness, chroma) = (f64::midpoint(one.l, other.l), f64::midpoint(chroma1, chroma2));
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(hue - 30.0) + 0.24 * cos(2.0 * hue) + 0.32 * cos(3.0 * hue + 6.0)
        - 0.20 * cos(4.0 * hue - 63.0);
    let away = (lightness - 50.0).powi(2);
    let dl = (other.l - one.l) / (1.0 + 0.015 * away / (20.0 + away).sqrt());
    let dc = (chroma2 - chroma1) / (1.0 + 0.045 * chroma);
    let dh = 2.0 * (chroma1 * chroma2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * chroma * t);
    let blue = (-((hue - 275.0) / 25.0).powi(2)).exp();
    let rotation = -(60.0 * blue).to_radians().sin() * 2.0 * seventh(chroma);
    (dl * dl + dc * dc + dh * dh + rotation * dc * dh).sqrt()
}

/// Pairs of Sharma, Wu and Dalal's test data.
#[test]
fn differences_agree_with_published_ones() {
    let lab = |(l, a, b)| Lab { l, a, b };
    for (one, other, want) in [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ] {
        let got = difference(lab(one), lab(other));
        assert!((got - want).abs() < 0.0001, "{one:?} {other:?}: {got}, not {want}");
    }
}

#[test]
fn red_and_green_look_alike_to_some() {
    let (red, green) = (Rgb(190, 90, 0), Rgb(120, 130, 10));
    let seen = |eyes: Eyes| difference(eyes.see(red), eyes.see(green));
    assert!(
        seen(Eyes::Usual) > 30.0 && seen(Eyes::Deutan) < 10.0,
        "{} {}",
        seen(Eyes::Usual),
        seen(Eyes::Deutan)
    );
    assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 0.001);
    assert!((contrast(Rgb(118, 118, 118), Rgb(255, 255, 255)) - 4.54).abs() < 0.01);
}
