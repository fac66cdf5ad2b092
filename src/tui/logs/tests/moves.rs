//! Panes as they are moved about.

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::rack::{Rack, id};
use crate::event::StepOutcome;
use crate::ids::{Attempt, StepId};
use crate::tui::logs::{LogAction, Pane, Panes, Source};
use crate::tui::theme::Glyphs;

const SIZE: (u16, u16) = (40, 8);

fn numbered(from: usize, to: usize) -> String {
    (from..to).map(|n| format!("[certs] line {n}\n")).collect::<Vec<_>>().concat()
}

fn running() -> (Rack, StepId, Pane) {
    let (mut rack, step) = (Rack::new(), id("bettley", "init/certs"));
    rack.start(&step, 1);
    rack.print(&step, 1, &numbered(0, 50));
    let pane = Pane::new(Source::Pinned(step.clone()));
    (rack, step, pane)
}

fn act(rack: &Rack, pane: &mut Pane, actions: &[LogAction]) {
    for action in actions {
        let view = rack.view(pane, SIZE.0, SIZE.1);
        pane.act(*action, &view);
    }
}

fn copied(rack: &Rack, pane: &mut Pane) -> String {
    let view = rack.view(pane, SIZE.0, SIZE.1);
    pane.copy(&view).unwrap()
}

/// The first row below the frame, and the frame's first and last row.
fn screen(rack: &Rack, pane: &mut Pane) -> (String, String, String) {
    rack.view(pane, SIZE.0, SIZE.1);
    let text = rack.draw(pane, SIZE, Glyphs::Unicode, None);
    let rows: Vec<&str> = text.lines().collect();
    (rows[0].to_owned(), rows[1].trim_matches(['│', ' ']).to_owned(), rows[rows.len() - 1].to_owned())
}

#[test]
fn it_follows_until_it_is_scrolled_and_again_after_the_end() {
    let (mut rack, step, mut pane) = running();
    assert!(screen(&rack, &mut pane).0.contains("FOLLOW"));
    assert_eq!(screen(&rack, &mut pane).1, "[certs] line 44");
    act(&rack, &mut pane, &[LogAction::Scroll(-3)]);
    rack.print(&step, 1, &numbered(50, 87));
    let (title, first, _) = screen(&rack, &mut pane);
    assert_eq!(first, "[certs] line 41");
    assert!(title.contains("+37 new") && !title.contains("FOLLOW"), "{title}");
    act(&rack, &mut pane, &[LogAction::PageDown, LogAction::HalfDown]);
    let (title, first, _) = screen(&rack, &mut pane);
    assert_eq!(first, "[certs] line 49");
    assert!(title.contains("+32 new"), "what was seen is not new: {title}");
    act(&rack, &mut pane, &[LogAction::End]);
    assert!(screen(&rack, &mut pane).0.contains("FOLLOW"));
    assert_eq!(copied(&rack, &mut pane), "[certs] line 86");
}

#[test]
fn frozen_it_shows_nothing_new_and_counts_it() {
    let (mut rack, step, mut pane) = running();
    act(&rack, &mut pane, &[LogAction::Freeze]);
    rack.print(&step, 1, &numbered(50, 60));
    let (title, first, _) = screen(&rack, &mut pane);
    assert_eq!(first, "[certs] line 44");
    assert!(title.contains("FROZEN +10 new"), "{title}");
    act(&rack, &mut pane, &[LogAction::Freeze]);
    assert_eq!(screen(&rack, &mut pane).1, "[certs] line 54");
}

#[test]
fn matches_go_round_and_stay_among_the_lines_shown() {
    let (rack, _, mut pane) = running();
    let view = rack.view(&mut pane, SIZE.0, SIZE.1);
    pane.act(LogAction::Top, &view);
    pane.search("line .?7$", &view);
    assert_eq!((copied(&rack, &mut pane).as_str(), pane.matches()), ("[certs] line 7", (1, 5)));
    act(&rack, &mut pane, &[LogAction::PreviousMatch]);
    assert_eq!((copied(&rack, &mut pane).as_str(), pane.matches()), ("[certs] line 47", (5, 5)));
    assert!(screen(&rack, &mut pane).2.contains("5 of 5"));
    act(&rack, &mut pane, &[LogAction::NextMatch, LogAction::NextMatch]);
    assert_eq!(copied(&rack, &mut pane), "[certs] line 17");
    let view = rack.view(&mut pane, SIZE.0, SIZE.1);
    pane.filter("line [1-3]", true, &view);
    assert_eq!(pane.matches(), (0, 2));
    act(&rack, &mut pane, &[LogAction::Clear, LogAction::NextMatch]);
    assert_eq!(copied(&rack, &mut pane), "[certs] line 47");
    act(&rack, &mut pane, &[LogAction::Clear, LogAction::Clear]);
    assert!(pane.pattern().is_none() && pane.sieve().is_some());
}

