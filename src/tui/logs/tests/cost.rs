//! What a frame costs, whatever the length of the logs.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::rack::{NODES, Rack, id};
use crate::event::EventKind;
use crate::ids::{Attempt, StepId};
use crate::tui::logs::ring::touched;
use crate::tui::logs::{LogAction, Panes, Source};

/// Four panes over that many lines each, wrapped, searched and filtered.
fn four(lines: usize) -> (Rack, Panes) {
    let mut rack = Rack::new();
    rack.logs = crate::tui::logs::Logs::bounded(1 << 30);
    let steps: Vec<StepId> =
        NODES.iter().map(|name| id(name, "init/certs")).chain([id("dalt", "connect")]).collect();
    let mut panes = Panes::only(Source::Pinned(steps[0].clone()));
    for step in &steps[1..] {
        panes.open(Source::Pinned(step.clone()));
    }
    for step in &steps {
        rack.start(step, 1);
        let lines = (0..lines).map(|n| match n % 10 {
            0 => format!("    [WARNING Check-{n}]: something is odd with number {n}, and that takes more than one row to say"),
            _ => format!("[certs] Generating \"apiserver-{n}\" certificate and key"),
        });
        rack.tell(EventKind::StepOutput {
            node: step.node.clone(),
            phase: step.phase.clone(),
            attempt: Attempt::FIRST,
            lines: lines.collect(),
        });
    }
    rack.settle(&mut panes);
    (rack, panes)
}

/// Lines looked at while everything is done to a pane once, and then drawn.
fn touches(lines: usize) -> Vec<(&'static str, usize)> {
    let area = ratatui::layout::Rect::new(0, 0, 160, 48);
    let (mut rack, mut panes) = four(lines);
    let mut terminal = Terminal::new(TestBackend::new(160, 48)).unwrap();
    let mut counts = Vec::new();
    let _ = touched::take();
    rack.draw_on(&mut terminal, &panes);
    counts.push(("first frame", touched::take()));
    let view = panes.view(3, &rack.logs, &rack.run, area);
    let pane = panes.get_mut(3).unwrap();
    pane.search("apiserver-1.*key", &view);
    pane.filter("odd|5", false, &view);
    let _ = touched::take();
    for (what, action) in [
        ("page up", LogAction::PageUp),
        ("top", LogAction::Top),
        ("half down", LogAction::HalfDown),
        ("match", LogAction::NextMatch),
        ("match before", LogAction::PreviousMatch),
        ("problem", LogAction::NextProblem),
        ("problem before", LogAction::PreviousProblem),
        ("unwrapped", LogAction::Wrap),
        ("right", LogAction::Right),
        ("select", LogAction::Select),
        ("end", LogAction::End),
    ] {
        rack.act(&mut panes, action, area);
        rack.draw_on(&mut terminal, &panes);
        counts.push((what, touched::take()));
    }
    let first = id("bettley", "init/certs");
    rack.print(&first, 1, "one more");
    rack.settle(&mut panes);
    rack.draw_on(&mut terminal, &panes);
    counts.push(("a line more", touched::take()));
    counts
}

#[test]
fn a_frame_looks_at_as_many_lines_as_fit_on_the_screen() {
    let (few, many) = (touches(1_000), touches(20_000));
    for ((what, few), (_, many)) in few.iter().zip(&many) {
        assert!(*many <= 4 * 48 * 8, "{what}: {many} lines looked at for a screen of 48 rows");
        assert!(*many <= few + few / 2 + 16, "{what}: {many} of 20,000 lines, {few} of 1,000");
    }
}

/// Of many frames the fastest of each kind, in turns: whatever else the machine does, it does to both.
#[test]
fn a_frame_over_many_lines_costs_at_most_twice_one_over_few() {
    let (few, many) = (four(100), four(100_000));
    let mut terminal = Terminal::new(TestBackend::new(160, 48)).unwrap();
    let mut frame = |(rack, panes): &(Rack, Panes)| {
        let start = std::time::Instant::now();
        rack.draw_on(&mut terminal, panes);
        start.elapsed()
    };
    let (mut short, mut long) = (frame(&few), frame(&many));
    for _ in 0..60 {
        short = short.min(frame(&few));
        long = long.min(frame(&many));
    }
    assert!(long <= 2 * short, "four panes, 160x48: {short:?} over 100 lines each, {long:?} over 100,000");
}
