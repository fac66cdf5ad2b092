//! Everything can be reached, and nothing that is listed does nothing.

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::bench::{Bench, told};
use crate::report::colour::ColourChoice;
use crate::tui::Look;
use crate::tui::action::{Action, may};
use crate::tui::effect::Effect;
use crate::tui::model::Focus;
use crate::tui::view::bar_items;

/// A run with something done, something running, something failed and something waiting.
fn rich() -> Bench {
    let mut bench = Bench::sized(100, 30).first_is_up();
    bench.starts("erenford:join/preflight");
    bench.fails("cargyll:join/etcd-join");
    bench.at("cargyll:join/etcd-join");
    bench
}

#[test]
fn every_action_has_a_key_or_is_in_the_palette() {
    let mut bench = rich();
    for entry in Action::list() {
        if bench.model.keys.keys(entry.action).is_empty() {
            bench.press(":");
            bench.write(entry.name);
            assert!(bench.screen().contains(entry.title), "{}", entry.name);
            bench.press("esc");
        }
    }
}

#[test]
fn the_palette_finds_every_action_by_its_name() {
    for entry in Action::list() {
        if matches!(entry.action, Action::Palette | Action::Node(2..)) {
            continue;
        }
        let mut bench = rich();
        bench.press(":");
        bench.write(entry.name);
        let screen = bench.screen();
        let first = screen.lines().skip_while(|line| !line.contains(&format!(":{}", entry.name))).nth(1);
        assert!(
            first.is_some_and(|line| line.contains(&format!(" {} ", entry.name))),
            "{}\n{screen}",
            entry.name
        );
    }
}

#[test]
fn the_palette_does_what_is_chosen_and_remembers_it() {
    let mut bench = rich();
    bench.press(":");
    bench.write("pause");
    assert_eq!(told(bench.press("enter")), [crate::state::Command::Continue]);
    bench.press(":");
    let screen = bench.screen();
    let listed = screen.lines().find(|line| line.contains("pause ")).unwrap();
    assert_eq!(screen.lines().skip_while(|line| !line.contains("a command; with")).nth(1), Some(listed));
    bench.press("esc :");
    bench.write("stop");
    assert!(bench.screen().contains("not now: it is not running"));
    assert_eq!(bench.press("enter"), []);
    assert_eq!(bench.model.overlays.len(), 1, "what can't be done stays");
}

#[test]
fn the_palette_jumps_to_nodes_and_phases() {
    let mut bench = rich();
    let at = |bench: &Bench| bench.model.rack.selected().unwrap().id.clone();
    bench.press(":");
    bench.write("node fen");
    assert_eq!(bench.press("enter"), []);
    assert_eq!(at(&bench).node().as_str(), "fenn");
    bench.press(":");
    bench.write("phase kubelet-start");
    bench.press("enter");
    assert_eq!(
        at(&bench).step(),
        Some(&super::bench::id("fenn:join/kubelet-start")),
        "on the node one is on"
    );
    bench.press(":");
    bench.write("phase certs/ca");
    bench.press("enter");
    assert_eq!(at(&bench).step(), Some(&super::bench::id("bettley:init/certs/ca")));
    bench.press(":");
    bench.write("cargyll");
    bench.press("enter");
    assert_eq!(at(&bench).node().as_str(), "cargyll");
}

