//! What is waited for, since when, and what is seen meanwhile.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use crate::diag::Severity;
use crate::report::layout::{counted, cut};
use crate::state::{NodeState, RunState, Status, StepState, WaitView};
use crate::text;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::theme::{Glyphs, Role, Theme};

use super::fit::fit;

/// A value of more columns is told after all others.
const SHORT: usize = 24;
/// A word of the run stays this long.
const FRESH: Duration = Duration::from_secs(8);

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = &model.theme;
    let width = usize::from(area.width);
    let (role, line) = if let Some(word) = word(model) {
        (Role::Operator, word)
    } else if let Some((role, text)) = fresh(model) {
        (role, text)
    } else if let Some(line) = waits(model, theme, width) {
        frame.render_widget(line, area);
        return;
    } else if let Some(line) = at_gate(model) {
        (Role::Operator, line)
    } else {
        (Role::Dim, standing(&model.run))
    };
    let line = cut(&format!(" {line}"), width, theme.glyphs == Glyphs::Unicode);
    frame.render_widget(Line::raw(line).style(theme.style(role)), area);
}

/// The console's last word to the operator: until the next key, or until it was long enough there to be read. Of a
/// moment that stands still it stays.
fn word(model: &Model) -> Option<String> {
    let (at, word) = model.word.as_ref()?;
    let pace = model.world.map_or(1.0, |world| world.speed.max(1.0));
    let read = model.travel.is_none() && model.now.saturating_sub(*at) > FRESH.mul_f64(pace);
    (!read).then(|| word.clone())
}

/// The run's last word to the operator, while it is new.
fn fresh(model: &Model) -> Option<(Role, String)> {
    let message = model.run.messages.last()?;
    let role = match message.severity {
        Severity::Error => Role::Failed,
        Severity::Warning => Role::Warning,
        Severity::Note => Role::Note,
    };
    (model.now.saturating_sub(message.at) < FRESH).then(|| (role, message.text.clone()))
}

/// The longest wait: the selected step's if it waits.
fn waits(model: &Model, theme: &Theme, width: usize) -> Option<Line<'static>> {
    let wait = |step: &StepState| Some((step.id().clone(), step.wait.clone()?, step.time_spent(model.now)?));
    let selected = model
        .selected_step()
        .and_then(|id| model.run.step(id))
        .filter(|step| is_running(step))
        .and_then(wait);
    let all: Vec<_> = model.run.running().filter_map(wait).collect();
    let others = all.len().saturating_sub(1);
    let longest = selected.or_else(|| all.into_iter().max_by_key(|(_, _, since)| *since))?;
    let (id, WaitView { waiting_for, facts, .. }, since) = longest;
    let since = text::duration(Duration::from_secs(since.as_secs()));
    let mut pieces = vec![(format!(" {id} waits {since}"), Role::Running)];
    if others > 0 {
        pieces.push((format!(" and {others} more"), Role::Dim));
    }
    // What is seen says more than what it is called; quotes of logs are for where there is room.
    let (short, long): (Vec<_>, Vec<_>) =
        in_few_words(facts).into_iter().partition(|(_, value)| value.width() <= SHORT);
    let tell = |pieces: &mut Vec<(String, Role)>, facts: Vec<(String, String)>| {
        for (name, value) in facts {
            pieces.extend([(format!("  {name} "), Role::Dim), (value, Role::Text)]);
        }
    };
    tell(&mut pieces, short);
    pieces.push((format!("  for {waiting_for}"), Role::Text));
    tell(&mut pieces, long);
    Some(clipped(pieces, width, theme))
}

/// The same in one line: a kubelet that is well needs one word.
fn in_few_words(mut facts: Vec<(String, String)>) -> Vec<(String, String)> {
    let is = |name: &str, value: &str| facts.iter().any(|(known, said)| known == name && said == value);
    if is("kubelet", "active") && is("kubelet health", "ok") {
        facts.retain(|(name, _)| !matches!(name.as_str(), "kubelet health" | "kubelet restarts"));
        facts
            .iter_mut()
            .filter(|(name, _)| name == "kubelet")
            .for_each(|(_, value)| "well".clone_into(value));
    }
    facts
}

/// As much as fits, with a sign where something is left out.
fn clipped(pieces: Vec<(String, Role)>, width: usize, theme: &Theme) -> Line<'static> {
    let mut spans = Vec::new();
    let mut left = width;
    for (text, role) in pieces {
        let text = fit(&text, left, theme.glyphs);
        left -= text.width();
        spans.push(Span::styled(text, theme.style(role)));
        if left == 0 {
            break;
        }
    }
    Line::from(spans)
}

const fn is_running(step: &StepState) -> bool {
    matches!(step.status, Status::Running { .. })
}

/// Between the checks and the first change: what was found, and what there is to do.
fn at_gate(model: &Model) -> Option<String> {
    let gate = model.run.gate.as_ref()?;
    let key = |action| model.keys.shown(action);
    if let Some(obstacle) = &gate.obstacle {
        return Some(format!("{obstacle}; {} shows what was found", key(Action::Check)));
    }
    let warns = |node: &&NodeState| node.findings.iter().any(|found| found.severity == Severity::Warning);
    let (step, all) = (key(Action::Step), key(Action::Continue));
    Some(match model.run.nodes().filter(warns).count() {
        // The lesson says what comes next.
        0 if model.lesson.is_some() => "all nodes are checked and fit".to_owned(),
        0 => format!("all nodes are checked and fit; {step} goes step by step, {all} runs to the end"),
        nodes => format!(
            "warnings on {}, {} shows them; {step} goes step by step, {all} runs to the end",
            counted(nodes, "node"),
            key(Action::Check)
        ),
    })
}

/// What is so when nothing waits.
fn standing(run: &RunState) -> String {
    if let Some(end) = &run.end {
        return end
            .reason
            .clone()
            .unwrap_or_else(|| format!("the run is over after {}", text::duration(end.duration)));
    }
    let failed = run.failed().count();
    if failed > 0 && run.running().next().is_none() {
        return format!("{failed} failed; the run waits for you: ! goes there, D says why");
    }
    if let Some(cancel) = &run.cancel {
        return format!("the run is being ended: {}", cancel.reason);
    }
    run.next_step().map_or_else(String::new, |step| format!("next: {step}"))
}