#[test]
fn problems_are_found_both_ways() {
    let (mut rack, step, mut pane) = running();
    rack.print(&step, 1, "    [WARNING Swap]: on\nswap is on\n    [ERROR CRI]: off\nerror: x");
    rack.print(&step, 1, &numbered(50, 90));
    act(&rack, &mut pane, &[LogAction::PreviousProblem]);
    assert_eq!(copied(&rack, &mut pane), "    [ERROR CRI]: off");
    act(&rack, &mut pane, &[LogAction::PreviousProblem, LogAction::PreviousProblem]);
    assert_eq!(copied(&rack, &mut pane), "    [WARNING Swap]: on");
    act(&rack, &mut pane, &[LogAction::NextProblem]);
    assert_eq!(copied(&rack, &mut pane), "    [ERROR CRI]: off");
}

#[test]
fn attempts_are_looked_at_one_by_one() {
    let (mut rack, step, mut pane) = running();
    for attempt in 2..4 {
        rack.end(&step, attempt - 1, StepOutcome::Failed, None);
        rack.start(&step, attempt);
        rack.print(&step, attempt, &format!("try {attempt}"));
    }
    assert_eq!(copied(&rack, &mut pane), "try 3");
    act(&rack, &mut pane, &[LogAction::EarlierAttempt, LogAction::EarlierAttempt, LogAction::EarlierAttempt]);
    assert_eq!((copied(&rack, &mut pane).as_str(), pane.attempt), ("[certs] line 49", Some(Attempt(1))));
    assert!(screen(&rack, &mut pane).0.contains("1/3"));
    act(&rack, &mut pane, &[LogAction::LaterAttempt, LogAction::LaterAttempt]);
    assert_eq!((copied(&rack, &mut pane).as_str(), pane.attempt), ("try 3", None));
}

#[test]
fn a_selection_is_copied_as_far_as_it_is_shown() {
    let (rack, _, mut pane) = running();
    act(&rack, &mut pane, &[LogAction::Select, LogAction::Scroll(-12)]);
    assert_eq!(copied(&rack, &mut pane).lines().count(), 13);
    assert_eq!(screen(&rack, &mut pane).1, "[certs] line 37");
    let view = rack.view(&mut pane, SIZE.0, SIZE.1);
    pane.click(1, &view);
    pane.drag(3, &view);
    assert_eq!(pane.copy(&view).unwrap(), "[certs] line 38\n[certs] line 39\n[certs] line 40");
    pane.filter("38|40", false, &view);
    pane.act(LogAction::Top, &view);
    pane.act(LogAction::Select, &view);
    pane.act(LogAction::End, &view);
    assert_eq!(copied(&rack, &mut pane), "[certs] line 38\n[certs] line 40");
}

fn shown(panes: &Panes) -> Vec<String> {
    panes.iter().map(|pane| pane.step().map_or_else(|| "-".to_owned(), ToString::to_string)).collect()
}

#[test]
fn a_pane_keeps_its_step_for_three_seconds_if_another_waits_and_else_for_good() {
    let mut rack = Rack::new();
    let (first, second) = (id("bettley", "connect"), id("bettley", "init/certs"));
    let mut panes = Panes::only(Source::Running);
    rack.settle(&mut panes);
    assert_eq!(shown(&panes), ["-"]);
    rack.start(&first, 1);
    rack.settle(&mut panes);
    rack.end(&first, 1, StepOutcome::Succeeded, None);
    rack.settle(&mut panes);
    rack.later(2_900);
    rack.start(&second, 1);
    rack.settle(&mut panes);
    assert_eq!(shown(&panes), ["connect on bettley"]);
    rack.later(100);
    rack.settle(&mut panes);
    assert_eq!(shown(&panes), ["init/certs on bettley"]);
    rack.end(&second, 1, StepOutcome::Succeeded, None);
    rack.settle(&mut panes);
    rack.later(60_000);
    rack.settle(&mut panes);
    assert_eq!(shown(&panes), ["init/certs on bettley"], "nothing else runs");
}

