//! What stands in a pane's frame: whose output it is, how it is looked at, and what is not there.

use ratatui::text::{Line, Span};

use super::draw::{Scene, Waits};
use super::wrap::columns;
use super::{Pane, Ring};
use crate::state::{Status, StepState};
use crate::text::duration;
use crate::tui::theme::{Mark, Role};
use crate::tui::view::fit;

/// `12 034`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// At the top right: whether it follows.
pub(super) fn state(scene: &Scene<'_>, pane: &Pane, ring: Option<&Ring>) -> Line<'static> {
    let new = ring.map_or(0, |ring| pane.new_lines(ring));
    let news = if new > 0 { format!(" +{} new", grouped(new)) } else { String::new() };
    let style = |role| scene.theme.style(role);
    let word = match ring {
        None => return Line::default(),
        Some(_) if pane.is_frozen() => Span::styled(" FROZEN", style(Role::Operator)),
        Some(_) if pane.follows() => Span::styled(" FOLLOW", style(Role::Dim)),
        Some(_) if new == 0 => return Line::default(),
        Some(_) => Span::default(),
    };
    Line::from_iter([word, Span::styled(news, style(Role::Operator)), Span::raw(" ")])
}

/// At the top left: node, phase, state, time, try; the less of it, the narrower the pane.
pub(super) fn whose(
    scene: &Scene<'_>,
    pane: &Pane,
    step: Option<&StepState>,
    waits: Option<&Waits>,
    width: usize,
) -> Line<'static> {
    let style = |role| scene.theme.style(role);
    let Some(step) = step else {
        return Line::styled(fit(" output ", width, scene.theme.glyphs), style(Role::Title));
    };
    let mark = waits.map_or_else(|| Mark::of_step(step, None), |waits| waits.mark);
    let id = step.id();
    let path = id.phase.as_str();
    let short = path.split_once('/').map_or(path, |(_, rest)| rest);
    let spent = step.time_spent(scene.now).map(duration).unwrap_or_default();
    let number = pane.shown_attempt(step);
    let tries = step.last_attempt().filter(|last| last.number.0 > 1).map(|last| (number, last.number));
    let long = tries.map(|(at, of)| format!("attempt {at}/{of}")).unwrap_or_default();
    let brief = tries.map(|(at, of)| format!("{at}/{of}")).unwrap_or_default();
    let word = mark.word();
    let variants: [[&str; 4]; 6] = [
        [path, word, &spent, &long],
        [path, word, "", &long],
        [short, word, "", &brief],
        [id.phase.leaf(), word, "", &brief],
        [id.phase.leaf(), "", "", &brief],
        [id.phase.leaf(), "", "", ""],
    ];
    let head = format!(" {} {} ", mark.glyph(scene.theme.glyphs), id.node);
    let taken = |variant: &[&str; 4]| {
        let words = variant.iter().filter(|word| !word.is_empty());
        columns(&head) + words.map(|word| columns(word) + 1).sum::<usize>()
    };
    let last = &variants[variants.len() - 1];
    let [phase, word, spent, tries] = variants.iter().find(|variant| taken(variant) <= width).unwrap_or(last);
    let room = width.saturating_sub(columns(&head) + 1);
    let mut spans = vec![
        Span::styled(format!(" {} ", mark.glyph(scene.theme.glyphs)), style(mark.role())),
        Span::styled(format!("{} ", id.node), style(Role::Title)),
        Span::styled(format!("{} ", fit(phase, room, scene.theme.glyphs)), style(Role::Text)),
    ];
    for (text, role) in [(word, mark.role()), (spent, Role::Dim), (tries, Role::Retry)] {
        if !text.is_empty() {
            spans.push(Span::styled(format!("{text} "), style(role)));
        }
    }
    Line::from(spans)
}

/// At the bottom left: the selection, the search and the filter; or what the step waits for.
pub(super) fn looks(scene: &Scene<'_>, pane: &Pane, step: Option<&StepState>, width: usize) -> Line<'static> {
    let mut words: Vec<(String, Role)> = Vec::new();
    if let Some((first, last)) = pane.selection() {
        let count = last - first + 1;
        let lines = if count == 1 { "line" } else { "lines" };
        words.push((format!("{} {lines} selected", grouped(count)), Role::Operator));
    }
    if let Some(pattern) = pane.pattern() {
        let text = match pane.matches() {
            (_, 0) => format!("/{} not found", pattern.text()),
            (0, all) => format!("/{} {} found", pattern.text(), grouped(all as u64)),
            (at, all) => format!("/{} {} of {}", pattern.text(), grouped(at as u64), grouped(all as u64)),
        };
        words.push((text, Role::Key));
    }
    if let Some(filter) = pane.sieve() {
        let not = if filter.inverse { "!" } else { "" };
        words.push((format!("&{not}{}", filter.pattern.text()), Role::Key));
    }
    if words.is_empty() {
        let running = step.filter(|step| matches!(step.status, Status::Running { .. }));
        let wait = running.and_then(|step| step.wait.as_ref());
        words.extend(wait.map(|wait| (wait.waiting_for.clone(), Role::Running)));
    }
    let mut spans = Vec::new();
    let mut room = width.saturating_sub(1);
    for (text, role) in words {
        let text = fit(&text, room.saturating_sub(1), scene.theme.glyphs);
        room = room.saturating_sub(columns(&text) + 1);
        if !text.is_empty() {
            spans.extend([Span::raw(" "), Span::styled(text, scene.theme.style(role))]);
        }
    }
    if !spans.is_empty() {
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// At the bottom right: lines that are only in the journal.
pub(super) fn missing(scene: &Scene<'_>, ring: Option<&Ring>, width: usize) -> Line<'static> {
    let missing = ring.map_or(0, Ring::missing);
    if missing == 0 {
        return Line::default();
    }
    let where_to = if width >= 70 { " lines only in the journal" } else { "" };
    Line::styled(format!(" -{}{where_to} ", grouped(missing)), scene.theme.style(Role::Note))
}
