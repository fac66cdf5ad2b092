//! The first line: which run, how far, how it goes. Where room is short, what matters least goes first.

use std::collections::BTreeSet;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::fit::fit;
use super::time::{clock, seconds};
use crate::event::{Pace, RunOutcome};
use crate::report::layout::counted;
use crate::state::{Link, RunState};
use crate::tui::model::Model;
use crate::tui::theme::{Mark, Role};

/// A part of the line, and how much it matters: 0 always stays.
type Part = (u8, Vec<Span<'static>>);

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let width = usize::from(area.width);
    let time = format!(" {} ", when(model));
    let mut parts = parts(model);
    let wide = |parts: &[Part]| -> usize { parts.iter().flat_map(|(_, spans)| spans).map(Span::width).sum() };
    while wide(&parts) + time.len() > width {
        let least = parts.iter().map(|(weight, _)| *weight).max().filter(|weight| *weight > 0);
        let Some(at) = least.and_then(|least| parts.iter().rposition(|(weight, _)| *weight == least)) else {
            break;
        };
        parts.remove(at);
    }
    let room = width.saturating_sub(wide(&parts) + time.len());
    let mut spans: Vec<Span<'static>> = parts.into_iter().flat_map(|(_, spans)| spans).collect();
    spans.push(Span::raw(" ".repeat(room)));
    spans.push(Span::raw(time));
    frame.render_widget(Line::from(spans).style(model.theme.style(Role::Bar)), area);
}

fn parts(model: &Model) -> Vec<Part> {
    let theme = &model.theme;
    let glyphs = theme.glyphs;
    let run = &model.run;
    let progress = run.progress();
    let settled = progress.succeeded + progress.skipped;
    let plain = |text: String| vec![Span::raw(text)];
    let marked = |mark: Mark, text: String| {
        vec![Span::styled(format!("  {} {text}", mark.glyph(glyphs)), theme.style(mark.role()))]
    };
    let cluster = run.info.as_ref().map_or("kubestep", |info| info.cluster.as_str());
    let mut parts: Vec<Part> =
        vec![(0, vec![Span::styled(format!(" {}", fit(cluster, 24, glyphs)), theme.style(Role::Title))])];
    parts.extend(travel(model));
    if let Some(info) = run.info.as_ref().filter(|_| model.travel.is_none()) {
        let again = if info.sessions > 1 { ", resumed" } else { "" };
        parts.push((6, vec![Span::styled(format!(" {}{again}", info.command), theme.style(Role::Dim))]));
    }
    parts.extend(world(model));
    let (mark, word) = standing(model);
    parts.push((1, marked(mark, word.to_owned())));
    parts.push((5, bar(model, settled, progress.total())));
    parts.push((2, plain(format!(" {settled}/{}", progress.total()))));
    if !progress.complete && run.end.is_none() && run.info.is_some() {
        parts.push((
            4,
            vec![Span::styled(format!(" planning{}", glyphs.pick("…", "...")), theme.style(Role::Dim))],
        ));
    }
    if progress.failed > 0 {
        parts.push((1, marked(Mark::Failed, format!("{} failed", progress.failed))));
    }
    if progress.running > 0 {
        let nodes: BTreeSet<_> = run.running().map(|step| &step.id().node).collect();
        let steps = counted(progress.running, "step");
        let at_work = format!("{steps} on {}", counted(nodes.len(), "node"));
        parts.push((7, marked(Mark::Running, at_work)));
    }
    if progress.skipped > 0 {
        parts.push((9, marked(Mark::Skipped, format!("{} skipped", progress.skipped))));
    }
    let lost: Vec<_> = run.nodes().filter(|node| matches!(node.link, Link::Lost { .. })).collect();
    if let [first, rest @ ..] = lost.as_slice() {
        let who = if rest.is_empty() { first.name.to_string() } else { counted(lost.len(), "node") };
        parts.push((3, vec![Span::styled(format!("  link lost: {who}"), theme.style(Role::Warning))]));
    }
    parts.push((8, nodes(model)));
    parts
}

/// How fast a simulated world's time passes, where that is not life's own pace.
fn world(model: &Model) -> Option<Part> {
    let world = model.world.filter(|_| model.travel.is_none() && model.run.end.is_none())?;
    let style = |role| model.theme.style(role);
    if world.still {
        return Some((1, vec![Span::styled("  time stands still".to_owned(), style(Role::Operator))]));
    }
    (world.speed - 1.0)
        .abs()
        .gt(&f64::EPSILON)
        .then(|| (3, vec![Span::styled(format!(" x{}", world.speed), style(Role::Dim))]))
}