#[test]
fn every_key_does_something_or_says_why_not() {
    for focus in [Focus::Rack, Focus::Log] {
        for entry in Action::list() {
            // Those of the time bar have tests of their own.
            for key in entry.keys.iter().filter(|_| !entry.action.is_of_time_bar()) {
                let mut bench = rich();
                bench.model.focus = focus;
                let before = format!("{:?}", bench.model);
                let refused = may(&bench.model, entry.action);
                let effects = bench.press(key);
                assert_ne!(bench.word(), "not there yet", "{}", entry.name);
                let after = format!("{:?}", bench.model);
                let moved =
                    matches!(entry.scope, crate::tui::action::Scope::Move | crate::tui::action::Scope::Log);
                assert!(
                    moved || !effects.is_empty() || after != before,
                    "{key} ({}) does nothing",
                    entry.name
                );
                if let Err(why) = refused {
                    assert_eq!(bench.word(), format!("{}: {why}", entry.short));
                    assert!(effects.is_empty());
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn the_bar_never_cuts_a_word_and_always_has_the_way_to_the_help(
        width in 8u16..200, more in any::<bool>(), log in any::<bool>(), failed in any::<bool>(),
    ) {
        let mut bench = if failed { rich() } else { Bench::paused() };
        bench.model.focus = if log { Focus::Log } else { Focus::Rack };
        let area = Rect::new(0, 5, width, if more { 2 } else { 1 });
        let items = bar_items(&bench.model, area);
        prop_assert!(items.iter().any(|item| item.action == Action::Help));
        for (at, item) in items.iter().enumerate() {
            prop_assert_eq!(item.place.intersection(area), item.place);
            prop_assert_eq!(usize::from(item.place.width), item.text().chars().count());
            prop_assert!(!items[..at].iter().any(|other| other.place.intersects(item.place)));
        }
    }
}

#[test]
fn a_second_line_has_more_keys() {
    let mut bench = rich();
    let lines = |bench: &Bench| bench.screen().lines().filter(|line| line.contains("? help")).count();
    assert_eq!(lines(&bench), 1);
    let one = bench.screen();
    bench.press(".");
    let two = bench.screen();
    assert!(!one.contains("V matrix") && two.contains("V matrix"), "{two}");
}

#[test]
fn a_command_in_the_palette_can_name_what_it_is_about() {
    let mut bench = rich();
    bench.at("bettley");
    bench.press(":");
    bench.write("skip fenn preflight");
    bench.press("enter");
    assert!(bench.screen().contains("Leave out join/preflight on fenn?"), "{}", bench.screen());
    bench.press("esc :");
    bench.write("explain coredns");
    bench.press("enter");
    assert!(bench.screen().contains("init/addon/coredns, kubeadm"), "{}", bench.screen());
    bench.press("esc :");
    bench.write("shell gyll");
    assert_eq!(bench.press("enter"), [Effect::Shell(crate::ids::NodeName::new("cargyll").unwrap())]);
    bench.press(":");
    bench.write("break no such step");
    let screen = bench.screen();
    assert!(screen.contains("nothing fits"), "{screen}");
}

#[test]
fn wherever_the_cursor_is_put_the_pane_goes_along_at_once() {
    let mut bench = rich();
    let title = |bench: &Bench| bench.screen().lines().nth(1).unwrap().to_owned();
    // From the palette: to a step, to a node, and to one that something is done about.
    for (typed, shown) in [
        ("phase coredns", "bettley init/addon/coredns"),
        ("erenford", "erenford join/preflight"),
        ("explain cargyll etcd", "cargyll join/etcd-join"),
    ] {
        bench.press(":");
        bench.write(typed);
        bench.press("enter");
        bench.model.overlays.clear();
        assert!(title(&bench).contains(shown), "{typed}\n{}", bench.screen());
    }
    // By the mouse, on a row and by the wheel.
    bench.press("1");
    bench.click("fenn  10");
    assert!(title(&bench).contains("fenn join/preflight"), "{}", bench.screen());
    bench.wheel_at("fenn  10", false);
    assert!(!title(&bench).contains("fenn"), "{}", bench.screen());
}

#[test]
fn what_is_held_is_called_so_wherever_it_stands() {
    let mut bench = rich();
    bench.at("fenn:join/preflight");
    bench.press("l");
    let shows = |bench: &Bench, times: usize| {
        let screen = bench.screen();
        let of_fenn = screen.lines().filter(|line| line.contains("fenn") || line.contains("preflight"));
        let words: String = of_fenn.collect();
        assert_eq!(words.matches(" held").count(), times, "{screen}");
        assert!(!words.contains(" waiting"), "{screen}");
    };
    // Node, step, and the pane's title beside them.
    shows(&bench, 3);
    bench.press("V");
    shows(&bench, 2);
    bench.press("V");
    bench.at("fenn:join/kubelet-start");
    bench.press("w");
    let screen = bench.screen();
    assert!(screen.contains("held     join/preflight on fenn"), "{screen}");
}

#[test]
fn a_walk_step_by_step_takes_as_long_as_its_steps_did() {
    let mut bench = Bench::sized(120, 30);
    bench.done("bettley:init/preflight");
    // The operator reads, half an hour long.
    bench.idles(1800);
    bench.done("bettley:init/certs/ca");
    bench.idles(1800);
    bench.done("bettley:init/certs/apiserver");
    bench.at("bettley:init/preflight");
    let screen = bench.screen();
    let row = |name: &str| screen.lines().find(|line| line.contains(name)).unwrap();
    assert!(row("cp 10.4").contains(" 3.0s "), "{screen}");
    assert!(row("▸✔ certs").contains(" 2.0s "), "{screen}");
}

#[test]
fn a_theme_is_tried_on_in_the_palette_and_taken_off_again() {
    let mut bench = rich();
    let (look, _) = Look::detect(ColourChoice::Always, |_| None, None);
    bench.model.theme = look.named("default-dark").unwrap();
    bench.model.look = Some(look);
    bench.press(":");
    bench.write("theme nor");
    assert_eq!(bench.model.theme.name, "nord");
    bench.press("esc");
    assert_eq!(bench.model.theme.name, "default-dark");
    bench.press(":");
    bench.write("theme ");
    bench.press("down");
    assert_ne!(bench.model.theme.name, "default-dark");
    bench.press("backspace backspace");
    assert_eq!(bench.model.theme.name, "default-dark", "another command leaves it as it was");
    bench.press("esc :");
    bench.write("theme nord");
    bench.press("enter");
    assert_eq!(bench.model.theme.name, "nord");
    assert!(bench.model.overlays.is_empty());
}

#[test]
fn with_the_cursor_on_a_node_its_output_is_what_runs_there_or_ran_last() {
    let mut bench = rich();
    let shown = |bench: &Bench| bench.model.shown_step().map(ToString::to_string);
    bench.at("erenford");
    assert_eq!(shown(&bench).as_deref(), Some("join/preflight on erenford"));
    bench.at("cargyll");
    assert_eq!(shown(&bench).as_deref(), Some("join/etcd-join on cargyll"));
    bench.at("bettley");
    assert_eq!(shown(&bench).as_deref(), Some("init/addon/coredns on bettley"));
    bench.at("fenn");
    assert_eq!(shown(&bench).as_deref(), Some("join/preflight on fenn"), "the next one");
    bench.press("enter");
    assert!(!bench.screen().contains("No step is selected"));
}
