//! Whether our themes can be read, and their states told apart.

use ratatui::style::{Color, Modifier, Style};

use super::vision::{Eyes, contrast, difference};
use crate::tui::theme::colour::Rgb;
use crate::tui::theme::fit::xterm;
use crate::tui::theme::{Depth, Glyphs, Mark, Role, Theme, Themes};

/// Those that people with any kind of colour vision can use.
const FOR_ALL_EYES: [&str; 4] = ["default-dark", "default-light", "high-contrast", "okabe-ito"];
/// Those whose states stay as easy to read in selected and marked rows and in the bars.
const EASY: [&str; 3] = ["default-dark", "default-light", "high-contrast"];
/// What must be told apart at a glance.
const STATES: [Role; 6] =
    [Role::Done, Role::Failed, Role::Running, Role::Waiting, Role::Retry, Role::Operator];
/// Backgrounds that rows and bars have.
const GROUNDS: [Role; 3] = [Role::Selection, Role::Marked, Role::Bar];
/// Lines, and what is grey on purpose.
const FAINT: [Role; 2] = [Role::Border, Role::Disabled];

/// CIEDE2000 between states, for all eyes and for the usual ones.
const APART: f64 = 10.0;
const APART_USUALLY: f64 = 12.0;

fn rgb(colour: Option<Color>) -> Option<Rgb> {
    match colour? {
        Color::Rgb(r, g, b) => Some(Rgb(r, g, b)),
        Color::Indexed(index) => Some(xterm(index)),
        _ => None,
    }
}

/// Those with colours of their own.
fn coloured(depth: Depth) -> Vec<Theme> {
    let themes = Themes::shipped();
    let names = themes.list().map(|(name, _)| name).filter(|name| !["terminal", "mono"].contains(name));
    names.map(|name| themes.theme(name, depth, Glyphs::Unicode).unwrap()).collect()
}

/// Text of `role` where `beneath` is the background: its colour and what it stands on.
fn on(theme: &Theme, beneath: Role, role: Role) -> (Rgb, Rgb) {
    let style = theme.style(Role::Text).patch(theme.style(beneath)).patch(theme.style(role));
    (rgb(style.fg).unwrap(), rgb(style.bg).unwrap())
}

/// What is too hard to read, given the least contrast for a role on a background.
fn unreadable(theme: &Theme, beneath: Role, roles: &[Role], least: impl Fn(Role) -> f64) -> Vec<String> {
    let weak = roles.iter().filter_map(|role| {
        let (fg, bg) = on(theme, beneath, *role);
        let found = contrast(fg, bg);
        let wanted = least(*role);
        (found < wanted).then(|| format!("{}: {role:?} on {beneath:?} {found:.2} < {wanted}", theme.name))
    });
    weak.collect()
}

