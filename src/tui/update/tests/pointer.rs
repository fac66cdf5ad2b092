//! The mouse.

use super::bench::{Bench, id, told};
use crate::state::Command;
use crate::tui::effect::Effect;
use crate::tui::model::Focus;

#[test]
fn a_click_selects_and_a_second_one_folds() {
    let mut bench = Bench::sized(100, 30);
    bench.at("bettley:init/preflight");
    let (column, row) = bench.find("fenn");
    bench.click_on(column, row);
    assert_eq!(bench.model.rack.selected().unwrap().label, "fenn");
    let open = bench.model.rack.selected().unwrap().open;
    bench.click_on(column, row);
    assert_ne!(bench.model.rack.selected().unwrap().open, open);
}

#[test]
fn a_click_gives_the_focus_and_the_wheel_turns_what_is_under_it() {
    let mut bench = Bench::sized(100, 30);
    bench.at("bettley");
    bench.model.focus = Focus::Log;
    bench.wheel_at("erenford", true);
    assert_eq!(bench.model.rack.at, 3);
    assert_eq!(bench.model.focus, Focus::Log, "turning the wheel is only looking");
    bench.click("erenford");
    assert_eq!(bench.model.focus, Focus::Rack);
    let areas = crate::tui::view::Areas::of(&bench.model, ratatui::layout::Rect::new(0, 0, 100, 30));
    assert!(areas.log.width > 20);
    bench.click_on(areas.log.x + 3, areas.log.y + 3);
    assert_eq!(bench.model.focus, Focus::Log);
}

#[test]
fn keys_on_the_bar_can_be_clicked_also_grey_ones() {
    let mut bench = Bench::sized(120, 30);
    bench.at("bettley:init/preflight");
    assert_eq!(told(bench.click("s step")), [Command::Step(Some(id("bettley:init/preflight")))]);
    assert_eq!(bench.click("r retry"), []);
    assert_eq!(bench.word(), "retry: it has not failed");
    bench.click("? help");
    assert_eq!(bench.model.overlays.len(), 1);
}

#[test]
fn answers_can_be_clicked_and_nothing_behind_them() {
    let mut bench = Bench::sized(100, 30);
    bench.at("bettley:init/preflight");
    bench.press("A");
    let rack = bench.model.rack.clone();
    bench.click("End the run?");
    bench.click("bettley");
    assert_eq!(bench.model.rack, rack);
    assert_eq!(bench.model.overlays.len(), 1);
    bench.click("no, go back");
    assert!(bench.model.overlays.is_empty());
    bench.press("A");
    let sent = bench.click("let running phases end");
    assert!(matches!(&sent[..], [Effect::Command(Command::Cancel { .. })]), "{sent:?}");
    bench.press("S");
    bench.write("why not");
    assert_eq!(told(bench.click("do it")).len(), 1);
}

#[test]
fn the_palette_is_clicked_and_turned() {
    let mut bench = Bench::sized(100, 30);
    bench.at("bettley:init/preflight");
    bench.press(":");
    bench.wheel_at("commands", true);
    bench.write("step");
    assert_eq!(told(bench.click("Run the selected step, or")).len(), 1);
    bench.press(":");
    bench.click("s step");
    assert!(bench.model.overlays.is_empty(), "beside it: it goes, and nothing else happens");
}

#[test]
fn cells_of_the_matrix_can_be_clicked() {
    let mut bench = Bench::sized(240, 40);
    bench.at("bettley:init/preflight");
    bench.press("V");
    let before = bench.model.rack.grid.at.line;
    bench.click("upload-certs");
    assert_ne!(bench.model.rack.grid.at.line, before);
    assert_eq!(bench.model.rack.grid.at.node, 0);
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let mut bench = Bench::paused();
    assert_eq!(bench.press("f2"), [Effect::UseMouse(false)]);
    assert_eq!(bench.press("f2"), [Effect::UseMouse(true)]);
}
