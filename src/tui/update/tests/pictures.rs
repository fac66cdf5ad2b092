//! Help, palette, bar and questions as they look.

use super::bench::Bench;
use crate::tui::model::Focus;

fn bench((width, height): (u16, u16)) -> Bench {
    let mut bench = Bench::sized(width, height).first_is_up();
    bench.fails("cargyll:join/etcd-join");
    bench.at("cargyll:join/etcd-join");
    bench
}

const SMALL: (u16, u16) = (60, 16);
const LARGE: (u16, u16) = (120, 40);

#[test]
fn help() {
    for (name, size) in [("help-60x16", SMALL), ("help-120x40", LARGE)] {
        let mut bench = bench(size);
        bench.press("?");
        insta::assert_snapshot!(name, bench.screen());
    }
    let mut bench = bench(SMALL);
    bench.model.focus = Focus::Log;
    bench.press("? end");
    insta::assert_snapshot!("help-60x16-end", bench.screen());
    bench.press("esc ?");
    bench.write("skip");
    insta::assert_snapshot!("help-60x16-searched", bench.screen());
}

#[test]
fn help_tells_the_keys_as_they_are() {
    let mut bench = bench(LARGE);
    let text = "bind: {stop: [f5], kill: []}".to_owned();
    bench.model.keys = crate::tui::Keymap::patched("k", text).unwrap();
    bench.press("?");
    let screen = bench.screen();
    assert!(screen.contains("f5        Stop") && screen.contains(":kill     Kill"), "{screen}");
}

#[test]
fn palette() {
    for (name, size) in [("palette-60x16", SMALL), ("palette-120x40", LARGE)] {
        let mut bench = bench(size);
        bench.press(":");
        bench.write("re");
        insta::assert_snapshot!(name, bench.screen());
    }
}

#[test]
fn questions() {
    for (name, size, keys) in [
        ("retry-60x16", SMALL, "r"),
        ("retry-120x40", LARGE, "r"),
        ("skip-60x16", SMALL, "S"),
        ("abort-60x16", SMALL, "A"),
        ("quit-60x16", SMALL, "q"),
    ] {
        let mut bench = bench(size);
        bench.press(keys);
        insta::assert_snapshot!(name, bench.screen());
    }
}