#[test]
fn every_text_can_be_read_on_its_background() {
    for theme in coloured(Depth::True) {
        let text = if theme.name == "high-contrast" { 7.0 } else { 4.5 };
        let least = |role| if FAINT.contains(&role) { 3.0 } else { text };
        let found = unreadable(&theme, Role::Text, &Role::ALL, least);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn states_can_be_read_in_selected_rows_and_bars() {
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|role| !FAINT.contains(role)).collect();
    for theme in coloured(Depth::True) {
        let least = if EASY.contains(&theme.name.as_str()) { 4.5 } else { 3.0 };
        for ground in GROUNDS {
            let found = unreadable(&theme, ground, &roles, |_| least);
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}

#[test]
fn backgrounds_that_mean_something_are_seen() {
    for theme in coloured(Depth::True) {
        let ground = |role: Role| Eyes::Usual.see(on(&theme, Role::Text, role).1);
        for [one, other] in [
            [Role::Text, Role::Selection],
            [Role::Text, Role::Marked],
            [Role::Selection, Role::Marked],
            [Role::Match, Role::MatchHere],
        ] {
            let found = difference(ground(one), ground(other));
            assert!(found > 4.0, "{}: {one:?} and {other:?} {found:.1}", theme.name);
        }
    }
}

#[test]
fn states_are_told_apart() {
    for theme in coloured(Depth::True) {
        let eyes = if FOR_ALL_EYES.contains(&theme.name.as_str()) { &Eyes::ALL[..] } else { &Eyes::ALL[..1] };
        let apart = if eyes.len() > 1 { APART } else { APART_USUALLY };
        for eyes in eyes {
            for (one, other) in pairs(&STATES) {
                let see = |role: Role| eyes.see(on(&theme, Role::Text, role).0);
                let found = difference(see(one), see(other));
                assert!(found >= apart, "{}: {one:?} and {other:?} for {eyes:?} {found:.1}", theme.name);
            }
        }
    }
}

fn pairs(roles: &[Role]) -> Vec<(Role, Role)> {
    let after = |index: usize| roles[index + 1..].iter().map(move |other| (roles[index], *other));
    (0..roles.len()).flat_map(after).collect()
}

#[test]
fn two_hundred_and_fifty_six_colours_are_enough() {
    for theme in coloured(Depth::Indexed256) {
        let least = |role| if FAINT.contains(&role) { 2.5 } else { 4.0 };
        let found = unreadable(&theme, Role::Text, &Role::ALL, least);
        assert!(found.is_empty(), "{found:#?}");
        all_differ(&theme, &STATES);
        all_differ(&theme, &[Role::Text, Role::Selection, Role::Marked, Role::Match, Role::MatchHere]);
    }
}

#[test]
fn sixteen_colours_and_none_keep_states_and_places_apart() {
    let themes = Themes::shipped();
    for (name, _) in themes.list() {
        for depth in [Depth::Ansi16, Depth::Mono] {
            let theme = themes.theme(name, depth, Glyphs::Ascii).unwrap();
            all_differ(&theme, &STATES);
            all_differ(&theme, &[Role::Text, Role::Selection, Role::Marked, Role::Match, Role::MatchHere]);
            all_differ(&theme, &[Role::Border, Role::Focus]);
            all_differ(&theme, &[Role::Text, Role::Title]);
            all_differ(&theme, &[Role::Text, Role::Dim]);
            all_differ(&theme, &[Role::Text, Role::Failed, Role::Warning, Role::Danger]);
            all_differ(&theme, &[Role::Text, Role::LogError, Role::LogWarning, Role::LogKlog]);
            all_differ(&theme, &[Role::Added, Role::Removed]);
            for role in Role::ALL {
                let style = theme.style(role);
                let plain = depth == Depth::Mono && [style.fg, style.bg] == [None, None];
                let few = [style.fg, style.bg]
                    .into_iter()
                    .flatten()
                    .all(|c| !matches!(c, Color::Rgb(..) | Color::Indexed(_)));
                assert!(plain || (depth == Depth::Ansi16 && few), "{name} {role:?} {style:?}");
            }
        }
    }
}

/// As they are drawn: on ordinary text.
fn all_differ(theme: &Theme, roles: &[Role]) {
    for (one, other) in pairs(roles) {
        let drawn = |role: Role| -> Style { theme.style(Role::Text).patch(theme.style(role)) };
        assert_ne!(drawn(one), drawn(other), "{} {:?}: {one:?} and {other:?}", theme.name, theme.depth);
    }
}

#[test]
fn the_sixteen_are_those_one_expects() {
    let themes = Themes::shipped();
    for (name, _) in themes.list().filter(|(name, _)| *name != "mono") {
        let theme = themes.theme(name, Depth::Ansi16, Glyphs::Unicode).unwrap();
        let is = |role: Role, of: [Color; 2]| {
            let fg = theme.style(role).fg;
            assert!(fg.is_some_and(|fg| of.contains(&fg)), "{name}: {role:?} {fg:?}");
        };
        is(Role::Done, [Color::Green, Color::LightGreen]);
        is(Role::Failed, [Color::Red, Color::LightRed]);
        is(Role::Retry, [Color::Yellow, Color::LightYellow]);
        // Bright black is the background's own colour in some terminals' themes.
        for role in [Role::Dim, Role::Waiting, Role::Disabled] {
            is(role, [Color::Reset, Color::Gray]);
            assert!(theme.style(role).add_modifier.contains(Modifier::DIM), "{name}: {role:?}");
        }
        is(Role::Text, [Color::Reset, Color::Reset]);
        assert_eq!(theme.style(Role::Text).bg, Some(Color::Reset), "{name}");
    }
}

#[test]
fn no_mark_needs_colour() {
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        let seen: std::collections::BTreeSet<_> =
            Mark::ALL.map(|mark| (mark.glyph(glyphs), mark.word())).into();
        let glyph: std::collections::BTreeSet<_> = seen.iter().map(|(glyph, _)| glyph).collect();
        let word: std::collections::BTreeSet<_> = seen.iter().map(|(_, word)| word).collect();
        assert_eq!((glyph.len(), word.len()), (Mark::ALL.len(), Mark::ALL.len()));
    }
}