#[test]
fn panes_come_and_go_with_the_nodes_on_which_something_runs() {
    let mut rack = Rack::new();
    let mut panes = Panes::per_running_node();
    for name in ["bettley", "cargyll", "dalt"] {
        rack.start(&id(name, "init/certs"), 1);
        rack.later(10);
    }
    rack.start(&id("dalt", "connect"), 1);
    rack.settle(&mut panes);
    rack.settle(&mut panes);
    let mut nodes: Vec<String> = panes.iter().map(|pane| pane.step().unwrap().node.to_string()).collect();
    nodes.sort();
    assert_eq!(nodes, ["bettley", "cargyll", "dalt"], "one for each");
    rack.end(&id("bettley", "init/certs"), 1, StepOutcome::Failed, None);
    rack.end(&id("cargyll", "init/certs"), 1, StepOutcome::Succeeded, None);
    rack.settle(&mut panes);
    rack.later(9_900);
    rack.settle(&mut panes);
    assert_eq!(panes.iter().len(), 3);
    rack.later(100);
    rack.settle(&mut panes);
    let shown = shown(&panes);
    assert!(shown.len() == 2 && shown.contains(&"init/certs on bettley".to_owned()), "{shown:?}");
}

fn action() -> impl Strategy<Value = LogAction> {
    use LogAction as A;
    prop_oneof![
        4 => (-30i32..30).prop_map(A::Scroll),
        8 => prop::sample::select(&[
            A::HalfUp, A::HalfDown, A::PageUp, A::PageDown, A::Top, A::End, A::Left, A::Right, A::Follow, A::Freeze,
            A::Wrap, A::Times, A::NextMatch, A::PreviousMatch, A::NextProblem, A::PreviousProblem, A::EarlierAttempt,
            A::LaterAttempt, A::Select, A::Clear,
        ][..]),
    ]
}

#[derive(Debug, Clone)]
enum Deed {
    Act(LogAction),
    Print(usize),
    PassOver(u64),
    Crowd,
    Search(&'static str),
    Filter(&'static str, bool),
    Resize(u16, u16),
    Mouse(u16, bool),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        12 => action().prop_map(Deed::Act),
        4 => (1usize..40).prop_map(Deed::Print),
        1 => (0u64..3).prop_map(Deed::PassOver),
        1 => Just(Deed::Crowd),
        1 => prop::sample::select(&["", "line 1", "swap"][..]).prop_map(Deed::Search),
        1 => (prop::sample::select(&["", "2|swap", "nowhere"][..]), any::<bool>()).prop_map(|(text, not)| Deed::Filter(text, not)),
        1 => (0u16..60, 0u16..20).prop_map(|(width, height)| Deed::Resize(width, height)),
        1 => (0u16..20, any::<bool>()).prop_map(|(row, drag)| Deed::Mouse(row, drag)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_is_done_a_pane_stays_in_its_log(deeds in prop::collection::vec(deed(), 0..50)) {
        let (mut rack, step, _) = running();
        rack.logs = crate::tui::logs::Logs::bounded(20_000);
        let mut panes = Panes::only(Source::Pinned(step.clone()));
        let mut area = Rect::new(0, 0, SIZE.0, SIZE.1);
        let mut printed = 0;
        for deed in deeds {
            rack.settle(&mut panes);
            let view = panes.view(0, &rack.logs, &rack.run, area);
            let pane = panes.get_mut(0).unwrap();
            match deed {
                Deed::Act(action) => pane.act(action, &view),
                Deed::Search(text) => pane.search(text, &view),
                Deed::Filter(text, inverse) => pane.filter(text, inverse, &view),
                Deed::Resize(width, height) => area = Rect::new(0, 0, width, height),
                Deed::Mouse(row, false) => pane.click(row, &view),
                Deed::Mouse(row, true) => pane.drag(row, &view),
                Deed::Print(lines) => {
                    let text = numbered(printed, printed + lines) + "    [WARNING Swap]: 漢字 is on, and this is a long line\nmore";
                    printed += lines;
                    rack.print(&step, 1, &text);
                }
                Deed::PassOver(count) => rack.logs.pass_over(step.clone(), Attempt::FIRST, count),
                Deed::Crowd => rack.print(&id("dalt", "connect"), 1, &numbered(0, 250)),
            }
            rack.settle(&mut panes);
            let screen = rack.draw_all(&panes, (area.width, area.height));
            let pane = panes.get(0).unwrap();
            let Some(ring) = pane.ring(&rack.logs, &rack.run) else { continue };
            let inside = crate::tui::logs::inner(area);
            let window = pane.window(ring, inside.width, inside.height);
            match pane.top(&window) {
                Some(top) => {
                    prop_assert!(ring.get(top.line).is_some() && top.row < window.parts(top.line).len());
                    prop_assert!(Some(top) <= window.end() && Some(top) >= window.start());
                }
                None => prop_assert!(pane.lines(ring).first().is_none()),
            }
            if pane.follows() && pane.sieve().is_none() && inside.height > 0 && inside.width > 20 && ring.end() > ring.first() {
                let last = ring.end() - 1;
                prop_assert_eq!(pane.top(&window).map(|top| window.rows(top)).unwrap().last().map(|row| row.0), Some(last), "{}", screen);
            }
        }
    }
}