/// That it is not now.
fn travel(model: &Model) -> Vec<Part> {
    let Some(travel) = &model.travel else { return Vec::new() };
    let styled = |text: String, role| vec![Span::styled(text, model.theme.style(role))];
    if let Some(run) = &travel.replays {
        return vec![
            (0, styled("  replay".to_owned(), Role::Operator)),
            (3, styled(format!(" {}", fit(run.as_str(), 24, model.theme.glyphs)), Role::Dim)),
        ];
    }
    let ago = travel.length().saturating_sub(model.now);
    vec![
        (0, styled("  PAST".to_owned(), Role::Operator)),
        (1, styled(format!(" {} ago", seconds(ago)), Role::Operator)),
    ]
}

fn bar(model: &Model, done: usize, all: usize) -> Vec<Span<'static>> {
    let theme = &model.theme;
    let width: usize = if model.size.width >= 120 { 24 } else { 12 };
    let failed = model.run.progress().failed;
    let share = |part: usize| (part * width).checked_div(all).unwrap_or(0);
    let (full, bad) = (share(done), share(failed).max(usize::from(failed > 0)));
    let full = full.min(width - bad);
    let part = |count: usize, role| {
        let glyph =
            if role == Role::Dim { theme.glyphs.pick("─", ".") } else { theme.glyphs.pick("━", "#") };
        Span::styled(glyph.repeat(count), theme.style(role))
    };
    vec![
        Span::raw("  "),
        part(full, Role::Done),
        part(bad, Role::Failed),
        part(width - full - bad, Role::Dim),
    ]
}

/// How many nodes are through, and how many are not going to be.
fn nodes(model: &Model) -> Vec<Span<'static>> {
    let all = model.run.nodes().len();
    let tallies = || (0..all).map(|node| model.rack.grid.tally(node));
    let complete = model.run.progress().complete;
    let done = tallies().filter(|tally| complete && tally.is_settled()).count();
    let failed = tallies().filter(|tally| tally.count(Mark::Failed) > 0).count();
    let mut text = format!("  {done}/{all} nodes");
    if failed > 0 {
        text = format!("{text}, {failed} with failures");
    }
    vec![Span::styled(text, model.theme.style(Role::Dim))]
}

fn when(model: &Model) -> String {
    if let Some(travel) = &model.travel {
        return format!("{} of {}", clock(model.now), clock(travel.length()));
    }
    let time = model.run.end.as_ref().map_or(model.now, |end| end.duration);
    seconds(time)
}

fn standing(model: &Model) -> (Mark, &'static str) {
    let run = &model.run;
    if run.info.is_none() {
        return (Mark::Waiting, "starting");
    }
    match (&run.end, &run.cancel, run.pace) {
        (Some(end), _, _) => match end.outcome {
            RunOutcome::Succeeded => (Mark::Done, "done"),
            RunOutcome::SucceededPartly => (Mark::Done, "done, but for some workers"),
            RunOutcome::Cancelled => (Mark::Stopped, "ended early"),
            RunOutcome::Failed => (Mark::Failed, "ended: failed"),
            RunOutcome::Unreachable => (Mark::Failed, "ended: unreachable"),
        },
        (None, Some(_), _) => (Mark::Stopped, "ending"),
        (None, None, Pace::Paused) => (Mark::Held, "paused"),
        (None, None, Pace::Continuous) if is_held(model) => (Mark::Held, "at breakpoint"),
        (None, None, Pace::Continuous) if waits_for_operator(run) => (Mark::Held, "waits for you"),
        (None, None, Pace::Continuous) => (Mark::Running, "running"),
    }
}

/// Nothing runs, and what failed keeps the rest from going on.
fn waits_for_operator(run: &RunState) -> bool {
    let progress = run.progress();
    run.conduct.interactive && progress.running == 0 && progress.failed > 0 && run.next_step().is_none()
}

/// Nothing runs, and something stands at a breakpoint.
fn is_held(model: &Model) -> bool {
    let held = |node| model.rack.grid.tally(node).count(Mark::Held) > 0;
    model.run.progress().running == 0 && (0..model.run.nodes().len()).any(held)
}
