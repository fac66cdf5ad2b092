//! Characters: one column each, and ASCII where nothing else can be shown.

use std::ffi::OsString;

use proptest::prelude::*;
use ratatui::symbols::border;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::tui::theme::{Depth, Glyphs, Mark, Role, Themes};

fn sets(glyphs: Glyphs) -> Vec<&'static str> {
    let mut all = Vec::new();
    for border in [glyphs.border(), glyphs.strong_border()] {
        let border::Set { top_left, top_right, bottom_left, bottom_right, .. } = border;
        all.extend([top_left, top_right, bottom_left, bottom_right]);
        all.extend([
            border.vertical_left,
            border.vertical_right,
            border.horizontal_top,
            border.horizontal_bottom,
        ]);
    }
    let bar = glyphs.scrollbar();
    all.extend([bar.track, bar.thumb, bar.begin, bar.end]);
    all.extend(Mark::ALL.map(|mark| mark.glyph(glyphs)));
    all
}

#[test]
fn every_character_is_one_column_wide() {
    let parts = Glyphs::PAIRS.iter().flat_map(|(_, unicode, ascii)| [*unicode, *ascii]);
    let single = sets(Glyphs::Unicode).into_iter().chain(sets(Glyphs::Ascii));
    for text in parts.chain(single.clone()) {
        assert!(!text.is_empty() && text.chars().all(|c| c.width() == Some(1)), "{text}");
        // Terminals that take doubtful characters for wide ones show an emoji for these only with a selector.
        assert!(!text.contains('\u{fe0f}'), "{text}");
    }
    assert!({ single }.all(|text| text.width() == 1));
    for (name, unicode, ascii) in Glyphs::PAIRS {
        assert!(ascii.is_ascii(), "{name}");
        // Only the arrow is wider in ASCII.
        assert!(unicode.width() == ascii.width() || *name == "arrow", "{name}");
    }
    assert!(sets(Glyphs::Ascii).iter().all(|text| text.is_ascii()));
}

#[test]
fn what_a_tree_and_its_rows_are_made_of_is_told_apart() {
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        assert_eq!(
            [glyphs.branch(), glyphs.last_branch(), glyphs.stem()].map(UnicodeWidthStr::width),
            [2; 3]
        );
        let pairs = [
            (glyphs.folded(), glyphs.unfolded()),
            (glyphs.branch(), glyphs.last_branch()),
            (glyphs.check(), glyphs.cross()),
            (glyphs.caution(), glyphs.cross()),
            (glyphs.bar_full(), glyphs.bar_empty()),
            (glyphs.bar_full(), glyphs.bar_half()),
            (glyphs.marked(), glyphs.breakpoint()),
        ];
        assert!(pairs.iter().all(|(one, other)| one != other), "{glyphs:?}");
        assert_ne!(glyphs.border(), glyphs.strong_border());
    }
}

#[test]
fn the_locale_and_the_console_decide() {
    let detect = |term: &str, lang: &str| {
        Glyphs::detect(|name| match name {
            "TERM" => Some(OsString::from(term)),
            "LANG" => Some(OsString::from(lang)),
            _ => None,
        })
    };
    assert_eq!(detect("xterm-256color", "en_GB.UTF-8"), Glyphs::Unicode);
    assert_eq!(detect("xterm-256color", "C"), Glyphs::Ascii);
    assert_eq!(detect("linux", "en_GB.UTF-8"), Glyphs::Ascii);
    assert_eq!(Glyphs::detect(|_| None), Glyphs::Ascii);
}

#[test]
fn without_colours_the_shape_of_the_frame_says_where_the_focus_is() {
    let themes = Themes::shipped();
    for (depth, shapes) in [(Depth::Mono, true), (Depth::Ansi16, false), (Depth::True, false)] {
        let theme = themes.theme("default-dark", depth, Glyphs::Ascii).unwrap();
        let [(shape, style), (focused, strong)] = [theme.frame(false), theme.frame(true)];
        assert_eq!((shape != focused, style != strong), (shapes, true), "{depth:?}");
        assert_eq!(strong, theme.style(Role::Focus));
    }
}

#[test]
fn text_keeps_its_width_without_unicode() {
    let ascii = |text: &str| Glyphs::Ascii.fit(text).into_owned();
    assert_eq!(ascii("“up” – 3×, …"), "\"up\" - 3x, ~");
    assert_eq!(ascii("naïve 日本 e\u{301}"), "na?ve ???? e");
    assert_eq!(ascii("[certs] ok"), "[certs] ok");
    assert_eq!(Glyphs::Unicode.fit("日本"), "日本");
}

#[test]
fn a_bar_is_full_only_at_the_end() {
    let bar = |width, done, total| {
        let (filled, rest) = Glyphs::Ascii.bar(width, done, total);
        filled + &rest
    };
    for (done, want) in [(0, "....."), (1, "-...."), (5, "##-.."), (9, "####-"), (10, "#####"), (11, "#####")]
    {
        assert_eq!(bar(5, done, 10), want);
    }
    assert_eq!(bar(3, 999, 1000), "##-");
    assert_eq!(bar(3, 1, 1000), "-..");
    assert_eq!((bar(0, 1, 2), bar(2, 0, 0)), (String::new(), "..".into()));
}

proptest! {
    #[test]
    fn bars_have_their_width_and_fitted_text_its_own(width in 0_usize..300, done: u16, total: u16, text: String) {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let (filled, rest) = glyphs.bar(width, done.into(), total.into());
            prop_assert_eq!(filled.width() + rest.width(), width);
            let each = |text: &str| text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
            let fitted = glyphs.fit(&text);
            prop_assert_eq!(each(&fitted), each(&text));
            prop_assert!(glyphs == Glyphs::Unicode || fitted.is_ascii());
        }
    }
}
